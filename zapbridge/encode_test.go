package zapbridge

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"pgregory.net/rapid"

	"github.com/spanlog/spanlog/events"
)

var keys = rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"trace_id", "span_id", "ts", "level", "msg", "error", ""}))

// fieldOf draws a field of any kind that zap itself can encode.
func fieldOf() *rapid.Generator[zap.Field] {
	return rapid.Custom(func(t *rapid.T) zap.Field {
		k := keys.Draw(t, "key")
		text := rapid.SampledFrom([]string{"", "plain", "\"\\\n\x01", "\xff\xfeé\u2028", "<html>"}).Draw(t, "text")
		n := rapid.Int64().Draw(t, "n")
		f := rapid.Float64().Draw(t, "f")
		switch rapid.IntRange(0, 21).Draw(t, "kind") {
		case 0:
			return zap.Bool(k, n > 0)
		case 1:
			return zap.Int64(k, n)
		case 2:
			return zap.Uint64(k, uint64(n))
		case 3:
			return zap.Float64(k, f)
		case 4:
			return zap.Float32(k, float32(f))
		case 5:
			return zap.String(k, text)
		case 6:
			return zap.Duration(k, time.Duration(n))
		case 7:
			return zap.Time(k, time.Unix(n%1e11, n%1e9))
		case 8:
			return zap.Binary(k, []byte(text))
		case 9:
			return zap.ByteString(k, []byte(text))
		case 10:
			return zap.Complex128(k, complex(f, -f))
		case 11:
			return zap.NamedError(k, errors.New(text))
		case 12:
			return zap.Reflect(k, map[string]any{text: n})
		case 13:
			return zap.Namespace(k)
		case 14:
			return zap.Dict(k, zap.Int64(text, n), zap.Namespace("in"), zap.Bool("b", true))
		case 15:
			return zap.Inline(object(zap.String(k, text), zap.Int64("x", n)))
		case 16:
			return zap.Strings(k, []string{text, k})
		case 17:
			return zap.Skip()
		case 18:
			return zap.Stringer(k, time.Duration(n))
		case 19:
			return zap.NamedError(k, stacked{errors.New(text)})
		case 20:
			return zap.Errors(k, []error{errors.New(text)})
		}
		return zap.Any(k, []any{text, f})
	})
}

// TestEqualsZap: without a span the lines are zap's own, byte for byte, in both flavours.
func TestEqualsZap(t *testing.T) {
	entry := zapcore.Entry{Time: aTime, LoggerName: "n", Message: "m\xff\"", Stack: "s",
		Caller: zapcore.EntryCaller{Defined: true, File: "/a/b/c.go", Line: 7, Function: "f"}}
	rapid.Check(t, func(t *rapid.T) {
		with := rapid.SliceOfN(fieldOf(), 0, 4)
		one, two, call := with.Draw(t, "with"), with.Draw(t, "with2"), with.Draw(t, "call")
		entry.Level = zapcore.Level(rapid.IntRange(-1, 5).Draw(t, "level"))
		var want, core, wrapped bytes.Buffer
		write := func(c zapcore.Core) {
			c = c.With(one).With(two)
			if ce := c.Check(entry, nil); ce != nil {
				ce.Write(call...)
			}
		}
		write(plain(&want))
		write(NewCore(&core, zap.DebugLevel, nil))
		write(Wrap(zap.New(plain(&wrapped)), nil).Core())
		if core.String() != want.String() || wrapped.String() != want.String() {
			t.Fatalf("core %s\nwrap %s\nwant %s", core.String(), wrapped.String(), want.String())
		}
	})
}

// TestTracedIsPlainPlusIDs: with a span the line is zap's, without the fields that give way, plus the ids.
func TestTracedIsPlainPlusIDs(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		with := rapid.SliceOfN(fieldOf(), 0, 4)
		one, call := with.Draw(rt, "with"), with.Draw(rt, "call")
		for flavour, newLogger := range flavours() {
			var b bytes.Buffer
			newLogger(&b).With(one...).Info("m", append(call, Context(remote()))...)
			line := b.String()
			if n := count(rootKeys(t, line), "trace_id"); n != 1 {
				rt.Fatalf("%s: trace_id stands %d times at the root of %s", flavour, n, line)
			}
			if !strings.Contains(line, `"trace_id":"01000000000000000000000000000000"`) {
				rt.Fatalf("%s: %s", flavour, line)
			}
		}
	})
}

