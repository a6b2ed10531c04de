package zapbridge

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// TestSamplerHook: the sampler's own hook counts each call once, below and above us.
func TestSamplerHook(t *testing.T) {
	for name, newLogger := range map[string]func(b *bytes.Buffer, sample func(zapcore.Core) zapcore.Core) *zap.Logger{
		"below Wrap": func(b *bytes.Buffer, s func(zapcore.Core) zapcore.Core) *zap.Logger {
			return Wrap(zap.New(s(plain(b))), nil)
		},
		"above a core": func(b *bytes.Buffer, s func(zapcore.Core) zapcore.Core) *zap.Logger {
			return zap.New(s(NewCore(b, nil, nil)))
		},
		"above Wrap": func(b *bytes.Buffer, s func(zapcore.Core) zapcore.Core) *zap.Logger {
			return Wrap(zap.New(plain(b)), nil).WithOptions(zap.WrapCore(s))
		},
		"both, in tees": func(b *bytes.Buffer, s func(zapcore.Core) zapcore.Core) *zap.Logger {
			return Wrap(zap.New(zapcore.NewTee(s(plain(b)))), nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			var kept, dropped int
			r := record(t)
			l := With(r.ctx, newLogger(&b, func(c zapcore.Core) zapcore.Core {
				return zapcore.NewSamplerWithOptions(c, time.Hour, 1, 2, zapcore.SamplerHook(func(_ zapcore.Entry, d zapcore.SamplingDecision) {
					if d&zapcore.LogDropped != 0 {
						dropped++
					} else {
						kept++
					}
				}))
			}))
			for range 5 {
				l.Error("m")
			}
			if n, m := strings.Count(b.String(), "\n"), len(r.span.Events()); n != 3 || m != 3 || kept != 3 || dropped != 2 {
				t.Errorf("lines %d, events %d, kept %d, dropped %d, want 3, 3, 3, 2", n, m, kept, dropped)
			}
		})
	}
}

// before is a core with a hook that changes entry and fields before they are written.
type before struct{ zapcore.Core }

func (b before) With(f []zapcore.Field) zapcore.Core { return before{b.Core.With(f)} }
func (b before) Check(ent zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	return b.Core.Check(ent, ce).Before(ent, func(ent zapcore.Entry, f []zapcore.Field) (zapcore.Entry, []zapcore.Field) {
		ent.Message += "!"
		return ent, append(f[:len(f):len(f)], zap.Int("hooked", 1))
	})
}

// TestHooks: hooks of every make run once for each entry, and what they change is written.
func TestHooks(t *testing.T) {
	for flavour, newLogger := range flavours() {
		t.Run(flavour, func(t *testing.T) {
			var b bytes.Buffer
			var n, m int
			count := func(n *int) func(zapcore.Entry) error {
				return func(zapcore.Entry) error { *n++; return nil }
			}
			r := record(t)
			l := newLogger(&b).WithOptions(
				zap.WrapCore(func(c zapcore.Core) zapcore.Core { return before{zapcore.RegisterHooks(c, count(&n))} }),
				zap.Hooks(count(&m)), zap.Fields(zap.Int("field", 2)), zap.IncreaseLevel(zap.InfoLevel))
			With(r.ctx, l).Info("m")
			l.Debug("no", Context(r.ctx))
			has(t, parse(t, b.String()), map[string]any{"msg": "m!", "hooked": 1, "field": 2, "trace_flags": "01"})
			hasEvent(t, r.event(t), map[string]any{"hooked": int64(1), "field": int64(2)})
			if n != 1 || m != 1 {
				t.Errorf("hooks ran %d and %d times", n, m)
			}
		})
	}
}

