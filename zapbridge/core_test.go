package zapbridge

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// leveled is a writer as elk's are.
type leveled struct {
	bytes.Buffer
	levels []slog.Level
	syncs  int
}

func (w *leveled) WriteLine(level slog.Level, line []byte) (int, error) {
	w.levels = append(w.levels, level)
	return w.Buffer.Write(line)
}
func (w *leveled) Sync() error { w.syncs++; return nil }

func TestWriteLine(t *testing.T) {
	w := new(leveled)
	c := NewCore(w, zap.DebugLevel, nil)
	for l := zap.DebugLevel; l <= zap.FatalLevel; l++ {
		if err := c.Write(zapcore.Entry{Level: l}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := fmt.Sprint(w.levels), fmt.Sprint([]slog.Level{-4, 0, 4, 8, 12, 13, 14}); got != want {
		t.Errorf("levels %s, want %s", got, want)
	}
	if w.syncs != 3 {
		t.Errorf("syncs = %d, want 3: one for each entry above Error", w.syncs)
	}
	if err := c.Sync(); err != nil || w.syncs != 4 {
		t.Errorf("Sync = %v, syncs = %d", err, w.syncs)
	}
}

type badWriter struct{ err error }

func (w badWriter) Write([]byte) (int, error) {
	if w.err == nil {
		panic("no disk")
	}
	return 0, w.err
}
func (w badWriter) Sync() error { panic("no sync") }

func TestWriterFails(t *testing.T) {
	c := NewCore(badWriter{}, nil, nil)
	for range 2 { // the lock is free again
		if err := c.Write(zapcore.Entry{}, nil); err == nil || !strings.Contains(err.Error(), "no disk") {
			t.Errorf("err = %v", err)
		}
	}
	if err := c.Sync(); err == nil || !strings.Contains(err.Error(), "no sync") {
		t.Errorf("Sync = %v", err)
	}
	if err := NewCore(badWriter{io.ErrShortWrite}, nil, nil).Write(zapcore.Entry{}, nil); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("err = %v", err)
	}
}

func TestDynamicLevel(t *testing.T) {
	var b bytes.Buffer
	level := zap.NewAtomicLevel()
	l := zap.New(NewCore(&b, level, nil))
	l.Debug("no")
	level.SetLevel(zap.DebugLevel)
	l.Debug("yes")
	has(t, parse(t, b.String()), map[string]any{"msg": "yes"})
	if zapcore.LevelOf(l.Core()) != zap.DebugLevel {
		t.Errorf("LevelOf = %v", zapcore.LevelOf(l.Core()))
	}
}

func TestInvalidUTF8(t *testing.T) {
	for flavour, newLogger := range flavours() {
		t.Run(flavour, func(t *testing.T) {
			var b bytes.Buffer
			newLogger(&b).Named("n\xff").Info("m\xff", zap.String("k\xff", "v\xff"), Context(remote()))
			has(t, parse(t, b.String()), map[string]any{"msg": "m\ufffd", "k\ufffd": "v\ufffd", "logger": "n\ufffd"})
		})
	}
}

func TestLongLine(t *testing.T) {
	var b bytes.Buffer
	l := zap.New(NewCore(&b, nil, nil))
	long := strings.Repeat("x", 10<<20)
	l.Info("m", zap.String("long", long))
	l.Info("short", Context(remote()))
	lines := strings.Split(b.String(), "\n")
	has(t, parse(t, lines[0]), map[string]any{"long": long})
	has(t, parse(t, lines[1]), map[string]any{"msg": "short"})
}

// unlocked is a writer that the race detector sees when calls overlap.
type unlocked struct{ lines int }

func (w *unlocked) Write(p []byte) (int, error) {
	w.lines += bytes.Count(p, []byte("\n"))
	return len(p), nil
}

func TestConcurrent(t *testing.T) {
	out, wrapped := new(unlocked), new(unlocked)
	loggers := []*zap.Logger{
		zap.New(NewCore(out, nil, policyOfECS)),
		Wrap(zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.Lock(zapcore.AddSync(wrapped)), zap.InfoLevel)), nil),
	}
	r := record(t)
	var wg sync.WaitGroup
	for _, base := range loggers {
		base = base.With(zap.Int("a", 1), zap.String("trace_id", "x"), zap.Namespace("ns"))
		for i := range 4 {
			l := With(r.ctx, base.With(zap.Int("i", i)))
			wg.Go(func() {
				for range 100 {
					l.Info("m", zap.Inline(object(zap.Int("b", 1))), zap.Error(io.EOF))
					base.Info("m", Context(r.ctx), zap.Strings("s", []string{"a"}))
				}
			})
		}
	}
	wg.Wait()
	if out.lines != 800 || wrapped.lines != 800 {
		t.Errorf("lines = %d and %d, want 800", out.lines, wrapped.lines)
	}
}

// TestConcurrentContext: one Context field in the calls of several goroutines, whose text is made at the first.
func TestConcurrentContext(t *testing.T) {
	for range 50 {
		field := Context(remote())
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				var b bytes.Buffer
				Wrap(zap.New(plain(&b)), nil).Info("m", field)
				has(t, parse(t, b.String()), map[string]any{"trace_id": traceIDOf(remote()), "span_id": "0200000000000000"})
			})
		}
		wg.Wait()
	}
}

// TestReentrant: a method that logs while it is being encoded.
func TestReentrant(t *testing.T) {
	for flavour, newLogger := range flavours() {
		t.Run(flavour, func(t *testing.T) {
			var b bytes.Buffer
			r := record(t)
			l := With(r.ctx, newLogger(&b))
			done := make(chan struct{})
			go func() {
				defer close(done)
				l.Info("outer", zap.Object("o", zapcore.ObjectMarshalerFunc(func(zapcore.ObjectEncoder) error {
					l.Info("inner")
					return nil
				})))
			}()
			select {
			case <-done:
			case <-time.After(time.Minute):
				t.Fatal("it hangs")
			}
			lines := strings.Split(strings.TrimSpace(b.String()), "\n")
			has(t, parse(t, lines[len(lines)-1]), map[string]any{"msg": "outer", "trace_id": r.span.SpanContext().TraceID()})
		})
	}
}

func TestEndedSpan(t *testing.T) {
	r := record(t)
	r.span.End()
	var b bytes.Buffer
	zap.New(NewCore(&b, nil, nil)).Error("late", Context(r.ctx))
	traceID, _ := r.ids()
	has(t, parse(t, b.String()), map[string]any{"trace_id": traceID})
	if n := len(r.span.Events()); n != 0 {
		t.Errorf("events = %d", n)
	}
}

func twenty() (fields []zap.Field) {
	for i := range 20 {
		fields = append(fields, zap.Int(fmt.Sprint("bound", i), i))
	}
	return fields
}

func five() []zap.Field {
	return []zap.Field{zap.String("a", "b"), zap.Int("n", 1), zap.Bool("t", true), zap.Duration("d", 5), zap.Float64("f", 1.5)}
}
