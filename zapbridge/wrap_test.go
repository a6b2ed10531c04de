package zapbridge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

func TestTeeLevels(t *testing.T) {
	var all, errs bytes.Buffer
	tee := zapcore.NewTee(plain(&all),
		zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(&errs), zap.ErrorLevel))
	r := record(t)
	l := With(r.ctx, Wrap(zap.New(tee), nil))
	l.Info("i")
	l.Error("e")
	if n, m := strings.Count(all.String(), "\n"), strings.Count(errs.String(), "\n"); n != 2 || m != 1 {
		t.Errorf("lines = %d and %d, want 2 and 1", n, m)
	}
	traceID, _ := r.ids()
	has(t, parse(t, errs.String()), map[string]any{"msg": "e", "trace_id": traceID})
	if n := len(r.span.Events()); n != 2 {
		t.Errorf("events = %d, want 2", n)
	}
}

// TestSampler: what is sampled away below, or above, is no line and no event; each call is counted once.
func TestSampler(t *testing.T) {
	sample := func(c zapcore.Core) zapcore.Core { return zapcore.NewSamplerWithOptions(c, time.Hour, 2, 0) }
	tests := map[string]func(b *bytes.Buffer) *zap.Logger{
		"wrapped":       func(b *bytes.Buffer) *zap.Logger { return Wrap(zap.New(sample(plain(b))), nil) },
		"around a core": func(b *bytes.Buffer) *zap.Logger { return zap.New(sample(NewCore(b, nil, nil))) },
		"around Wrap": func(b *bytes.Buffer) *zap.Logger {
			return Wrap(zap.New(plain(b)), nil).WithOptions(zap.WrapCore(sample))
		},
	}
	for name, newLogger := range tests {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			r := record(t)
			l := With(r.ctx, newLogger(&b))
			for range 5 {
				l.Info("m")
				l.With(zap.Namespace("ns")).Info("m", zap.String("trace_id", "mine"))
			}
			if n, m := strings.Count(b.String(), "\n"), len(r.span.Events()); n != 2 || m != 2 {
				t.Errorf("lines = %d, events = %d, want 2 and 2", n, m)
			}
			if n := strings.Count(strings.Split(b.String(), "\n")[0], "trace_id"); n != 1 {
				t.Errorf("trace_id stands %d times in %s", n, b.String())
			}
		})
	}
}

func TestObserver(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	r := record(t)
	l := Wrap(zap.New(core), nil)
	l.With(zap.Int("a", 1)).Info("m", zap.Duration("d", 5), Context(r.ctx))
	l.Debug("not enabled", Context(r.ctx))
	l.Info("no span", zap.Int("b", 2))
	if n := logs.Len(); n != 2 {
		t.Fatalf("entries = %d, want 2", n)
	}
	traceID, spanID := r.ids()
	has(t, logs.All()[0].ContextMap(), map[string]any{"trace_id": traceID, "span_id": spanID, "trace_flags": "01", "a": 1, "d": time.Duration(5)})
	if m := logs.All()[1].ContextMap(); len(m) != 1 || m["b"] != int64(2) {
		t.Errorf("without a span: %v", m)
	}
	if n := len(r.span.Events()); n != 1 {
		t.Errorf("events = %d, want 1", n)
	}
	if l.Level() != zap.InfoLevel {
		t.Errorf("Level = %v", l.Level())
	}
}

// TestInnerContext: a core that looks for a context below Wrap finds it, bound and per call, and prints nothing of it.
func TestInnerContext(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	r := record(t)
	l := Wrap(zap.New(core), nil)
	l.Info("m", Context(r.ctx))
	l.With(zap.Namespace("ns")).With(Context(r.ctx)).Info("m")
	for _, e := range logs.All() {
		found := 0
		for _, f := range e.Context {
			if ctx, ok := f.Interface.(context.Context); ok && traceIDOf(ctx) == traceIDOf(r.ctx) {
				found++
				if s := fmt.Sprintf("%v %+v", f.Interface, f.Interface); s != " " {
					t.Errorf("it prints %q", s)
				}
			}
		}
		if found != 1 {
			t.Errorf("contexts = %d, want 1, in %v", found, e.Context)
		}
	}
}

func TestIncreaseLevelAndHooks(t *testing.T) {
	for flavour, newLogger := range flavours() {
		t.Run(flavour, func(t *testing.T) {
			var b bytes.Buffer
			r := record(t)
			hooks := 0
			l := newLogger(&b).WithOptions(zap.IncreaseLevel(zap.WarnLevel), zap.Hooks(func(zapcore.Entry) error { hooks++; return nil }))
			l = With(r.ctx, l)
			l.Info("i")
			l.Warn("w")
			if n := len(r.span.Events()); n != 1 || hooks != 1 || strings.Count(b.String(), "\n") != 1 {
				t.Errorf("events = %d, hooks = %d, lines %s", n, hooks, b.String())
			}
		})
	}
}

