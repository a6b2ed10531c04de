package slogbridge_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/slogbridge"
)

// leveled is a writer that wants the level of each line.
type leveled struct {
	bytes.Buffer
	levels []slog.Level
}

func (l *leveled) WriteLine(level slog.Level, line []byte) (int, error) {
	l.levels = append(l.levels, level)
	return l.Write(line)
}

func TestWriterGetsTheLevel(t *testing.T) {
	var w leveled
	slog.New(slogbridge.NewHandler(&w, nil, nil)).Warn("x")
	if len(w.levels) != 1 || w.levels[0] != slog.LevelWarn {
		t.Errorf("levels are %v, want WARN", w.levels)
	}
}

type badWriter struct{ panics bool }

func (w badWriter) Write([]byte) (int, error) {
	if w.panics {
		panic("disk")
	}
	return 0, io.ErrShortWrite
}

func TestWriterThatFails(t *testing.T) {
	rec := slog.NewRecord(time.Now(), 0, "m", 0)
	if err := slogbridge.NewHandler(badWriter{}, nil, nil).Handle(context.Background(), rec); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("error is %v", err)
	}
	h := slogbridge.NewHandler(badWriter{panics: true}, nil, nil)
	for range 2 { // the lock is free again after the first
		if err := h.Handle(context.Background(), rec); err == nil || !strings.Contains(err.Error(), "disk") {
			t.Errorf("error is %v, want one that names the panic", err)
		}
	}
}

func TestBadInput(t *testing.T) {
	ctx, end := recording(t)
	var none context.Context
	slog.New(slogbridge.NewHandler(nil, nil, nil)).InfoContext(ctx, "nil writer")
	slog.New(slogbridge.Wrap(nil, nil)).InfoContext(ctx, "nil handler")
	slogbridge.With(ctx, nil).Debug("nil logger")
	slogbridge.NewLogLogger(none, nil, slog.LevelInfo).Print("nil everything")
	slog.New(slogbridge.NewHandler(io.Discard, nil, nil)).InfoContext(none, "nil context")
	slog.New(slogbridge.Wrap(slog.DiscardHandler, nil)).InfoContext(none, "nil context")
	if got := len(end().Events()); got != 2 {
		t.Errorf("%d events, want those of the nil writer and the nil handler", got)
	}
}

func TestHandlerAlreadyWrapped(t *testing.T) {
	var buf bytes.Buffer
	own := slogbridge.NewHandler(&buf, nil, nil)
	if slogbridge.Wrap(own, nil) != slog.Handler(own) {
		t.Error("NewHandler's is wrapped again")
	}
	wrapped := slogbridge.Wrap(slog.NewJSONHandler(&buf, nil), nil)
	if slogbridge.Wrap(wrapped, nil) != wrapped {
		t.Error("Wrap's is wrapped again")
	}
}

func TestWithAttrsDoNotShare(t *testing.T) {
	for name, h := range handlers() {
		t.Run(name, func(t *testing.T) {
			ctx, end := recording(t)
			base := slog.New(h(io.Discard)).With("a", 1).WithGroup("g").With("b", 2)
			one, two := base.With("one", 1), base.With("two", 2)
			one.InfoContext(ctx, "one")
			two.InfoContext(ctx, "two")
			events := end().Events()
			if got := attrs(events[0].Attributes); got["g.one"] != "1" || got["g.two"] != "" || got["g.b"] != "2" || got["a"] != "1" {
				t.Errorf("first event has %v", got)
			}
			if got := attrs(events[1].Attributes); got["g.two"] != "2" || got["g.one"] != "" {
				t.Errorf("second event has %v", got)
			}
		})
	}
}

func handlers() map[string]func(io.Writer) slog.Handler {
	return map[string]func(io.Writer) slog.Handler{
		"own":     func(w io.Writer) slog.Handler { return slogbridge.NewHandler(w, nil, nil) },
		"wrapped": func(w io.Writer) slog.Handler { return slogbridge.Wrap(slog.NewJSONHandler(w, nil), nil) },
	}
}

