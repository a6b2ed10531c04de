package events_test

import (
	"encoding/json"
	"errors"
	"math"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

type named string

type counter int8

type cycle struct{ Next *cycle }

type panicking struct{}

func (panicking) MarshalJSON() ([]byte, error) { panic(errors.New("no JSON")) }

type panickingError struct{}

func (panickingError) Error() string { panic("no text") }

func TestAny(t *testing.T) {
	loop := &cycle{}
	loop.Next = loop
	for _, row := range []struct {
		name string
		in   any
		want attribute.Value
	}{
		{"nil", nil, attribute.StringValue("null")},
		{"string", "x", attribute.StringValue("x")},
		{"invalid UTF-8", "a\xffb", attribute.StringValue("a\ufffdb")},
		{"bool", true, attribute.BoolValue(true)},
		{"int", -1, attribute.Int64Value(-1)},
		{"named int", counter(3), attribute.Int64Value(3)},
		{"uint64", uint64(7), attribute.Int64Value(7)},
		{"uint64 above MaxInt64", uint64(math.MaxUint64), attribute.StringValue("18446744073709551615")},
		{"uint8", uint8(7), attribute.Int64Value(7)},
		{"float32", float32(1.5), attribute.Float64Value(1.5)},
		{"float64", 0.1, attribute.Float64Value(0.1)},
		{"named string", named("x"), attribute.StringValue("x")},
		{"duration", 1500 * time.Millisecond, attribute.Int64Value(1500000000)},
		{"time", time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("", 3600)), attribute.StringValue("2026-01-02T02:04:05.000000006Z")},
		{"bytes", []byte("hi"), attribute.StringValue("aGk=")},
		{"error", errors.New("boom"), attribute.StringValue("boom")},
		{"error that panics", panickingError{}, attribute.StringValue("!PANIC: no text")},
		{"strings", []string{"a", "b"}, attribute.StringSliceValue([]string{"a", "b"})},
		{"ints", []int{1, 2}, attribute.IntSliceValue([]int{1, 2})},
		{"text marshaler", netip.MustParseAddr("192.0.2.1"), attribute.StringValue("192.0.2.1")},
		{"json number", json.Number("9007199254740993"), attribute.StringValue("9007199254740993")},
		{"raw json", json.RawMessage(`[1, {"a":2}]`), attribute.StringValue(`[1,{"a":2}]`)},
		{"struct", struct {
			A string `json:"a"`
		}{"<b>"}, attribute.StringValue(`{"a":"<b>"}`)},
		{"map", map[string]int{"b": 2, "a": 1}, attribute.StringValue(`{"a":1,"b":2}`)},
		{"nil pointer", (*cycle)(nil), attribute.StringValue("null")},
		{"channel", make(chan int), attribute.StringValue("!ERROR:json: unsupported type: chan int")},
		{"panics", panicking{}, attribute.StringValue("!PANIC: no JSON")},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := events.Any("k", row.in); got.Value != row.want && got.Value.String() != row.want.String() || got.Value.Type() != row.want.Type() {
				t.Errorf("got %v %q, want %v %q", got.Value.Type(), got.Value.String(), row.want.Type(), row.want.String())
			}
		})
	}
	if got := events.Any("k", loop).Value.AsString(); !strings.HasPrefix(got, "!ERROR:json: unsupported value: encountered a cycle") {
		t.Errorf("a cycle gives %q", got)
	}
}

func TestFromJSONText(t *testing.T) {
	for text, want := range map[string]attribute.Value{
		"true":                 attribute.BoolValue(true),
		"42":                   attribute.Int64Value(42),
		"9007199254740993":     attribute.Int64Value(9007199254740993),
		"18446744073709551615": attribute.StringValue("18446744073709551615"),
		"1.5e3":                attribute.Float64Value(1500),
		"null":                 attribute.StringValue("null"),
		"[1]":                  attribute.StringValue("[1]"),
		"NaN":                  attribute.StringValue("NaN"),
		"":                     attribute.StringValue(""),
	} {
		if got := events.FromJSONText("k", text).Value; got != want {
			t.Errorf("%q gives %v %s, want %v", text, got.Type(), got.String(), want.Type())
		}
	}
}

func TestLongStringsAreCut(t *testing.T) {
	got := events.String("k", strings.Repeat("ä", 40<<10)).Value.AsString()
	if len(got) > 64<<10 || !utf8.ValidString(got) || !strings.HasSuffix(got, "…") {
		t.Errorf("%d bytes, valid %v, end %q", len(got), utf8.ValidString(got), got[len(got)-3:])
	}
}

func FuzzAppendJSONString(f *testing.F) {
	f.Add("a\x00\"\\\u2028\xff😀")
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		line := events.AppendJSONString(nil, s)
		if err := json.Unmarshal(line, &got); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); utf8.ValidString(s) && got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}