// TestTerminal: Fatal, Panic and DPanic end what they are to end, once, after the line and the event.
func TestTerminal(t *testing.T) {
	tests := []struct {
		name, severity string
		level          zapcore.Level
		options        []zap.Option
		panics, exits  bool
	}{
		{name: "Fatal, Goexit", severity: "FATAL", level: zap.FatalLevel, options: []zap.Option{zap.WithFatalHook(zapcore.WriteThenGoexit)}, exits: true},
		{name: "Fatal, panic", severity: "FATAL", level: zap.FatalLevel, options: []zap.Option{zap.WithFatalHook(zapcore.WriteThenPanic)}, panics: true},
		{name: "Panic", severity: "PANIC", level: zap.PanicLevel, panics: true},
		{name: "Panic, Goexit", severity: "PANIC", level: zap.PanicLevel, options: []zap.Option{zap.WithPanicHook(zapcore.WriteThenGoexit)}, exits: true},
		{name: "DPanic", severity: "DPANIC", level: zap.DPanicLevel},
		{name: "DPanic in development", severity: "DPANIC", level: zap.DPanicLevel, options: []zap.Option{zap.Development()}, panics: true},
	}
	for flavour, newLogger := range flavours() {
		for _, tt := range tests {
			t.Run(flavour+"/"+tt.name, func(t *testing.T) {
				var b bytes.Buffer
				r := record(t)
				l := With(r.ctx, newLogger(&b).WithOptions(tt.options...))
				returned, panicked := false, any(nil)
				done := make(chan struct{})
				go func() {
					defer close(done)
					defer func() { panicked = recover() }()
					l.Log(tt.level, "the end")
					returned = true
				}()
				<-done
				if (panicked != nil) != tt.panics || returned != (!tt.panics && !tt.exits) {
					t.Errorf("panicked = %v, returned = %v", panicked, returned)
				}
				traceID, _ := r.ids()
				has(t, parse(t, b.String()), map[string]any{"msg": "the end", "trace_id": traceID})
				hasEvent(t, r.event(t), map[string]any{"log.severity": tt.severity})
			})
		}
	}
}

// hookedCore asks for a hook of its own after the entry, as a core may.
type hookedCore struct {
	zapcore.Core
	hook zapcore.CheckWriteHook
}

func (h hookedCore) Check(ent zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	return h.Core.Check(ent, ce).After(ent, h.hook)
}

// TestInnerHook: the panic that a wrapped core's hook means is not contained, and the line stands once.
func TestInnerHook(t *testing.T) {
	var b bytes.Buffer
	l := Wrap(zap.New(hookedCore{plain(&b), zapcore.WriteThenPanic}), nil)
	defer func() {
		if r := recover(); r != "m" {
			t.Errorf("recovered %v, want m", r)
		}
		if n := strings.Count(b.String(), "\n"); n != 1 {
			t.Errorf("lines = %d, want 1", n)
		}
	}()
	l.Info("m")
}

// failing is a core that agrees to write and then fails.
type failing struct {
	zapcore.Core
	fail func() error
}

func (f failing) Check(ent zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	return ce.AddCore(ent, f)
}
func (f failing) Write(zapcore.Entry, []zapcore.Field) error { return f.fail() }

// TestInnerFails: errors of a wrapped core, and its panics, go to the logger's error output, once.
func TestInnerFails(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error": func() error { return errors.New("no disk") },
		"panic": func() error { panic("no disk") },
	} {
		t.Run(name, func(t *testing.T) {
			var errs bytes.Buffer
			r := record(t)
			core := failing{plain(new(bytes.Buffer)), fail}
			l := Wrap(zap.New(core, zap.ErrorOutput(zapcore.AddSync(&errs))), nil)
			l.Info("m", Context(r.ctx))
			if n := strings.Count(errs.String(), "no disk"); n != 1 {
				t.Errorf("error output %q", errs.String())
			}
			if err := l.Core().Write(zapcore.Entry{}, nil); name == "error" && err == nil {
				t.Error("Write gives no error")
			}
		})
	}
}

