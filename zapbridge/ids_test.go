package zapbridge

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

func object(fields ...zap.Field) zapcore.ObjectMarshaler {
	return zapcore.ObjectMarshalerFunc(func(enc zapcore.ObjectEncoder) error {
		for _, f := range fields {
			f.AddTo(enc)
		}
		return nil
	})
}

// TestIDs runs every way to a context through both flavours: ids at the root, once, and one event.
func TestIDs(t *testing.T) {
	ns := zap.Namespace("ns")
	tests := map[string]func(l *zap.Logger, ctx context.Context){
		"call":            func(l *zap.Logger, ctx context.Context) { l.Info("m", Context(ctx), zap.Int("a", 1)) },
		"call, last":      func(l *zap.Logger, ctx context.Context) { l.Info("m", zap.Int("a", 1), Context(ctx)) },
		"with field":      func(l *zap.Logger, ctx context.Context) { l.With(Context(ctx)).Info("m", zap.Int("a", 1)) },
		"With":            func(l *zap.Logger, ctx context.Context) { With(ctx, l).Info("m", zap.Int("a", 1)) },
		"lazy":            func(l *zap.Logger, ctx context.Context) { l.WithLazy(Context(ctx), zap.Int("a", 1)).Info("m") },
		"With after lazy": func(l *zap.Logger, ctx context.Context) { With(ctx, l.WithLazy(zap.Int("a", 1))).Info("m") },
		"sugar":           func(l *zap.Logger, ctx context.Context) { l.Sugar().Infow("m", Context(ctx), "a", 1) },
		"sugar with":      func(l *zap.Logger, ctx context.Context) { l.Sugar().With(Context(ctx), "a", 1).Infow("m") },
		"With, sugar":     func(l *zap.Logger, ctx context.Context) { With(ctx, l).Sugar().Infow("m", "a", 1) },
		"call wins": func(l *zap.Logger, ctx context.Context) {
			With(remote(), l).Info("m", Context(ctx), zap.Int("a", 1))
		},
		"later With wins": func(l *zap.Logger, ctx context.Context) { With(ctx, With(remote(), l)).Info("m", zap.Int("a", 1)) },
		"With without a span keeps": func(l *zap.Logger, ctx context.Context) {
			With(context.Background(), With(ctx, l)).Info("m", zap.Int("a", 1))
		},
		"namespace before": func(l *zap.Logger, ctx context.Context) {
			With(ctx, l.With(zap.Int("a", 1), ns, zap.Int("b", 2))).Info("m", zap.Int("c", 3))
		},
		"namespace after": func(l *zap.Logger, ctx context.Context) {
			With(ctx, l).With(zap.Int("a", 1), ns, zap.Int("b", 2)).Info("m", zap.Int("c", 3))
		},
		"namespace, context in call": func(l *zap.Logger, ctx context.Context) {
			l.With(zap.Int("a", 1), ns, zap.Int("b", 2)).Info("m", zap.Int("c", 3), Context(ctx))
		},
		"namespace in call": func(l *zap.Logger, ctx context.Context) {
			l.Info("m", zap.Int("a", 1), ns, zap.Int("b", 2), zap.Int("c", 3), Context(ctx))
		},
		"namespace of an inline object": func(l *zap.Logger, ctx context.Context) {
			l.With(zap.Inline(object(zap.Int("a", 1), ns, zap.Int("b", 2)))).Info("m", zap.Int("c", 3), Context(ctx))
		},
		"user's id in call": func(l *zap.Logger, ctx context.Context) {
			l.Info("m", zap.String("trace_id", "mine"), zap.Int("a", 1), Context(ctx))
		},
		"user's id in With": func(l *zap.Logger, ctx context.Context) {
			l.With(zap.String("trace_id", "mine"), zap.Int("a", 1)).Info("m", Context(ctx))
		},
		"user's id before With": func(l *zap.Logger, ctx context.Context) {
			With(ctx, l.With(zap.String("span_id", "mine"), zap.Int("a", 1))).With(zap.Int("trace_flags", 1)).Info("m")
		},
		"user's id in an inline object": func(l *zap.Logger, ctx context.Context) {
			l.With(zap.Inline(object(zap.String("trace_id", "mine"), zap.Int("a", 1)))).
				Info("m", zap.Inline(object(zap.String("span_id", "mine"))), Context(ctx))
		},
		"user's id of other kinds": func(l *zap.Logger, ctx context.Context) {
			l.With(zap.Dict("trace_id", zap.Int("x", 1))).Info("m", zap.Int("a", 1), zap.Strings("span_id", nil),
				zap.Inline(object(zap.Dict("trace_flags"), zap.Strings("trace_id", nil))), Context(ctx))
		},
	}
	for flavour, newLogger := range flavours() {
		for name, log := range tests {
			t.Run(flavour+"/"+name, func(t *testing.T) {
				var b bytes.Buffer
				r := record(t)
				log(newLogger(&b), r.ctx)
				line := parse(t, b.String())
				traceID, spanID := r.ids()
				has(t, line, map[string]any{"trace_id": traceID, "span_id": spanID, "trace_flags": "01", "a": 1})
				event := r.event(t)
				hasEvent(t, event, map[string]any{"a": int64(1), "log.severity": "INFO"})
				if strings.Contains(name, "namespace") {
					has(t, line, map[string]any{"ns": map[string]any{"b": 2, "c": 3}})
					hasEvent(t, event, map[string]any{"ns.b": int64(2), "ns.c": int64(3)})
				}
				if v, ok := event["trace_id"]; ok {
					t.Errorf("event has trace_id = %v", v)
				}
				if strings.Contains(b.String(), "context.") || strings.Contains(b.String(), "mine") {
					t.Errorf("line %s", b.String())
				}
			})
		}
	}
}

