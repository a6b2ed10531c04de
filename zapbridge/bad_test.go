package zapbridge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
)

type (
	badError struct{}
	node     struct{ Next *node }
)

func (badError) Error() string { panic("no error") }

// manyErrors is an error as multierr's are, that panics when it is asked for its parts.
type manyErrors struct{ error }

func (manyErrors) Errors() []error { panic("no parts") }

// badFields are fields that cannot be formatted, or hardly, and what stands in their place on a line of ours; nil where the
// test does not look.
func badFields() map[string]struct {
	field zap.Field
	want  any
} {
	loop := &node{}
	loop.Next = loop
	var nilError *errNil
	late := time.Date(100000, 1, 1, 0, 0, 0, 0, time.UTC)
	return map[string]struct {
		field zap.Field
		want  any
	}{
		"Error panics":       {zap.NamedError("k", badError{}), "!PANIC: no error"},
		"Error() of nil":     {zap.NamedError("k", nilError), "<nil>"},
		"Errors panics":      {zap.NamedError("k", manyErrors{errors.New("e")}), "e"},
		"String panics":      {zap.Stringer("k", badStringer{}), "!PANIC: no string"},
		"nil Stringer":       {zap.Stringer("k", (*time.Location)(nil)), nil},
		"JSON panics":        {zap.Reflect("k", badJSON{}), "!PANIC: no json"},
		"array panics":       {zap.Array("k", badJSON{}), "!PANIC: no array"},
		"nil object":         {zap.Object("k", (*badObject)(nil)), "!PANIC: runtime error: invalid memory address or nil pointer dereference"},
		"no interface":       {zap.Field{Key: "k", Type: zapcore.StringerType}, nil},
		"wrong interface":    {zap.Field{Key: "k", Type: zapcore.ObjectMarshalerType, Interface: 1}, nil},
		"unknown type":       {zap.Field{Key: "k", Type: 200}, nil},
		"cycle":              {zap.Reflect("k", loop), nil},
		"channel":            {zap.Any("k", make(chan int)), "!ERROR:json: unsupported type: chan int"},
		"func":               {zap.Any("k", func() {}), "!ERROR:json: unsupported type: func()"},
		"NaN":                {zap.Float64("k", math.NaN()), "NaN"},
		"Inf":                {zap.Float32("k", float32(math.Inf(-1))), "-Inf"},
		"NaN inside":         {zap.Reflect("k", []float64{math.NaN()}), "!ERROR:json: unsupported value: NaN"},
		"late time":          {zap.Time("k", late), nil},
		"late time inside":   {zap.Reflect("k", []time.Time{late}), nil},
		"bad raw JSON":       {zap.Reflect("k", json.RawMessage("{")), nil},
		"not UTF-8":          {zap.String("k", "\xff"), "\ufffd"},
		"10 MB":              {zap.String("k", strings.Repeat("x", 10<<20)), nil},
		"key not UTF-8":      {zap.Int("\xff", 1), nil},
		"key empty":          {zap.Int("", 1), nil},
		"key dotted":         {zap.Int("a.b.", 1), nil},
		"key of an id":       {zap.Int("trace_id", 1), nil},
		"empty namespace":    {zap.Namespace(""), nil},
		"inline panics late": {zap.Inline(object(zap.Int("z", 1), zap.Array("k", badJSON{}))), nil},
	}
}

type errNil struct{ text string }

func (e *errNil) Error() string { return e.text }

// TestBadInput: a valid line with all its neighbours, and an event, for each bad field under each schema.
func TestBadInput(t *testing.T) {
	for _, schema := range []events.Schema{events.OTel, events.ECS} {
		for _, redact := range [][]events.Redaction{nil, {events.RedactSecrets()}} {
			for flavour, newLogger := range with(&events.Policy{Schema: schema, Redact: redact}) {
				for name, tt := range badFields() {
					t.Run(fmt.Sprint(schema, len(redact), flavour, "/", name), func(t *testing.T) {
						var b bytes.Buffer
						r := record(t)
						l := newLogger(&b)
						l.Info("call", zap.Int("a", 1), Context(r.ctx), tt.field, zap.Int("z", 2))
						l.Named("bound").With(zap.Int("a", 1), tt.field).Info("bound", zap.Int("z", 2), Context(r.ctx))
						for i, text := range bytes.SplitAfter(bytes.TrimSpace(b.Bytes()), []byte("\n")) {
							line := parseAny(t, text)
							has(t, line, map[string]any{"a": 1})
							if flavour == "core" && schema == events.OTel && tt.want != nil {
								has(t, line, map[string]any{"k": tt.want, "z": 2})
							}
							if i > 1 {
								t.Errorf("line %d", i)
							}
						}
						if n := len(r.span.Events()); n != 2 {
							t.Errorf("events = %d, want 2", n)
						}
					})
				}
			}
		}
	}
}