var policyOfECS = &events.Policy{Schema: events.ECS, Resource: []attribute.KeyValue{attribute.String("service.name", "shop")}}

func TestECSLine(t *testing.T) {
	var b bytes.Buffer
	l := zap.New(NewCore(&b, nil, policyOfECS), zap.WithClock(clock{})).Named("n")
	l.With(zap.Int("a", 1), zap.Namespace("ns")).Warn("m", zap.Duration("d", time.Second), zap.Time("t", aTime),
		zap.Error(stacked{errors.New("inner")}), Context(remote()))
	want := `{"@timestamp":"2026-11-22T10:11:12.123456789Z","log.level":"warn","log.logger":"n","message":"m",` +
		`"error.message":"inner","error.type":"github.com/spanlog/spanlog/zapbridge.stacked","error.stack_trace":"inner\nmain.main\n\tmain.go:1",` +
		`"a":1,"ns":{"d":1000000000,"t":"2026-11-22T10:11:12.123456789Z","error":"inner"},` +
		`"trace.id":"01000000000000000000000000000000","span.id":"0200000000000000","trace_flags":"00",` +
		`"ecs.version":"8.17.0","service.name":"shop"}` + "\n"
	if got := b.String(); got != want {
		t.Errorf("got  %swant %s", got, want)
	}
	b.Reset()
	l.Info("no fields")
	has(t, parse(t, b.String()), map[string]any{"message": "no fields", "service.name": "shop"})
}

func TestECSFields(t *testing.T) {
	tests := []struct {
		name   string
		with   []zap.Field
		call   []zap.Field
		want   map[string]any
		absent []string
	}{
		{name: "error", call: []zap.Field{zap.Error(errors.New("e"))},
			want: map[string]any{"error.message": "e", "error.type": "*errors.errorString"}, absent: []string{"error"}},
		{name: "error under another key", call: []zap.Field{zap.NamedError("cause", errors.New("e"))},
			want: map[string]any{"error.message": "e"}, absent: []string{"cause"}},
		{name: "two errors", call: []zap.Field{zap.NamedError("a.b", errors.New("1")), zap.NamedError("c.d", errors.New("2"))},
			want: map[string]any{"error.message": "1", "labels.c_d": "2"}},
		{name: "one bound, one in the call", with: []zap.Field{zap.NamedError("a", errors.New("1"))}, call: []zap.Field{zap.Error(errors.New("2"))},
			want: map[string]any{"error.message": "1", "labels.error": "2"}},
		{name: "stack", call: []zap.Field{zap.Error(stacked{errors.New("e")})},
			want: map[string]any{"error.stack_trace": "e\nmain.main\n\tmain.go:1"}, absent: []string{"errorVerbose"}},
		{name: "reflected error", call: []zap.Field{zap.Reflect("k", errors.New("e"))}, want: map[string]any{"error.message": "e"}},
		{name: "string called error", call: []zap.Field{zap.String("error", "e")}, want: map[string]any{"error.message": "e"}, absent: []string{"error.type"}},
		{name: "names of ours", with: []zap.Field{zap.String("message", "x")}, call: []zap.Field{zap.Int("log.level", 7), zap.Bool("ecs.version", true)},
			want: map[string]any{"labels.message": "x", "labels.log_level": "7", "labels.ecs_version": "true", "message": "m"}},
		{name: "scalar where ECS has an object", call: []zap.Field{zap.Int("service", 7), zap.Strings("host", []string{"a"}), zap.Duration("event", 5)},
			want: map[string]any{"labels.service": "7", "labels.host": `["a"]`, "labels.event": "5"}},
		{name: "object where ECS has one", call: []zap.Field{zap.Dict("event", zap.String("kind", "x"))},
			want: map[string]any{"event": map[string]any{"kind": "x"}}},
		{name: "constant", call: []zap.Field{zap.String("service.name", "mine")},
			want: map[string]any{"service.name": "shop", "labels.service_name": "mine"}},
		{name: "inline", call: []zap.Field{zap.Inline(object(zap.String("message", "x"), zap.String("error", "e"), zap.Namespace("in"), zap.Int("message", 2)))},
			want: map[string]any{"labels.message": "x", "error.message": "e", "in": map[string]any{"message": 2}}},
		{name: "keys that stand twice", with: []zap.Field{zap.Int("a", 1), zap.Int("a", 2), zap.Namespace("ns"), zap.Int("a", 3)}, call: []zap.Field{zap.Int("a", 4), zap.Int("ns", 5), zap.Int("a", 6)},
			want: map[string]any{"a": 1, "a_2": 2, "ns": map[string]any{"a": 3, "a_2": 4, "ns": 5, "a_3": 6}}},
		{name: "keys of labels and of a Dict", call: []zap.Field{zap.Int("message", 1), zap.Int("message", 2), zap.Dict("d", zap.Int("a", 1), zap.Int("a", 2)), zap.Int("d", 3)},
			want: map[string]any{"labels.message": "1", "labels.message_2": "2", "d": map[string]any{"a": 1, "a_2": 2}, "d_2": 3}},
		{name: "error in a namespace", call: []zap.Field{zap.Namespace("ns"), zap.Error(errors.New("1")), zap.Error(errors.New("2")), zap.Reflect("r", errors.New("3"))},
			want: map[string]any{"error.message": "1", "error.type": "*errors.errorString", "ns": map[string]any{"error": "1", "error_2": "2", "r": "3"}}},
		{name: "error in a Dict", call: []zap.Field{zap.Dict("d", zap.Error(errors.New("1"))), zap.Error(errors.New("2"))},
			want: map[string]any{"error.message": "1", "d": map[string]any{"error": "1"}, "labels.error": "2"}},
		{name: "error in a bound namespace", with: []zap.Field{zap.Namespace("ns"), zap.Error(errors.New("1"))}, call: []zap.Field{zap.NamedError("b", errors.New("2"))},
			want: map[string]any{"error.message": "1", "ns": map[string]any{"error": "1", "b": "2"}}},
		{name: "errors", call: []zap.Field{zap.Errors("errs", []error{nil, errors.New("1")}), zap.Error(errors.New("2"))},
			want: map[string]any{"error.message": "1", "labels.error": "2"}},
		{name: "string called error, and an error", call: []zap.Field{zap.String("error", "s"), zap.String("error", "s2"), zap.NamedError("e", errors.New("1"))},
			want: map[string]any{"error.message": "1", "labels.error_2": "s", "labels.error": "s2"}},
		{name: "id", with: []zap.Field{zap.String("trace.id", "mine")}, call: []zap.Field{zap.String("span.id", "mine"), Context(remote())},
			want: map[string]any{"trace.id": traceIDOf(remote()), "span.id": "0200000000000000"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			zap.New(NewCore(&b, nil, policyOfECS)).With(tt.with...).Info("m", tt.call...)
			line := parse(t, b.String())
			has(t, line, tt.want)
			for _, key := range tt.absent {
				if v, ok := line[key]; ok {
					t.Errorf("%s = %v", key, v)
				}
			}
		})
	}
}

