package zapbridge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"go.uber.org/zap/buffer"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
)

// numbered returns a context with a remote span of that number.
func numbered(n byte, flags trace.TraceFlags) trace.SpanContext {
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{n, 7: n % spanSlots}, TraceFlags: flags, Remote: true})
}

// foreign is a core that is not known, so that its lines go the longer way.
type foreign struct{ zapcore.Core }

func (f foreign) With(fields []zapcore.Field) zapcore.Core { return foreign{f.Core.With(fields)} }
func (f foreign) Check(ent zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if f.Enabled(ent.Level) {
		return ce.AddCore(ent, f)
	}
	return ce
}

// TestSpanCores: all lines of a span are the same, with a core of that span and without one, and those of a core that is
// not known.
func TestSpanCores(t *testing.T) {
	ctx := trace.ContextWithSpanContext(t.Context(), numbered(1, 1))
	said := events.ContextWith(ctx, slog.String("tenant", "acme"), slog.String("span_id", "mine"))
	only := events.ContextWith(t.Context(), slog.Int("order", 7))
	with := map[string][]zap.Field{
		"nothing": nil, "fields": five(), "id": {zap.String("a", "1"), zap.String("trace_id", "mine"), zap.Int("b", 2)},
		"namespace": {zap.Int("a", 1), zap.Namespace("ns"), zap.Int("b", 2)}, "bound": {Context(ctx)}, "bound in a namespace": {zap.Namespace("ns"), Context(said), zap.Int("b", 1)},
		"inline": {zap.Inline(object(zap.String("span_id", "mine"), zap.Int("c", 3)))},
	}
	calls := map[string][]zap.Field{
		"last": append(five(), Context(ctx)), "first": append([]zap.Field{Context(ctx)}, five()...), "alone": {Context(ctx)}, "none": five(), "empty": nil,
		"between": {zap.Int("x", 1), Context(ctx), zap.Int("y", 2)}, "twice": {Context(said), zap.Int("x", 1), Context(ctx)}, "fields of the context": {zap.Int("x", 1), Context(said)},
		"no span": {zap.Int("x", 1), Context(only)}, "id": {zap.String("trace_id", "mine"), zap.Int("x", 1), Context(ctx)}, "namespace": {zap.Namespace("in"), zap.String("trace_id", "mine"), Context(ctx)},
		"namespace of an id": {zap.Namespace("span_id"), zap.Int("x", 1), Context(ctx)}, "skip": {zap.Skip(), zap.Error(nil), Context(ctx)},
		"inline": {zap.Inline(object(zap.String("span_id", "mine"), zap.Int("c", 3))), Context(ctx)}, "resource": {zap.String("service.name", "mine"), Context(ctx)},
	}
	encoders := map[string]func(zapcore.EncoderConfig) zapcore.Encoder{"json": zapcore.NewJSONEncoder, "console": zapcore.NewConsoleEncoder}
	policies := map[string]*events.Policy{
		"nil": nil, "ECS": policyOfECS, "GCP": {Schema: events.GCP}, "redact": {Redact: []events.Redaction{events.RedactKeys("x")}},
		"names": {Names: &events.Names{TraceID: "t", SpanID: "s"}},
	}
	for encoder, newEncoder := range encoders {
		for policy, p := range policies {
			var b, other bytes.Buffer
			core := func(b *bytes.Buffer) zapcore.Core {
				return zapcore.NewCore(newEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(b), zap.InfoLevel)
			}
			ours, longer := Wrap(zap.New(core(&b), zap.WithClock(clock{})), p), Wrap(zap.New(foreign{core(&other)}, zap.WithClock(clock{})), p)
			for bound, fields := range with {
				one, two := ours.With(fields...), longer.With(fields...)
				for call, fields := range calls {
					other.Reset()
					two.Info("m", fields...)
					for i := range 2 * spanCalls {
						b.Reset()
						one.Info("m", fields...)
						if b.String() != other.String() {
							t.Fatalf("%s, %s, With %s, call %s, no. %d:\ngot  %swant %s", encoder, policy, bound, call, i, b.String(), other.String())
						}
					}
				}
			}
		}
	}
}

// TestSpanCoreMade: a span has a core from its fourth call on, the bound and the unbound logger share it, and other flags
// are another span.
func TestSpanCoreMade(t *testing.T) {
	var b bytes.Buffer
	l := Wrap(zap.New(plain(&b)), nil)
	w := l.Core().(*wrapper)
	sc := numbered(1, 1)
	ctx := trace.ContextWithSpanContext(t.Context(), sc)
	core := func(sc trace.SpanContext) *spanCore {
		if w.spans.slots.Load() == nil {
			return nil
		}
		key := spanID(sc)
		return w.spans.slots.Load()[key%spanSlots].core.Load()
	}
	for i := range 2 * spanCalls {
		if c := core(sc); (c != nil) != (i >= spanCalls) {
			t.Errorf("after %d calls: core %v", i, c)
		}
		if i%2 == 0 {
			l.Info("m", Context(ctx))
		} else {
			With(ctx, l).Info("m")
		}
	}
	b.Reset()
	l.Info("m", Context(trace.ContextWithSpanContext(t.Context(), numbered(1, 0))))
	has(t, parse(t, b.String()), map[string]any{"trace_flags": "00"})
}

