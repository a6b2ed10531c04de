package zapbridge

import (
	"bytes"
	"fmt"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
)

// TestOneEvent: one log call through several outputs of ours is one event; two equal calls are two.
func TestOneEvent(t *testing.T) {
	console := func() zapcore.Core {
		enc := zapcore.NewConsoleEncoder(zap.NewDevelopmentEncoderConfig())
		return zapcore.NewCore(enc, zapcore.AddSync(new(bytes.Buffer)), zap.DebugLevel)
	}
	wrapped := func(c zapcore.Core) zapcore.Core { return Wrap(zap.New(c), nil).Core() }
	for name, tee := range map[string]zapcore.Core{
		"wrapped console and ECS": zapcore.NewTee(wrapped(console()), NewCore(new(bytes.Buffer), nil, policyOfECS)),
		"two Wraps":               zapcore.NewTee(wrapped(console()), wrapped(plain(new(bytes.Buffer)))),
		"two cores":               zapcore.NewTee(NewCore(new(bytes.Buffer), nil, nil), NewCore(new(bytes.Buffer), nil, policyOfECS)),
		"one of them for errors":  zapcore.NewTee(NewCore(new(bytes.Buffer), zap.ErrorLevel, nil), NewCore(new(bytes.Buffer), nil, policyOfECS)),
	} {
		t.Run(name, func(t *testing.T) {
			r := record(t)
			l := With(r.ctx, zap.New(tee, zap.WithClock(clock{}), zap.AddCaller()))
			for range 2 {
				l.With(zap.Int("a", 1)).Info("m", zap.Int("b", 2))
			}
			if n := len(r.span.Events()); n != 2 {
				t.Fatalf("two calls: events = %d, want 2", n)
			}
			l.Info("other")
			l.Info("m") // at another place
			if n := len(r.span.Events()); n != 4 {
				t.Errorf("four calls: events = %d, want 4", n)
			}
		})
	}
}

// TestTwoPlaces: calls of the same message at the same moment, through different outputs, from two lines of code.
func TestTwoPlaces(t *testing.T) {
	r := record(t)
	one := With(r.ctx, zap.New(NewCore(nil, nil, nil), zap.WithClock(clock{}), zap.AddCaller()))
	two := With(r.ctx, Wrap(zap.New(plain(new(bytes.Buffer)), zap.WithClock(clock{}), zap.AddCaller()), nil))
	one.Info("m")
	two.Info("m")
	if n := len(r.span.Events()); n != 2 {
		t.Errorf("events = %d, want 2", n)
	}
}

// TestFirstOutputDecides: the first output that makes an event decides what it holds.
func TestFirstOutputDecides(t *testing.T) {
	r := record(t)
	hides := &events.Policy{Redact: []events.Redaction{events.RedactSecrets()}}
	quiet := &events.Policy{EventLevel: events.Off, StatusLevel: events.Off}
	l := zap.New(zapcore.NewTee(NewCore(nil, nil, quiet), NewCore(nil, nil, hides), NewCore(nil, nil, nil)))
	l.Error("m", Context(r.ctx), zap.String("token", "t0p"))
	hasEvent(t, r.event(t), map[string]any{"token": events.Redacted})
}

func TestMapGroups(t *testing.T) {
	for flavour, newLogger := range with(&events.Policy{Groups: events.GroupsMap}) {
		t.Run(flavour, func(t *testing.T) {
			r := record(t)
			newLogger(new(bytes.Buffer)).With(zap.Namespace("ns"), zap.Int("a", 1)).
				Info("m", zap.Dict("d", zap.String("b", "c")), zap.Object("o", object(zap.Int("x.y", 2))), Context(r.ctx))
			want := fmt.Sprint(attribute.MapValue(attribute.Int("a", 1),
				attribute.KeyValue{Key: "d", Value: attribute.MapValue(attribute.String("b", "c"))},
				attribute.KeyValue{Key: "o", Value: attribute.MapValue(attribute.Int("x.y", 2))}).AsInterface())
			if got := fmt.Sprint(r.event(t)["ns"].AsInterface()); got != want {
				t.Errorf("ns = %v, want %v", got, want)
			}
		})
	}
}
