package slogbridge_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"testing/slogtest"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/slogbridge"
)

// valuer resolves to what it holds.
type valuer struct{ v slog.Value }

func (v valuer) LogValue() slog.Value { return v.v }

type textError struct{ s string }

func (e *textError) Error() string { return e.s }

type marshalError struct{ error }

func (marshalError) MarshalJSON() ([]byte, error) { return []byte(`{"code":7}`), nil }

type badMarshal struct{}

func (badMarshal) MarshalJSON() ([]byte, error) { return nil, errors.New("cannot") }

type panicMarshal struct{}

func (panicMarshal) MarshalJSON() ([]byte, error) { panic("marshal") }

// anyValue makes a random value of every kind.
func anyValue(r *rand.Rand, depth int) slog.Value {
	values := []func() slog.Value{
		func() slog.Value { return slog.StringValue(text(r)) },
		func() slog.Value { return slog.Int64Value(int64(r.Uint64())) },
		func() slog.Value { return slog.Uint64Value(r.Uint64()) },
		func() slog.Value { return slog.Float64Value(number(r)) },
		func() slog.Value { return slog.BoolValue(r.IntN(2) == 0) },
		func() slog.Value { return slog.DurationValue(time.Duration(r.Uint64())) },
		func() slog.Value { return slog.TimeValue(time.Unix(r.Int64N(1e10), r.Int64N(1e9)).UTC()) },
		func() slog.Value { return slog.AnyValue(nil) },
		func() slog.Value { return slog.AnyValue(errors.New(text(r))) },
		func() slog.Value { return slog.AnyValue((*textError)(nil)) },
		func() slog.Value { return slog.AnyValue(marshalError{errors.New("x")}) },
		func() slog.Value { return slog.AnyValue(badMarshal{}) },
		func() slog.Value { return slog.AnyValue(panicMarshal{}) },
		func() slog.Value { return slog.AnyValue([]string{text(r), text(r)}) },
		func() slog.Value { return slog.AnyValue([]byte(text(r))) },
		func() slog.Value { return slog.AnyValue(map[string]any{text(r): number(r), "<b>": "&"}) },
		func() slog.Value { return slog.AnyValue(struct{ A, B any }{text(r), 1.5}) },
		func() slog.Value { return slog.AnyValue(netip.MustParseAddr("192.0.2.1")) },
		func() slog.Value { return slog.AnyValue(make(chan int)) },
		func() slog.Value { return slog.AnyValue(float32(0.1)) },
		func() slog.Value { return slog.AnyValue(json.RawMessage(`{"raw": [1, 2]}`)) },
		func() slog.Value { return slog.AnyValue(&slog.Source{Function: "f", File: "a.go", Line: 3}) },
		func() slog.Value { return slog.AnyValue(&slog.Source{}) },
		func() slog.Value { return slog.AnyValue(slog.LevelWarn + 1) },
	}
	if depth < 3 {
		values = append(values,
			func() slog.Value { return slog.GroupValue(anyAttrs(r, depth+1)...) },
			func() slog.Value { return slog.GroupValue(anyAttrs(r, depth+1)...) },
			func() slog.Value { return slog.AnyValue(valuer{anyValue(r, depth+1)}) })
	}
	return values[r.IntN(len(values))]()
}

func text(r *rand.Rand) string {
	texts := []string{"", "a", "hello world", "quote\" back\\slash", "tab\tnew\nline\r", "\x00\x1f\x7f", "ünï\u2028\u2029", "bad\xff\xc3", "<&>", "😀", strings.Repeat("long ", 50)}
	return texts[r.IntN(len(texts))]
}

func number(r *rand.Rand) float64 {
	numbers := []float64{0, math.Copysign(0, -1), 1, 1.5, 0.1, 1e20, 1e21, 1e-6, 1e-7, 1.23e-9, 5e-324, math.MaxFloat64, math.NaN(), math.Inf(1), math.Inf(-1), r.NormFloat64(), math.Float64frombits(r.Uint64())}
	return numbers[r.IntN(len(numbers))]
}