func TestPanicsOnTheLine(t *testing.T) {
	bad := zap.Object("bad", object(zap.Int("n", 1), zap.Field{Type: zapcore.ObjectMarshalerType, Key: "x"}))
	for flavour, newLogger := range flavours() {
		for _, ctx := range []zap.Field{zap.Skip(), Context(remote())} {
			t.Run(fmt.Sprint(flavour, ctx.Type), func(t *testing.T) {
				var b bytes.Buffer
				l := newLogger(&b)
				l.Info("call", zap.Int("a", 1), bad, zap.Int("b", 2), ctx)
				has(t, parse(t, b.String()), map[string]any{"msg": "call", "a": 1, "b": 2})
				if n := strings.Count(b.String(), "!PANIC: "); n != 1 || strings.Count(b.String(), "\n") != 1 {
					t.Errorf("line %s", b.String())
				}
				b.Reset()
				l.With(zap.Int("a", 1), bad, zap.Namespace("ns"), bad, zap.Int("b", 2)).Info("with", ctx)
				line := parse(t, b.String())
				has(t, line, map[string]any{"msg": "with", "a": 1})
				if ns, ok := line["ns"].(map[string]any); !ok || ns["b"] != 2.0 || !strings.HasPrefix(fmt.Sprint(ns["bad"]), "!PANIC: ") {
					t.Errorf("line %s", b.String())
				}
			})
		}
	}
}

// TestNowAndThen: a method that panics only at some calls cannot be found out by trying.
func TestNowAndThen(t *testing.T) {
	for flavour, newLogger := range flavours() {
		t.Run(flavour, func(t *testing.T) {
			calls := 0
			f := zap.Object("o", zapcore.ObjectMarshalerFunc(func(zapcore.ObjectEncoder) error {
				if calls++; calls%2 == 1 {
					panic("now")
				}
				return nil
			}))
			var b bytes.Buffer
			newLogger(&b).Info("m", f)
			has(t, parse(t, b.String()), map[string]any{"msg": "m", "_": "!PANIC: now"})
		})
	}
}

func TestWrapOnce(t *testing.T) {
	var b bytes.Buffer
	core := zap.New(NewCore(&b, nil, policyOfECS))
	for name, l := range map[string]*zap.Logger{
		"core":    core,
		"wrapped": Wrap(zap.New(plain(&b)), nil),
		"lazy":    core.WithLazy(zap.Int("a", 1)),
		"hooks":   core.WithOptions(zap.Hooks(func(zapcore.Entry) error { return nil })),
		"sampler": core.WithOptions(zap.WrapCore(func(c zapcore.Core) zapcore.Core { return zapcore.NewSamplerWithOptions(c, time.Second, 1, 1) })),
		"adding":  zap.New(adding{core.Core()}),
		"tee":     zap.New(zapcore.NewTee(core.Core(), zapcore.NewNopCore())),
	} {
		if Wrap(l, nil) != l {
			t.Errorf("%s: wrapped again", name)
		}
	}
	if l := zap.New(plain(&b)); Wrap(l, nil) == l {
		t.Error("a plain logger is returned as it is")
	}
	With(remote(), core.WithOptions(zap.Hooks(func(zapcore.Entry) error { return nil }))).Info("m")
	has(t, parse(t, b.String()), map[string]any{"trace.id": traceIDOf(remote())})
}

// adding is a core that adds a field to each With.
type adding struct{ zapcore.Core }

func (a adding) With(fields []zapcore.Field) zapcore.Core {
	return adding{a.Core.With(append([]zapcore.Field{zap.Int("added", 1)}, fields...))}
}

// touchy is a core that does not like fields.
type touchy struct{ zapcore.Core }

func (touchy) With([]zapcore.Field) zapcore.Core { panic("no fields") }

func TestNilAndOdd(t *testing.T) {
	r := record(t)
	With(r.ctx, Wrap(nil, nil)).Info("m")
	if n := len(r.span.Events()); n != 1 {
		t.Errorf("Wrap(nil): events = %d, want 1", n)
	}
	With(r.ctx, nil).Info("m") // zap.L()
	var none context.Context
	With(none, zap.NewNop()).Info("m", Context(none))
	Wrap(new(zap.Logger), nil).Info("m")
	zap.New(NewCore(nil, nil, nil)).Info("m", Context(none))

	var b bytes.Buffer
	l := Wrap(zap.New(touchy{plain(&b)}), nil)
	l.With(zap.Int("a", 1)).Info("m", Context(r.ctx))
	traceID, _ := r.ids()
	has(t, parse(t, b.String()), map[string]any{"msg": "m", "trace_id": traceID})
	if c := NewCore(nil, nil, nil); c.With(nil) != zapcore.Core(c) || c.Level() != zap.InfoLevel {
		t.Errorf("With(nil) = %v, Level = %v", c.With(nil), c.Level())
	}
	if err := Wrap(zap.New(plain(&b)), nil).Core().Write(zapcore.Entry{}, []zap.Field{Context(r.ctx)}); err != nil {
		t.Error(err)
	}
}
