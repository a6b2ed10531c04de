package zapbridge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
)

// textExporter writes spans as text.
type textExporter struct{ w io.Writer }

func (e textExporter) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	for _, s := range spans {
		_, _ = fmt.Fprintf(e.w, "span %s status=%v", s.Name(), s.Status().Code)
		for _, event := range s.Events() {
			_, _ = fmt.Fprintf(e.w, " event=%q", event.Name)
		}
		_, _ = fmt.Fprintln(e.w)
	}
	return nil
}
func (textExporter) Shutdown(context.Context) error { return nil }

// syncer tells of Sync, and of the policy's Flush, in the order of what is written.
type syncer struct{ io.Writer }

func (s syncer) Sync() error { _, err := io.WriteString(s.Writer, "sync\n"); return err }
func (s syncer) flush(context.Context) error {
	_, err := io.WriteString(s.Writer, "flush\n")
	return err
}

// end is a logger about to write the last entry of a program, in a span that a batching provider holds.
func end(w io.Writer, flavour string, options ...zap.Option) (*zap.Logger, *sdktrace.TracerProvider) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(textExporter{w}, sdktrace.WithBatchTimeout(time.Hour)))
	ctx, _ := tp.Tracer("test").Start(context.Background(), "op")
	p := &events.Policy{Flush: syncer{w}.flush, FlushTimeout: time.Minute}
	l := zap.New(NewCore(syncer{w}, nil, p), options...)
	if flavour == "wrap" {
		l = Wrap(zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(syncer{w}), zap.InfoLevel), options...), p)
	}
	return With(ctx, l), tp
}

const fatalChild = "ZAPBRIDGE_FATAL_CHILD"

// TestFatalChild is the process that TestFatal starts; by itself it does nothing.
func TestFatalChild(t *testing.T) {
	if flavour := os.Getenv(fatalChild); flavour != "" {
		l, _ := end(os.Stdout, flavour)
		l.Fatal("the end", zap.Error(errors.New("no disk")))
	}
}

// TestFatal: the parent of a program that died has its line, its span with the event, and then what the shipper flushed.
func TestFatal(t *testing.T) {
	for flavour := range flavours() {
		t.Run(flavour, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestFatalChild$")
			cmd.Env = append(os.Environ(), fatalChild+"="+flavour)
			out, err := cmd.Output()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 1 {
				t.Fatalf("err = %v", err)
			}
			lines := strings.Split(string(out), "\n")
			has(t, parse(t, lines[0]), map[string]any{"level": "fatal", "msg": "the end", "error": "no disk"})
			if parse(t, lines[0])["trace_id"] == nil {
				t.Errorf("no ids on %s", lines[0])
			}
			if got, want := strings.Join(lines[1:], "\n"), "sync\nspan op status=Error event=\"the end\"\nflush\n"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

type hook func()

func (h hook) OnWrite(*zapcore.CheckedEntry, []zapcore.Field) { h() }

// TestFlush: what is exported and flushed, before the hook runs.
func TestFlush(t *testing.T) {
	const open, ended = "flush\n", "span op status=Error event=\"m\"\nflush\n"
	tests := []struct {
		name    string
		level   zapcore.Level
		options []zap.Option
		want    string // behind the line and Sync
	}{
		{"Error", zap.ErrorLevel, nil, ""},
		{"DPanic", zap.DPanicLevel, nil, ""},
		{"DPanic in development", zap.DPanicLevel, []zap.Option{zap.Development()}, open},
		{"Panic", zap.PanicLevel, nil, open},
		{"Fatal", zap.FatalLevel, []zap.Option{zap.WithFatalHook(zapcore.WriteThenPanic)}, ended},
	}
	for flavour := range flavours() {
		for _, tt := range tests {
			for _, hooked := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/%v", flavour, tt.name, hooked), func(t *testing.T) {
					var b bytes.Buffer
					hooks, want := tt.options, tt.want
					if hooked {
						note := hook(func() { b.WriteString("hook\n") })
						hooks = append(hooks, zap.WithFatalHook(note), zap.WithPanicHook(note))
						if want != "" {
							want += "hook\n"
						}
					}
					l, tp := end(&b, flavour, hooks...)
					defer func() { _ = tp.Shutdown(context.Background()) }()
					func() {
						defer func() { _ = recover() }()
						l.Log(tt.level, "m")
					}()
					_, rest, _ := strings.Cut(b.String(), "\n")
					if got := strings.TrimPrefix(rest, "sync\n"); got != want {
						t.Errorf("got %q, want %q", got, want)
					}
				})
			}
		}
	}
}

// TestFlushWithoutHook: entries that are written past the logger.
func TestFlushWithoutHook(t *testing.T) {
	for flavour := range flavours() {
		var b bytes.Buffer
		l, tp := end(&b, flavour)
		if err := l.Core().Write(zapcore.Entry{Level: zap.PanicLevel, Message: "m"}, nil); err != nil {
			t.Error(err)
		}
		if !strings.HasSuffix(b.String(), "flush\n") {
			t.Errorf("%s: got %q", flavour, b.String())
		}
		_ = tp.Shutdown(context.Background())
	}
	if ends(nil) {
		t.Error("no entry ends")
	}
}

// TestFlushAfterFailure: a wrapped core that panics does not keep the rest from being saved.
func TestFlushAfterFailure(t *testing.T) {
	var b bytes.Buffer
	core := failing{plain(new(bytes.Buffer)), func() error { panic("no disk") }}
	l := Wrap(zap.New(core, zap.ErrorOutput(zapcore.AddSync(io.Discard)), zap.WithPanicHook(hook(func() { b.WriteString("hook\n") }))), &events.Policy{Flush: syncer{&b}.flush})
	l.Panic("m")
	if got, want := b.String(), "flush\nhook\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestWriteFlushes: an entry that a core of the user's hands to our Write without Check is flushed too.
func TestWriteFlushes(t *testing.T) {
	for _, level := range []zapcore.Level{zap.ErrorLevel, zap.PanicLevel, zap.FatalLevel} {
		flushed := 0
		p := &events.Policy{Flush: func(context.Context) error { flushed++; return nil }}
		if err := Wrap(zap.New(plain(new(bytes.Buffer))), p).Core().Write(zapcore.Entry{Level: level}, nil); err != nil {
			t.Error(err)
		}
		if want := map[bool]int{true: 1}[level > zap.ErrorLevel]; flushed != want {
			t.Errorf("%s: flushed %d times, want %d", level, flushed, want)
		}
	}
}