// TestUserIDsStay: without a span the user's own fields are as they were, and an id inside a namespace is the user's.
func TestUserIDsStay(t *testing.T) {
	for flavour, newLogger := range flavours() {
		t.Run(flavour, func(t *testing.T) {
			var b bytes.Buffer
			l := newLogger(&b).With(zap.String("trace_id", "mine"))
			l.Info("m", zap.Inline(object(zap.Int("span_id", 7))))
			has(t, parse(t, b.String()), map[string]any{"trace_id": "mine", "span_id": 7})

			b.Reset()
			r := record(t)
			l.With(zap.Namespace("ns")).Info("m", zap.String("trace_id", "mine"), Context(r.ctx))
			traceID, _ := r.ids()
			has(t, parse(t, b.String()), map[string]any{"trace_id": traceID, "ns": map[string]any{"trace_id": "mine"}})
			hasEvent(t, r.event(t), map[string]any{"ns.trace_id": "mine"})
		})
	}
}

// TestNamespaceOfAnID: what stands in a namespace that bears an id's name is not lost.
func TestNamespaceOfAnID(t *testing.T) {
	for flavour, newLogger := range flavours() {
		t.Run(flavour, func(t *testing.T) {
			var b bytes.Buffer
			r := record(t)
			l := newLogger(&b).With(zap.Namespace("trace_id"), zap.Int("a", 1))
			l.Info("m", Context(r.ctx))
			l.Info("m")
			lines := strings.Split(b.String(), "\n")
			traceID, _ := r.ids()
			has(t, parse(t, lines[0]), map[string]any{"trace_id": traceID, "labels.trace_id": map[string]any{"a": 1}})
			has(t, parse(t, lines[1]), map[string]any{"trace_id": map[string]any{"a": 1}})
		})
	}
}

func TestRemoteSpan(t *testing.T) {
	for flavour, newLogger := range flavours() {
		t.Run(flavour, func(t *testing.T) {
			var b bytes.Buffer
			newLogger(&b).Info("m", Context(remote()))
			has(t, parse(t, b.String()), map[string]any{"trace_id": traceIDOf(remote()), "trace_flags": "00"})
		})
	}
}