func TestECSOrigin(t *testing.T) {
	var b bytes.Buffer
	l := zap.New(NewCore(&b, nil, policyOfECS), zap.AddCaller(), zap.AddStacktrace(zap.ErrorLevel))
	l.Error("m")
	line := parse(t, b.String())
	for key, part := range map[string]string{
		"log.origin.function": "TestECSOrigin", "log.origin.file.name": "encode_test.go", "error.stack_trace": "TestECSOrigin",
	} {
		if got := fmt.Sprint(line[key]); !strings.Contains(got, part) {
			t.Errorf("%s = %s, want %s in it", key, got, part)
		}
	}
	if n, ok := line["log.origin.file.line"].(float64); !ok || n < 1 {
		t.Errorf("line = %v", line["log.origin.file.line"])
	}
	b.Reset()
	l.Error("m", zap.Error(stacked{errors.New("e")})) // its own stack says more than that of the call
	has(t, parse(t, b.String()), map[string]any{"error.stack_trace": "e\nmain.main\n\tmain.go:1"})
}

func TestECSTimes(t *testing.T) {
	var b bytes.Buffer
	c := NewCore(&b, nil, policyOfECS)
	for _, tt := range []struct {
		at   time.Time
		want any
	}{{time.Time{}, nil}, {time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), "!ERROR:time.Time year outside of range [0,9999]"}} {
		b.Reset()
		if err := c.Write(zapcore.Entry{Time: tt.at, Message: "m"}, nil); err != nil {
			t.Fatal(err)
		}
		if got := parse(t, b.String())["@timestamp"]; got != tt.want {
			t.Errorf("@timestamp = %v, want %v", got, tt.want)
		}
	}
}