func TestUsersIDsGiveWay(t *testing.T) {
	for name, h := range handlers() {
		t.Run(name, func(t *testing.T) {
			var buf bytes.Buffer
			l := slog.New(h(&buf)).With("trace_id", "with", "x", 1)
			l = slog.New(l.Handler().WithAttrs([]slog.Attr{slog.Group("", slog.String("span_id", "inlined"), slog.Int("y", 2))}))
			l.InfoContext(unsampled(), "m", "trace_id", "call", "z", 3)
			l.Info("without a span", "z", 3)
			traced, plain := buf.Bytes()[:bytes.IndexByte(buf.Bytes(), '\n')], objects(t, &buf)[1]
			if n := bytes.Count(traced, []byte(`"trace_id"`)); n != 1 {
				t.Errorf("trace_id stands %d times: %s", n, traced)
			}
			if m := object(t, traced); m["trace_id"] != "01000000000000000000000000000000" || m["span_id"] != "0200000000000000" || m["trace_flags"] != "00" || m["x"] != 1.0 || m["y"] != 2.0 || m["z"] != 3.0 {
				t.Errorf("line is %s", traced)
			}
			if plain["trace_id"] != "with" || plain["span_id"] != "inlined" {
				t.Errorf("without a span the user's own are %v", plain)
			}
		})
	}
}

// The two forms of the attributes of With, for lines with ids and without, may come out at one length and still differ.
func TestFormsOfOneLength(t *testing.T) {
	var buf bytes.Buffer
	h := slogbridge.NewHandler(&buf, nil, &events.Policy{Schema: events.ECS})
	l := slog.New(h).With("trace.id", 0, slog.Group("trace.id", "k", 1, "l", 1, "m", 1)).With("x", 1)
	l.InfoContext(unsampled(), "m")
	if got := buf.String(); strings.Count(got, `"trace.id":`) != 1 || !strings.Contains(got, `"labels.trace_id":"{`) || !strings.Contains(got, `"x":1`) {
		t.Errorf("got %s", got)
	}
}

// A name of ours that ReplaceAttr gives to an attribute gives way too.
func TestReplacedByAnID(t *testing.T) {
	var buf bytes.Buffer
	o := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == "tid" {
			a.Key = "trace_id"
		}
		return a
	}}
	l := slog.New(slogbridge.NewHandler(&buf, o, nil)).With("tid", "mine")
	l.InfoContext(unsampled(), "m", "tid", "mine")
	l.Info("m")
	if got := strings.SplitAfter(buf.String(), "\n"); strings.Count(got[0], "trace_id") != 1 || strings.Contains(got[0], "mine") || !strings.Contains(got[1], `"trace_id":"mine"`) {
		t.Errorf("got %q", got)
	}
}

func TestReplaceAttrAppliesToTheEvent(t *testing.T) {
	ctx, end := recording(t)
	secret := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == "password" {
			return slog.String("password", "***")
		}
		return a
	}
	l := slog.New(slogbridge.NewHandler(io.Discard, &slog.HandlerOptions{ReplaceAttr: secret}, nil))
	l.With("password", "with").WithGroup("g").InfoContext(ctx, "m", "password", "call")
	if got := attrs(end().Events()[0].Attributes); got["password"] != "***" || got["g.password"] != "***" {
		t.Errorf("event has %v", got)
	}
}

func TestSource(t *testing.T) {
	ctx, end := recording(t)
	var buf bytes.Buffer
	slog.New(slogbridge.NewHandler(&buf, &slog.HandlerOptions{AddSource: true}, &events.Policy{Schema: events.ECS})).InfoContext(ctx, "m")
	if got := attrs(end().Events()[0].Attributes); !strings.HasSuffix(got["code.file.path"], "handler_test.go") || !strings.HasSuffix(got["code.function.name"], "TestSource") || got["code.line.number"] == "" {
		t.Errorf("event has %v", got)
	}
	if m := object(t, buf.Bytes()); !strings.HasSuffix(m["log.origin.file.name"].(string), "handler_test.go") {
		t.Errorf("line is %v", m)
	}
}

func TestECSLine(t *testing.T) {
	ctx, end := recording(t)
	var buf bytes.Buffer
	p := &events.Policy{Schema: events.ECS, Resource: []attribute.KeyValue{attribute.String("service.name", "shop"), attribute.String("deployment.environment.name", "prod")}}
	l := slog.New(slogbridge.NewHandler(&buf, nil, p))
	l.ErrorContext(ctx, "m", "error", errors.New("one"), "cause", errors.New("two"), "service", "scalar", "service.name", "mine",
		"message", 7, slog.Group("event", "kind", "alert"), "free", 1.5)
	end()
	line := buf.String()
	if !strings.HasPrefix(line, `{"@timestamp":"`) {
		t.Errorf("the line does not begin with @timestamp: %s", line)
	}
	m := object(t, buf.Bytes())
	for key, want := range map[string]any{
		"log.level": "error", "message": "m", "ecs.version": "8.17.0", "service.name": "shop", "service.environment": "prod",
		"error.message": "one", "error.type": "*errors.errorString", "labels.cause": "two", "labels.service": "scalar",
		"labels.service_name": "mine", "labels.message": "7", "free": 1.5,
	} {
		if m[key] != want {
			t.Errorf("%s is %v, want %v", key, m[key], want)
		}
	}
	if m["event"].(map[string]any)["kind"] != "alert" {
		t.Errorf("a group keeps its place: %s", line)
	}
}

