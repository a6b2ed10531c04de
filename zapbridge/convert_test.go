package zapbridge

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"net"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

type (
	badStringer struct{}
	badJSON     struct{}
	badObject   struct{ n int }
	stacked     struct{ error }
)

func (badStringer) String() string                         { panic("no string") }
func (badJSON) MarshalJSON() ([]byte, error)               { panic("no json") }
func (badJSON) MarshalLogArray(zapcore.ArrayEncoder) error { panic("no array") }
func (b *badObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	enc.AddInt("n", b.n)
	return nil
}
func (stacked) StackTrace() []uintptr { return nil }
func (s stacked) Format(f fmt.State, verb rune) {
	_, _ = fmt.Fprint(f, s.Error())
	if verb == 'v' && f.Flag('+') {
		_, _ = fmt.Fprint(f, "\nmain.main\n\tmain.go:1")
	}
}

func TestEventValues(t *testing.T) {
	var noIP *net.IPNet
	var noObject *badObject
	tests := []struct {
		field zap.Field
		key   string
		want  any
	}{
		{zap.Bool("k", true), "k", true},
		{zap.Int("k", -1), "k", int64(-1)},
		{zap.Int32("k", -1), "k", int64(-1)},
		{zap.Int16("k", -1), "k", int64(-1)},
		{zap.Int8("k", -1), "k", int64(-1)},
		{zap.Uint("k", 1), "k", int64(1)},
		{zap.Uint64("k", math.MaxInt64), "k", int64(math.MaxInt64)},
		{zap.Uint64("k", math.MaxUint64), "k", "18446744073709551615"},
		{zap.Uint32("k", math.MaxUint32), "k", int64(math.MaxUint32)},
		{zap.Uint16("k", 1), "k", int64(1)},
		{zap.Uint8("k", 1), "k", int64(1)},
		{zap.Uintptr("k", 1), "k", int64(1)},
		{zap.Float64("k", 1.5), "k", 1.5},
		{zap.Float32("k", 1.5), "k", 1.5},
		{zap.String("k", "v"), "k", "v"},
		{zap.Stringer("k", net.IPv4(1, 2, 3, 4)), "k", "1.2.3.4"},
		{zap.Stringer("k", noIP), "k", "<nil>"},
		{zap.Stringer("k", badStringer{}), "k", "!PANIC: no string"},
		{zap.Time("k", aTime), "k", "2026-11-22T10:11:12.123456789Z"},
		{zap.Time("k", aTime.In(time.FixedZone("", 3600))), "k", "2026-11-22T10:11:12.123456789Z"},
		{zap.Time("k", time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)), "k", "0001-01-01T00:00:00Z"},
		{zap.Duration("k", time.Second), "k", int64(time.Second)},
		{zap.Binary("k", []byte{1, 2}), "k", "AQI="},
		{zap.ByteString("k", []byte("ab")), "k", "ab"},
		{zap.Complex128("k", complex(1, -2)), "k", "1-2i"},
		{zap.Complex64("k", complex(1.5, 2)), "k", "1.5+2i"},
		{zap.Error(errors.New("e")), "error", "e"},
		{zap.NamedError("cause", errors.New("e")), "cause", "e"},
		{zap.Reflect("k", nil), "k", "null"},
		{zap.Reflect("k", errors.New("e")), "k", "e"},
		{zap.Reflect("k", struct{ A int }{1}), "k", `{"A":1}`},
		{zap.Reflect("k", badJSON{}), "k", "!PANIC: no json"},
		{zap.Any("k", map[string]string{"a": "<"}), "k", `{"a":"<"}`},
		{zap.Intp("k", nil), "k", "null"},
		{zap.Dict("d", zap.Int("a", 1), zap.Dict("e", zap.String("b", "c"))), "d.e.b", "c"},
		{zap.Object("o", object(zap.Namespace("n"), zap.Int("a", 1))), "o.n.a", int64(1)},
		{zap.Object("o", noObject), "o", "!PANIC: runtime error: invalid memory address or nil pointer dereference"},
		{zap.Inline(object(zap.Int("a", 1))), "a", int64(1)},
		{zap.Object("o", zapcore.ObjectMarshalerFunc(func(zapcore.ObjectEncoder) error { return errors.New("e") })), "oError", "e"},
		{zap.Strings("k", []string{"a", "b"}), "k", []string{"a", "b"}},
		{zap.Ints("k", []int{1, 2}), "k", []int64{1, 2}},
		{zap.Int64s("k", []int64{1, 2}), "k", []int64{1, 2}},
		{zap.Int32s("k", []int32{1, 2}), "k", []int64{1, 2}},
		{zap.Int16s("k", []int16{1, 2}), "k", []int64{1, 2}},
		{zap.Int8s("k", []int8{1, 2}), "k", []int64{1, 2}},
		{zap.Uints("k", []uint{1, 2}), "k", []int64{1, 2}},
		{zap.Uint32s("k", []uint32{1, 2}), "k", []int64{1, 2}},
		{zap.Uint16s("k", []uint16{1, 2}), "k", []int64{1, 2}},
		{zap.Uintptrs("k", []uintptr{1, 2}), "k", []int64{1, 2}},
		{zap.Complex64s("k", []complex64{1}), "k", []string{"1+0i"}},
		{zap.Uint8s("k", []uint8{1, 2}), "k", []int64{1, 2}},
		{zap.Uint64s("k", []uint64{1, math.MaxUint64}), "k", "[1,18446744073709551615]"},
		{zap.Float32s("k", []float32{1.5}), "k", []float64{1.5}},
		{zap.Float64s("k", []float64{math.Inf(1)}), "k", []float64{math.Inf(1)}},
		{zap.Bools("k", []bool{true, false}), "k", []bool{true, false}},
		{zap.Durations("k", []time.Duration{1, 2}), "k", []int64{1, 2}},
		{zap.Times("k", []time.Time{aTime}), "k", []string{"2026-11-22T10:11:12.123456789Z"}},
		{zap.ByteStrings("k", [][]byte{[]byte("a")}), "k", []string{"a"}},
		{zap.Complex128s("k", []complex128{1}), "k", []string{"1+0i"}},
		{zap.Strings("k", nil), "k", "[]"},
		{zap.Errors("k", []error{errors.New("a"), errors.New("b")}), "k", `[{"error":"a"},{"error":"b"}]`},
		{zap.Objects("k", []*badObject{{1}, {2}}), "k", `[{"n":1},{"n":2}]`},
		{zap.Array("k", badJSON{}), "k", "!PANIC: no array"},
		{zap.Array("k", zapcore.ArrayMarshalerFunc(func(enc zapcore.ArrayEncoder) error {
			enc.AppendString("a")
			enc.AppendFloat64(math.NaN())
			_ = enc.AppendReflected(nil)
			return enc.AppendArray(zapcore.ArrayMarshalerFunc(func(enc zapcore.ArrayEncoder) error {
				enc.AppendFloat32(float32(math.Inf(-1)))
				return nil
			}))
		})), "k", `["a","NaN",null,["-Inf"]]`},
		{zap.Field{Key: "k"}, "k", "!PANIC: unknown field type: {k Unknown 0  <nil>}"},
		{zap.Field{Key: "k", Type: zapcore.ErrorType}, "k", "!PANIC: interface conversion: interface is nil, not error"},
		{zap.Inline(noObject), "_", "!PANIC: runtime error: invalid memory address or nil pointer dereference"},
		{zap.Int("", 1), "_", int64(1)},
	}
	for flavour, newLogger := range flavours() {
		for i, tt := range tests {
			t.Run(fmt.Sprintf("%s/%d %s", flavour, i, tt.field.Key), func(t *testing.T) {
				var b bytes.Buffer
				r := record(t)
				l := newLogger(&b)
				l.Info("call", Context(r.ctx), tt.field, zap.Int("last", 1))
				event := r.event(t)
				want := map[string]any{tt.key: tt.want, "last": int64(1)}
				if tt.field.Type == zapcore.UnknownType {
					delete(want, "k") // the text holds the number of the type
				}
				hasEvent(t, event, want)
				has(t, parse(t, b.String()), map[string]any{"msg": "call", "last": 1})

				b.Reset()
				bound := record(t)
				With(bound.ctx, l).With(zap.Namespace("ns"), tt.field).Info("bound", zap.Int("last", 1))
				key := "ns." + strings.TrimPrefix(tt.key, "_") // a key is missing at the root only
				delete(want, tt.key)
				delete(want, "last")
				if tt.field.Type != zapcore.UnknownType {
					want[key] = tt.want
				}
				want["ns.last"] = int64(1)
				hasEvent(t, bound.event(t), want)
				has(t, parse(t, b.String()), map[string]any{"msg": "bound"})
			})
		}
	}
}