func anyAttrs(r *rand.Rand, depth int) (as []slog.Attr) {
	for range r.IntN(4) {
		key := text(r)
		if r.IntN(3) > 0 {
			key = fmt.Sprintf("k%d", r.IntN(5))
		}
		as = append(as, slog.Attr{Key: key, Value: anyValue(r, depth)})
	}
	return as
}

func anyOptions(r *rand.Rand) *slog.HandlerOptions {
	o := &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: r.IntN(3) == 0}
	switch r.IntN(6) {
	case 0:
		o.ReplaceAttr = func(groups []string, a slog.Attr) slog.Attr {
			a.Key = strings.Join(append(append([]string(nil), groups...), a.Key), "/")
			return a
		}
	case 1:
		o.ReplaceAttr = func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == "k1" || len(groups) == 0 && a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}
	case 2:
		o.ReplaceAttr = func(groups []string, a slog.Attr) slog.Attr {
			switch a.Key {
			case slog.LevelKey:
				return slog.Int(slog.LevelKey, int(a.Value.Any().(slog.Level)))
			case slog.MessageKey:
				return slog.Any("message", valuer{a.Value})
			case slog.SourceKey:
				return slog.String(slog.SourceKey, "here")
			}
			return a
		}
	}
	return o
}

// both logs the same random things with slog's handler and ours, and returns what each wrote.
func both(seed uint64) (want, got string) {
	outs := [2]bytes.Buffer{}
	for i := range outs {
		r := rand.New(rand.NewPCG(seed, 1))
		o := anyOptions(r)
		var h slog.Handler = slog.NewJSONHandler(&outs[i], o)
		if i == 1 {
			h = slogbridge.NewHandler(&outs[i], o, nil)
		}
		for range r.IntN(4) {
			if r.IntN(2) == 0 {
				h = h.WithAttrs(anyAttrs(r, 0))
			} else {
				h = h.WithGroup(fmt.Sprintf("g%d", r.IntN(3)))
			}
		}
		for range 3 {
			rec := slog.NewRecord(time.Unix(r.Int64N(1e10), r.Int64N(1e9)).UTC(), slog.Level(r.IntN(20)-4), text(r), 0)
			rec.AddAttrs(anyAttrs(r, 0)...)
			_ = h.Handle(context.Background(), rec)
		}
	}
	return outs[0].String(), outs[1].String()
}

// compare holds ours against slog's, line by line; a line of slog's that is no JSON is the one difference allowed.
func compare(t *testing.T, seed uint64) {
	t.Helper()
	want, got := both(seed)
	wants, gots := strings.SplitAfter(want, "\n"), strings.SplitAfter(got, "\n")
	if len(wants) != len(gots) {
		t.Fatalf("seed %d: %d lines, want %d", seed, len(gots), len(wants))
	}
	for i := range wants {
		if wants[i] == "" {
			continue
		}
		if !json.Valid([]byte(gots[i])) && !strings.Contains(gots[i], `"raw`) {
			t.Fatalf("seed %d: not JSON: %s", seed, gots[i])
		}
		if wants[i] != gots[i] && json.Valid([]byte(wants[i])) {
			t.Fatalf("seed %d:\n got %s\nwant %s", seed, gots[i], wants[i])
		}
	}
}

func TestLinesAreThoseOfSlog(t *testing.T) {
	for seed := range uint64(20000) {
		compare(t, seed)
	}
}

func FuzzLinesAreThoseOfSlog(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(compare)
}