func spanID(sc trace.SpanContext) byte { id := sc.SpanID(); return id[7] }

// TestSpansInOneSlot: spans whose ids end alike, in turn and at once, never get the ids of one another.
func TestSpansInOneSlot(t *testing.T) {
	var mu sync.Mutex
	var b bytes.Buffer
	l := Wrap(zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), locked{&mu, &b}, zap.InfoLevel)), nil)
	var all sync.WaitGroup
	for g := range byte(8) {
		all.Go(func() {
			for i := range 300 {
				sc := numbered(1+(g+byte(i/5))%3*spanSlots, trace.TraceFlags(i%2))
				l.Info("m", zap.String("want", sc.SpanID().String()), zap.String("flags", sc.TraceFlags().String()), Context(trace.ContextWithSpanContext(t.Context(), sc)))
			}
		})
	}
	all.Wait()
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 8*300 {
		t.Fatalf("lines = %d", len(lines))
	}
	for _, line := range lines {
		m := parse(t, line)
		has(t, m, map[string]any{"span_id": m["want"], "trace_flags": m["flags"]})
	}
}

// locked serialises what is written to b.
type locked struct {
	mu *sync.Mutex
	b  *bytes.Buffer
}

func (l locked) Sync() error { return nil }
func (l locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// shouting is an encoder around zap's own, whose copies, as With makes them, would be zap's own.
type shouting struct{ zapcore.Encoder }

func (s shouting) EncodeEntry(ent zapcore.Entry, fields []zapcore.Field) (*buffer.Buffer, error) {
	ent.Message = strings.ToUpper(ent.Message)
	return s.Encoder.EncodeEntry(ent, fields)
}

// TestOtherEncoder: an encoder of the user's makes every line.
func TestOtherEncoder(t *testing.T) {
	var b bytes.Buffer
	l := Wrap(zap.New(zapcore.NewCore(shouting{zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())}, zapcore.AddSync(&b), zap.InfoLevel)), nil)
	ctx := trace.ContextWithSpanContext(t.Context(), numbered(1, 1))
	for range 2 * spanCalls {
		b.Reset()
		l.Info("m", Context(ctx))
		has(t, parse(t, b.String()), map[string]any{"msg": "M", "trace_flags": "01"})
	}
}

// TestHasZapEncoder: only what is known to hold a copy of its fields.
func TestHasZapEncoder(t *testing.T) {
	of := func(enc zapcore.Encoder) zapcore.Core {
		return zapcore.NewCore(enc, zapcore.AddSync(nothing{}), zap.InfoLevel)
	}
	cfg := zap.NewProductionEncoderConfig()
	for name, row := range map[string]struct {
		core zapcore.Core
		want bool
	}{
		"json":    {of(zapcore.NewJSONEncoder(cfg)), true},
		"console": {of(zapcore.NewConsoleEncoder(cfg)), true},
		"with":    {of(zapcore.NewConsoleEncoder(cfg)).With(five()), true},
		"user's":  {of(shouting{zapcore.NewJSONEncoder(cfg)}), false},
		"nil":     {of(nil), false},
		"foreign": {foreign{of(zapcore.NewJSONEncoder(cfg))}, false},
	} {
		if got := hasZapEncoder(row.core); got != row.want {
			t.Errorf("%s: got %t, want %t", name, got, row.want)
		}
	}
}

// TestPanicsOfSpanCores: what panics leaves a mark on all lines of a span.
func TestPanicsOfSpanCores(t *testing.T) {
	var b bytes.Buffer
	l := Wrap(zap.New(plain(&b)), nil)
	ctx := trace.ContextWithSpanContext(t.Context(), numbered(1, 1))
	bad := zap.Object("bad", zapcore.ObjectMarshalerFunc(func(zapcore.ObjectEncoder) error { panic("no") }))
	for range 2 * spanCalls {
		b.Reset()
		l.Info("m", zap.Int("a", 1), bad, Context(ctx))
		line := parse(t, b.String())
		has(t, line, map[string]any{"a": 1, "trace_flags": "01"})
		if !strings.HasPrefix(fmt.Sprint(line["bad"]), "!PANIC: ") || !json.Valid(b.Bytes()) {
			t.Errorf("line %s", b.String())
		}
	}
}