// TestEventFrame: what an event says besides the fields.
func TestEventFrame(t *testing.T) {
	for flavour, newLogger := range flavours() {
		t.Run(flavour, func(t *testing.T) {
			var b bytes.Buffer
			r := record(t)
			l := newLogger(&b).WithOptions(zap.AddCaller(), zap.AddStacktrace(zap.ErrorLevel), zap.WithClock(clock{})).Named("shop")
			l.Error("declined", Context(r.ctx), zap.NamedError("cause", fmt.Errorf("card: %w", stacked{errors.New("no funds")})))
			event := r.event(t)
			hasEvent(t, event, map[string]any{
				"log.severity": "ERROR", "cause": "card: no funds", "exception.message": "card: no funds", "logger": "shop",
				"exception.stacktrace": "no funds\nmain.main\n\tmain.go:1",
			})
			for _, key := range []string{"exception.type", "code.function.name", "code.file.path", "code.line.number", "code.stacktrace"} {
				if _, ok := event[key]; !ok {
					t.Errorf("no %s in %v", key, event)
				}
			}
			line := parse(t, b.String())
			has(t, line, map[string]any{"logger": "shop", "msg": "declined"})
			if !strings.Contains(fmt.Sprint(line["caller"]), "convert_test.go:") || !strings.Contains(fmt.Sprint(line["stacktrace"]), "TestEventFrame") {
				t.Errorf("caller or stack missing: %v", line)
			}
			e := r.span.Events()[0]
			if e.Name != "declined" || !e.Time.Equal(aTime) {
				t.Errorf("event %q at %v", e.Name, e.Time)
			}
			if st := r.span.Status(); st.Code != codes.Error || st.Description != "declined: card: no funds" {
				t.Errorf("status %v", st)
			}
		})
	}
}

func TestEventName(t *testing.T) {
	var b bytes.Buffer
	r := record(t)
	zap.New(NewCore(&b, nil, nil)).With(zap.String("event.name", "order.placed")).Info("m", Context(r.ctx))
	if name := r.span.Events()[0].Name; name != "order.placed" {
		t.Errorf("name = %q", name)
	}
	has(t, parse(t, b.String()), map[string]any{"event.name": "order.placed"})
}

// TestErrorsArray: the first error of zap.Errors is the exception.
func TestErrorsArray(t *testing.T) {
	r := record(t)
	zap.New(NewCore(nil, nil, nil)).Error("m", zap.Errors("errs", []error{nil, errors.New("a"), errors.New("b")}), Context(r.ctx))
	hasEvent(t, r.event(t), map[string]any{"exception.message": "a"})
}

func TestNotRecording(t *testing.T) {
	calls := 0
	f := zap.Object("o", zapcore.ObjectMarshalerFunc(func(zapcore.ObjectEncoder) error { calls++; return nil }))
	zap.New(NewCore(nil, nil, nil)).Info("m", f, Context(remote()))
	if calls != 1 {
		t.Errorf("the object was marshalled %d times, want 1: for the line", calls)
	}
}