// TestSiblings: loggers derived from one do not see each other's fields.
func TestSiblings(t *testing.T) {
	for flavour, newLogger := range flavours() {
		t.Run(flavour, func(t *testing.T) {
			var b bytes.Buffer
			r := record(t)
			base := newLogger(&b).With(zap.Namespace("ns"), zap.Int("x", 0)).With(zap.Int("y", 0)).With(zap.Int("z", 0)).
				With(zap.Int("u", 0)).With(zap.Int("v", 0)) // slices that grew by appending have room now
			one, two := base.With(zap.Int("one", 1)), base.With(zap.Int("two", 2)) // both before the first call
			one.Info("m", Context(r.ctx))
			two.Info("m", Context(r.ctx))
			lines := strings.Split(b.String(), "\n")
			has(t, parse(t, lines[0]), map[string]any{"ns": map[string]any{"x": 0, "y": 0, "z": 0, "u": 0, "v": 0, "one": 1}})
			has(t, parse(t, lines[1]), map[string]any{"ns": map[string]any{"x": 0, "y": 0, "z": 0, "u": 0, "v": 0, "two": 2}})
			for i, key := range []string{"ns.one", "ns.two"} {
				attrs := r.span.Events()[i].Attributes
				if last := attrs[len(attrs)-1]; len(attrs) != 7 || string(last.Key) != key {
					t.Errorf("event %d: %v, want %s last", i, attrs, key)
				}
			}
		})
	}
}

// TestCallersFields: the slice of the call is never written.
func TestCallersFields(t *testing.T) {
	for flavour, newLogger := range flavours() {
		t.Run(flavour, func(t *testing.T) {
			r := record(t)
			fields := make([]zap.Field, 0, 8)
			fields = append(fields, zap.String("trace_id", "mine"), Context(r.ctx), zap.Error(errors.New("e")),
				zap.Inline(object(zap.Int("a", 1))))
			before := append([]zap.Field(nil), fields[:cap(fields)]...)
			var b bytes.Buffer
			l := newLogger(&b)
			l.Info("m", fields...)
			l.With(fields...).With(zap.Int("b", 1)).Info("m", fields...)
			for i, f := range fields[:cap(fields)] {
				if i != 3 && f != before[i] { // a function cannot be compared
					t.Errorf("field %d = %v, was %v", i, f, before[i])
				}
			}
			if f := fields[3]; f.Key != "" || f.Interface == nil {
				t.Errorf("inline field = %v", f)
			}
		})
	}
}

// TestForeign: the Context field on a logger that nobody wrapped.
func TestForeign(t *testing.T) {
	var b bytes.Buffer
	r := record(t)
	l := zap.New(plain(&b))
	l.Info("m", Context(r.ctx), zap.Int("a", 1))
	traceID, spanID := r.ids()
	has(t, parse(t, b.String()), map[string]any{"trace_id": traceID, "span_id": spanID, "trace_flags": "01", "a": 1})
	if n := len(r.span.Events()); n != 0 {
		t.Errorf("events = %d, want 0", n)
	}
	b.Reset()
	l.Info("m", Context(aContext())) // no span
	if line := parse(t, b.String()); len(line) != 3 {
		t.Errorf("without a span: %v", line)
	}
	f := Context(r.ctx)
	if ctx, ok := f.Interface.(context.Context); !ok || traceIDOf(ctx) != traceID {
		t.Errorf("the field is not a context: %T", f.Interface)
	}
}

func TestContextWithoutSpan(t *testing.T) {
	var none context.Context
	for name, ctx := range map[string]context.Context{"nil": none, "no span": context.Background()} {
		if f := Context(ctx); f.Type != zapcore.SkipType {
			t.Errorf("%s: %v", name, f)
		}
	}
}