func TestCustomNames(t *testing.T) {
	var buf bytes.Buffer
	p := &events.Policy{Names: &events.Names{TraceID: "traceId", Message: "text"}}
	slog.New(slogbridge.NewHandler(&buf, nil, p)).InfoContext(unsampled(), "m")
	m := object(t, buf.Bytes())
	if m["traceId"] != "01000000000000000000000000000000" || m["text"] != "m" || m["span_id"] != nil || m["level"] != "INFO" {
		t.Errorf("line is %v", m)
	}
}

func TestResourceUnderWrap(t *testing.T) {
	var buf bytes.Buffer
	p := &events.Policy{Resource: []attribute.KeyValue{attribute.String("service.name", "shop")}}
	l := slog.New(slogbridge.Wrap(slog.NewJSONHandler(&buf, nil), p))
	l.WithGroup("g").InfoContext(unsampled(), "m", "a", 1)
	l.Info("m", "service.name", "mine")
	l.InfoContext(unsampled(), "m", "service.name", "mine")
	for i, m := range objects(t, &buf) {
		if m["service.name"] != "shop" {
			t.Errorf("line %d is %v", i, m)
		}
		if i > 0 && m["labels.service_name"] != "mine" {
			t.Errorf("line %d lost the user's own: %v", i, m)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	for name, h := range handlers() {
		t.Run(name, func(t *testing.T) {
			ctx, end := recording(t)
			var buf bytes.Buffer
			l := slog.New(h(&buf)).With("a", 1)
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					mine := l.WithGroup("g").With("b", "x")
					for i := range 20 {
						mine.InfoContext(ctx, "m", "i", i)
						mine.Info("m", "i", i)
					}
				})
			}
			wg.Wait()
			if got := len(objects(t, &buf)); got != 160 {
				t.Errorf("%d lines, want 160", got)
			}
			if got := len(end().Events()); got != 80 {
				t.Errorf("%d events, want 80", got)
			}
		})
	}
}

func TestStatus(t *testing.T) {
	ctx, end := recording(t)
	l := slog.New(slogbridge.NewHandler(io.Discard, nil, &events.Policy{EventLevel: events.Off}))
	l.ErrorContext(ctx, "charge failed", "err", os.ErrNotExist)
	s := end()
	if s.Status().Code != codes.Error || s.Status().Description != "charge failed: file does not exist" {
		t.Errorf("status is %v", s.Status())
	}
	if len(s.Events()) != 0 {
		t.Errorf("events are %v, want none", s.Events())
	}
}

func TestNewLogLogger(t *testing.T) {
	ctx, end := recording(t)
	var buf bytes.Buffer
	slogbridge.NewLogLogger(ctx, slog.NewJSONHandler(&buf, nil), slog.LevelWarn).Print("old code")
	m := object(t, buf.Bytes())
	if s := end(); m["trace_id"] != s.SpanContext().TraceID().String() || m["level"] != "WARN" || len(s.Events()) != 1 {
		t.Errorf("line is %v, events are %v", m, s.Events())
	}
}

// TestDefaultHandler runs in a process of its own, since it changes the defaults, and a failure would hang.
func TestDefaultHandler(t *testing.T) {
	if os.Getenv("SPANLOG_TEST_DEFAULT") == "1" {
		log.SetFlags(log.Lshortfile)
		slogbridge.With(context.Background(), slog.With("app", "x").WithGroup("h").With("d", 4)).Info("held", "e", 5)
		slog.SetDefault(slog.New(slogbridge.Wrap(slog.Default().Handler(), nil)))
		slog.Info("from slog", "a", 1)
		log.Print("from log")
		slog.With("b", 2).WithGroup("g").WarnContext(unsampled(), "ids", "c", 3)
		os.Exit(0)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestDefaultHandler$")
	cmd.Env = append(os.Environ(), "SPANLOG_TEST_DEFAULT=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	want := []string{"INFO held app=x h.d=4 h.e=5", "INFO from slog a=1", "INFO from log", "WARN ids b=2 g.c=3 trace_id=01000000000000000000000000000000 span_id=0200000000000000 trace_flags=00"}
	if len(lines) != len(want) {
		t.Fatalf("lines are %q", lines)
	}
	for i := range want {
		if !strings.HasSuffix(lines[i], ": "+want[i]) && lines[i] != want[i] {
			t.Errorf("line %d is %q, want %q", i, lines[i], want[i])
		}
	}
}