// met logs random things with the schema ECS, in a span: whatever keys meet, each stands once in its object.
func met(t *testing.T, seed uint64, key string) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 2))
	keys := []string{key, key + "_2", "labels." + key, "labels.error", "error", "error.message", "message", "service.name", "labels.service_name",
		"trace.id", "labels.trace_id", "id", "trace", "labels.labels_error", "a", "\xff"}
	named := func(as []slog.Attr) []slog.Attr {
		for i := range as {
			as[i].Key = keys[r.IntN(len(keys))]
		}
		return as
	}
	var buf bytes.Buffer
	p := &events.Policy{Schema: events.ECS, Resource: []attribute.KeyValue{attribute.String("service.name", "x"), attribute.String(keys[r.IntN(len(keys))], "y")}}
	var h slog.Handler = slogbridge.NewHandler(&buf, nil, p)
	for range r.IntN(4) {
		if h = h.WithAttrs(named(anyAttrs(r, 0))); r.IntN(3) == 0 {
			h = h.WithGroup(keys[r.IntN(len(keys))])
		}
	}
	rec := slog.NewRecord(time.Unix(0, 0), slog.LevelError, "m", 0)
	rec.AddAttrs(named(anyAttrs(r, 0))...)
	rec.AddAttrs(named(anyAttrs(r, 0))...)
	ctx := events.ContextWith(unsampled(), named(anyAttrs(r, 3))...)
	_ = h.Handle(ctx, rec)
	d := json.NewDecoder(bytes.NewReader(buf.Bytes()))
	if twice, err := repeated(d); err != nil || twice != "" {
		t.Fatalf("seed %d, key %q: %v, %s stands twice in %s", seed, key, err, twice, buf.String())
	}
}

// repeated reads one value and returns a key that stands twice in an object of it.
func repeated(d *json.Decoder) (twice string, err error) {
	token, err := d.Token()
	if delim, ok := token.(json.Delim); !ok || err != nil || delim == ']' || delim == '}' {
		return "", err
	}
	keys := map[json.Token]bool{}
	for d.More() {
		if token == json.Delim('{') {
			key, err := d.Token()
			if err != nil {
				return "", err
			}
			if keys[key] {
				twice = fmt.Sprintf("%q", key)
			}
			keys[key] = true
		}
		inner, err := repeated(d)
		if err != nil {
			return "", err
		}
		twice += inner
	}
	_, err = d.Token()
	return twice, err
}

func TestKeysThatMeet(t *testing.T) {
	for seed := range uint64(1500) {
		met(t, seed, "k")
	}
}

func FuzzKeysThatMeet(f *testing.F) {
	f.Add(uint64(1), "error")
	f.Add(uint64(14974489787266023374), "labels") // both forms of the attributes of With have one length
	f.Fuzz(met)
}

func FuzzStrings(f *testing.F) {
	f.Add("a\xffb", "k\"")
	f.Fuzz(func(t *testing.T, s, key string) {
		var want, got bytes.Buffer
		rec := slog.NewRecord(time.Unix(0, 0).UTC(), 0, s, 0)
		rec.AddAttrs(slog.String(key, s), slog.Any("bytes", []byte(s)))
		_ = slog.NewJSONHandler(&want, nil).Handle(context.Background(), rec)
		_ = slogbridge.NewHandler(&got, nil, nil).Handle(context.Background(), rec)
		if want.String() != got.String() {
			t.Fatalf("\n got %s\nwant %s", got.String(), want.String())
		}
	})
}

func TestYearsThatRFC3339DoesNotHave(t *testing.T) {
	var got bytes.Buffer
	rec := slog.NewRecord(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), 0, "m", 0)
	if err := slogbridge.NewHandler(&got, nil, nil).Handle(context.Background(), rec); err != nil {
		t.Fatal(err)
	}
	if m := object(t, got.Bytes()); m["time"] != "!ERROR:time.Time year outside of range [0,9999]" {
		t.Errorf("time is %v", m["time"])
	}
}