func TestNames(t *testing.T) {
	for _, schema := range []events.Schema{events.OTel, events.ECS} {
		var b bytes.Buffer
		p := &events.Policy{Schema: schema, Names: &events.Names{TraceID: "trace", Time: "at", Level: "lvl", Message: "text"}}
		zap.New(NewCore(&b, nil, p)).Info("m", Context(remote()), zap.String("trace", "mine"))
		line := parse(t, b.String())
		has(t, line, map[string]any{"trace": traceIDOf(remote()), "lvl": "info", "text": "m"})
		if line["at"] == nil || line["span_id"] != nil {
			t.Errorf("line %v", line)
		}
	}
}

// TestConstant: the resource is at the root of every line, and a user's field of such a name moves to a label.
func TestConstant(t *testing.T) {
	p := &events.Policy{Resource: []attribute.KeyValue{attribute.String("service.name", "shop"), attribute.Int64("n", 1)}}
	loggers := map[string]func(*bytes.Buffer) *zap.Logger{
		"core": func(b *bytes.Buffer) *zap.Logger { return zap.New(NewCore(b, nil, p)) },
		"wrap": func(b *bytes.Buffer) *zap.Logger { return Wrap(zap.New(plain(b)), p) },
	}
	for flavour, newLogger := range loggers {
		t.Run(flavour, func(t *testing.T) {
			for _, ctx := range []zap.Field{zap.Skip(), Context(remote())} {
				var b bytes.Buffer
				newLogger(&b).With(zap.Int("n", 2), zap.Namespace("ns")).Info("m", zap.Int("n", 3), ctx)
				has(t, parse(t, b.String()), map[string]any{"service.name": "shop", "n": 1, "labels.n": 2, "ns": map[string]any{"n": 3}})
				b.Reset()
				newLogger(&b).Info("m", zap.Inline(object(zap.Int("n", 2))), ctx)
				has(t, parse(t, b.String()), map[string]any{"n": 1, "labels.n": 2})
				b.Reset()
				newLogger(&b).Info("m", zap.Int("n", 2), ctx)
				has(t, parse(t, b.String()), map[string]any{"n": 1, "labels.n": 2})
			}
		})
	}
}

// everyKind has a field of each kind that an object can add.
func everyKind() []zap.Field {
	return []zap.Field{
		zap.Bool("b", true), zap.Int("i", -1), zap.Int64("i64", -1), zap.Int32("i32", -1), zap.Int16("i16", -1), zap.Int8("i8", -1),
		zap.Uint("u", 1), zap.Uint64("u64", 1), zap.Uint32("u32", 1), zap.Uint16("u16", 1), zap.Uint8("u8", 1), zap.Uintptr("up", 1),
		zap.Float64("f64", 1.5), zap.Float32("f32", 0.1), zap.Complex128("c128", 1), zap.Complex64("c64", complex(0.1, 2)),
		zap.String("s", "s"), zap.ByteString("bs", []byte("s")), zap.Binary("bin", []byte("s")), zap.Duration("d", time.Second),
		zap.Time("t", aTime.In(time.FixedZone("x", 3600))), zap.Reflect("r", []int{1}), zap.Strings("a", []string{"s"}), zap.Dict("o", zap.Int("x", 1)),
	}
}

// TestInlineKinds: members of an inline object that we place are as zap has them, on the line and on the event.
func TestInlineKinds(t *testing.T) {
	var want bytes.Buffer
	zap.New(plain(&want), zap.WithClock(clock{})).Info("m", everyKind()...)
	direct := record(t)
	zap.New(NewCore(nil, nil, nil)).Info("m", append(everyKind(), Context(direct.ctx))...)
	for flavour, newLogger := range with(&events.Policy{Redact: []events.Redaction{events.RedactSecrets()}}) {
		var b bytes.Buffer
		r := record(t)
		l := newLogger(&b).WithOptions(zap.WithClock(clock{}))
		l.Info("m", zap.Inline(object(everyKind()...)))
		if b.String() != want.String() {
			t.Errorf("%s\ngot  %swant %s", flavour, b.String(), want.String())
		}
		l.Info("m", zap.Inline(object(everyKind()...)), Context(r.ctx))
		if got, want := fmt.Sprint(r.event(t)), fmt.Sprint(direct.event(t)); got != want {
			t.Errorf("%s: event\ngot  %s\nwant %s", flavour, got, want)
		}
	}
}