func parseAny(t *testing.T, line []byte) (m map[string]any) {
	t.Helper()
	if err := json.Unmarshal(line, &m); err != nil {
		t.Fatalf("%v in %.300s", err, line)
	}
	return m
}

func TestTenThousandFields(t *testing.T) {
	for _, schema := range []events.Schema{events.OTel, events.ECS} {
		for flavour, newLogger := range with(&events.Policy{Schema: schema}) {
			t.Run(fmt.Sprint(schema, flavour), func(t *testing.T) {
				var fields []zap.Field
				for i := range 5_000 {
					fields = append(fields, zap.Int(fmt.Sprint("k", i), i), zap.Int("same", i))
				}
				var b bytes.Buffer
				r := record(t)
				newLogger(&b).Info("m", append(fields, Context(r.ctx))...)
				line := parseAny(t, b.Bytes())
				has(t, line, map[string]any{"k4999": 4999})
				if schema == events.ECS && flavour == "core" {
					has(t, line, map[string]any{"same": 0, "same_2": 1, "same_5000": 4999})
				}
				if n := len(r.span.Events()); n != 1 {
					t.Errorf("events = %d", n)
				}
			})
		}
	}
}

// talkative logs while it is being formatted, with the same logger and the same context.
type talkative struct{ log func(string) }

func (v talkative) String() string               { v.log("String"); return "s" }
func (v talkative) Error() string                { v.log("Error"); return "e" }
func (v talkative) MarshalJSON() ([]byte, error) { v.log("MarshalJSON"); return []byte("1"), nil }
func (v talkative) MarshalLogObject(zapcore.ObjectEncoder) error {
	v.log("MarshalLogObject")
	return nil
}
func (v talkative) MarshalLogArray(enc zapcore.ArrayEncoder) error {
	v.log("MarshalLogArray")
	return nil
}
func (v talkative) Format(f fmt.State, _ rune)                   { v.log("Format"); _, _ = f.Write([]byte("e")) }
func (v talkative) ReplaceAllLiteralString(src, _ string) string { return src }

func TestLogsWhileFormatted(t *testing.T) {
	for _, schema := range []events.Schema{events.OTel, events.ECS} {
		for flavour, newLogger := range with(&events.Policy{Schema: schema, Redact: []events.Redaction{events.RedactPattern(talkative{})}}) {
			t.Run(fmt.Sprint(schema, flavour), func(t *testing.T) {
				var b bytes.Buffer
				r := record(t)
				l := With(r.ctx, newLogger(&b))
				v := talkative{func(s string) { l.Error(s, Context(r.ctx), zap.Error(errors.New("inner"))) }}
				done := make(chan struct{})
				go func() {
					defer close(done)
					fields := []zap.Field{zap.Stringer("s", v), zap.NamedError("e", v), zap.Reflect("r", v), zap.Object("o", v), zap.Array("a", v), zap.Inline(v)}
					l.Error("call", fields...)
					l.With(fields...).Error("bound")
				}()
				select {
				case <-done:
				case <-time.After(time.Minute):
					t.Fatal("it hangs")
				}
				for _, text := range bytes.Split(bytes.TrimSpace(b.Bytes()), []byte("\n")) {
					parseAny(t, text)
				}
				if out := b.String(); !strings.Contains(out, `"call"`) || !strings.Contains(out, `"bound"`) || !strings.Contains(out, `"MarshalLogObject"`) {
					t.Errorf("lines are missing in %.300s", out)
				}
			})
		}
	}
}

func TestCancelledContext(t *testing.T) {
	for flavour, newLogger := range flavours() {
		var b bytes.Buffer
		r := record(t)
		ctx, cancel := context.WithCancel(r.ctx)
		cancel()
		newLogger(&b).Info("m", Context(ctx))
		traceID, _ := r.ids()
		has(t, parse(t, b.String()), map[string]any{"trace_id": traceID})
		if n := len(r.span.Events()); n != 1 {
			t.Errorf("%s: events = %d, want 1", flavour, n)
		}
	}
}