// A slog.JSONHandler writes its mark and the time: no JSON. Wrapped it gets the mark alone, wherever the time stands.
func TestYearsOfAWrappedHandler(t *testing.T) {
	late := time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)
	for year, want := range map[int]bool{-1: false, 0: true, 2: true, 2026: true, 9999: true, 10000: false} {
		for _, zone := range []*time.Location{time.UTC, time.FixedZone("", 14*3600), time.FixedZone("", -12*3600)} {
			for _, at := range []time.Time{time.Date(year, 1, 1, 0, 0, 0, 0, zone), time.Date(year, 12, 31, 23, 59, 59, 0, zone)} {
				var got bytes.Buffer
				h := slogbridge.Wrap(slog.NewJSONHandler(&got, nil), nil)
				_ = h.Handle(context.Background(), slog.NewRecord(at, 0, "m", 0))
				if m := object(t, got.Bytes()); (m["time"] == at.Format(time.RFC3339Nano)) != want {
					t.Errorf("%v: got %v, in range: %v", at, m["time"], want)
				}
			}
		}
	}
	for _, ctx := range []context.Context{context.Background(), unsampled()} {
		var got bytes.Buffer
		h := slogbridge.Wrap(slog.NewJSONHandler(&got, nil), nil).WithAttrs([]slog.Attr{slog.Time("w", late)})
		h = h.WithGroup("g").WithAttrs([]slog.Attr{slog.Time("x", late)})
		rec := slog.NewRecord(late, 0, "m", 0)
		group := []slog.Attr{slog.Int("a", 1), slog.Time("y", late)}
		rec.AddAttrs(slog.Attr{Key: "h", Value: slog.GroupValue(group...)}, slog.Time("fine", time.Unix(0, 0).UTC()))
		if err := h.Handle(ctx, rec); err != nil {
			t.Fatal(err)
		}
		if line := got.String(); strings.Count(line, "!ERROR:time.Time year") != 4 || !json.Valid([]byte(line)) || !strings.Contains(line, `"fine":"1970`) {
			t.Errorf("got %s", line)
		}
		if group[1].Value.Kind() != slog.KindTime {
			t.Error("the caller's slice was written")
		}
	}
}

func TestSlogtest(t *testing.T) {
	var buf bytes.Buffer
	fresh := func(make func() slog.Handler, group string) (func(*testing.T) slog.Handler, func(*testing.T) map[string]any) {
		return func(*testing.T) slog.Handler {
				buf.Reset()
				h := make()
				if group != "" {
					h = h.WithGroup(group)
				}
				return h
			}, func(t *testing.T) map[string]any {
				m := object(t, buf.Bytes())
				if group == "" {
					return m
				}
				inner, _ := m[group].(map[string]any)
				if inner == nil {
					inner = map[string]any{}
				}
				for _, k := range []string{slog.TimeKey, slog.LevelKey, slog.MessageKey} {
					if v, ok := m[k]; ok {
						inner[k] = v
					}
				}
				return inner
			}
	}
	own := func() slog.Handler { return slogbridge.NewHandler(&buf, nil, nil) }
	wrapped := func() slog.Handler { return slogbridge.Wrap(slog.NewJSONHandler(&buf, nil), nil) }
	flavours := map[string]func() slog.Handler{
		"own": own, "wrapped": wrapped,
		"wrapped, uncomparable": func() slog.Handler {
			return slogbridge.Wrap(uncomparable{Handler: slog.NewJSONHandler(&buf, nil)}, nil)
		},
		"own, stacked":     func() slog.Handler { return slogbridge.Wrap(uncomparable{Handler: own()}, nil) },
		"wrapped, stacked": func() slog.Handler { return slogbridge.Wrap(uncomparable{Handler: wrapped()}, nil) },
	}
	for name, make := range flavours {
		for _, group := range []string{"", "g"} {
			t.Run(name+"/"+group, func(t *testing.T) {
				newHandler, result := fresh(make, group)
				slogtest.Run(t, newHandler, result)
			})
		}
	}
}