// TestInnerBefore: hooks of the wrapped core see the ids; Check and Write in two steps do as one.
func TestInnerBefore(t *testing.T) {
	var b bytes.Buffer
	r := record(t)
	l := Wrap(zap.New(before{plain(&b)}), nil)
	if ce := l.Check(zap.InfoLevel, "m"); ce != nil {
		ce.Write(Context(r.ctx), zap.Int("a", 1))
	}
	if ce := l.Check(zap.DebugLevel-1, "m"); ce != nil {
		t.Error("Check of a level that is off gives an entry")
	}
	traceID, _ := r.ids()
	has(t, parse(t, b.String()), map[string]any{"msg": "m!", "hooked": 1, "a": 1, "trace_id": traceID})
	hasEvent(t, r.event(t), map[string]any{"a": int64(1)})
}

// TestSugar: a sugared logger's own words, and its terms for a Context among the arguments.
func TestSugar(t *testing.T) {
	for flavour, newLogger := range flavours() {
		t.Run(flavour, func(t *testing.T) {
			var b bytes.Buffer
			r := record(t)
			s := newLogger(&b).WithOptions(zap.AddCaller(), zap.AddStacktrace(zap.DPanicLevel)).Sugar()
			s.DPanicw("m", "a", 1, Context(r.ctx), zap.Int("b", 2), "err", errors.New("e"))
			line := parse(t, b.String())
			has(t, line, map[string]any{"level": "dpanic", "a": 1, "b": 2, "err": "e"})
			if !strings.Contains(fmt.Sprint(line["caller"]), "bypass_test.go") || line["stacktrace"] == nil {
				t.Errorf("line %s", b.String())
			}
			hasEvent(t, r.event(t), map[string]any{"a": int64(1), "b": int64(2), "exception.message": "e", "log.severity": "DPANIC"})

			b.Reset()
			s.With(Context(r.ctx)).Infof("%d of %d", 1, 2)
			s.With(Context(r.ctx)).Infoln("a", "b")
			lines := strings.Split(b.String(), "\n")
			has(t, parse(t, lines[0]), map[string]any{"msg": "1 of 2", "trace_flags": "01"})
			has(t, parse(t, lines[1]), map[string]any{"msg": "a b", "trace_flags": "01"})
		})
	}
}

// TestTwoErrors: both are on line and event, the first is the exception.
func TestTwoErrors(t *testing.T) {
	for flavour, newLogger := range flavours() {
		t.Run(flavour, func(t *testing.T) {
			var b bytes.Buffer
			r := record(t)
			newLogger(&b).With(zap.NamedError("cause", errors.New("1"))).Error("m", zap.Error(errors.New("2")), Context(r.ctx), zap.String("event.name", "order.failed"))
			has(t, parse(t, b.String()), map[string]any{"cause": "1", "error": "2", "event.name": "order.failed"})
			event := r.event(t)
			hasEvent(t, event, map[string]any{"cause": "1", "error": "2", "exception.message": "1", "exception.type": "*errors.errorString"})
			if name := r.span.Events()[0].Name; name != "order.failed" || event["event.name"].AsString() != "" {
				t.Errorf("name = %q, attributes %v", name, event)
			}
		})
	}
}

// TestErrorInDict: an error in a group is an error.
func TestErrorInDict(t *testing.T) {
	r := record(t)
	zap.New(NewCore(nil, nil, nil)).Error("m", zap.Dict("d", zap.Dict("e", zap.Error(errors.New("1")))), Context(r.ctx))
	hasEvent(t, r.event(t), map[string]any{"d.e.error": "1", "exception.message": "1"})
}

// TestLazyWith: fields of WithLazy, with a namespace and a Context among them.
func TestLazyWith(t *testing.T) {
	for flavour, newLogger := range flavours() {
		t.Run(flavour, func(t *testing.T) {
			var b bytes.Buffer
			r := record(t)
			newLogger(&b).WithLazy(zap.Int("a", 1), zap.Namespace("ns"), Context(r.ctx)).WithLazy(zap.Int("b", 2)).Info("m", zap.Int("c", 3))
			traceID, _ := r.ids()
			has(t, parse(t, b.String()), map[string]any{"a": 1, "ns": map[string]any{"b": 2, "c": 3}, "trace_id": traceID})
			hasEvent(t, r.event(t), map[string]any{"a": int64(1), "ns.b": int64(2), "ns.c": int64(3)})
		})
	}
}
