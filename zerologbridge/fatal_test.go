//go:build !binary_log

package zerologbridge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/testenv"
)

// childMode names the way in which this test binary, run again as a child, ends.
const childMode = "ZEROLOGBRIDGE_TEST_CHILD"

func TestMain(m *testing.M) {
	if mode := os.Getenv(childMode); mode != "" {
		child(mode)
		return
	}
	testenv.Clear()
	os.Exit(m.Run())
}

// stdout writes lines, and says when it is flushed or closed.
type stdout struct{}

func (stdout) Write(p []byte) (int, error) { return os.Stdout.Write(p) }
func (stdout) Close() error                { return say("closed") }

func say(what string) error {
	_, err := fmt.Println(what)
	return err
}

// printing exports spans as text.
type printing struct{}

func (printing) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	for _, s := range spans {
		fmt.Printf("span %s %s %q events %d", s.Name(), s.Status().Code, s.Status().Description, len(s.Events()))
		for _, e := range s.Events() {
			fmt.Printf(" %q", e.Name)
		}
		fmt.Println()
	}
	return nil
}
func (printing) Shutdown(context.Context) error { return nil }

// child logs at the level and in the way that mode names, in a span that nobody else ends. The batcher is slow: without
// a flush nothing is exported.
func child(mode string) {
	tp := sdktrace.NewTracerProvider(sdktrace.WithBatcher(printing{}, sdktrace.WithBatchTimeout(time.Hour)))
	_, done := tp.Tracer("test").Start(context.Background(), "before")
	done.End()
	ctx, _ := tp.Tracer("test").Start(context.Background(), "work")
	p := &events.Policy{Schema: events.ECS, FlushTimeout: time.Minute, Flush: func(context.Context) error { return say("flushed") }}
	l := New(stdout{}, p)
	if strings.HasPrefix(mode, "Wrap") {
		l = Wrap(zerolog.New(stdout{}), p)
	}
	switch strings.Fields(mode)[1] {
	case "Fatal":
		l.Fatal().Ctx(ctx).Err(errors.New("disk full")).Msg("the end")
	case "Panic":
		l.Panic().Ctx(ctx).Msg("the end")
	case "WithLevel":
		l.WithLevel(zerolog.FatalLevel).Ctx(ctx).Msg("not the end")
	}
	_ = say("still there")
}

func TestChildren(t *testing.T) {
	const before = `span before Unset "" events 0` + "\n"
	const ended = before + `span work Error "the end: disk full" events 1 "the end"` + "\n"
	tests := []struct {
		mode string
		exit int
		want []string // in this order, with lines in between left out
	}{
		{"New Fatal", 1, []string{ended, `"message":"the end"`, "flushed\nclosed\n"}},
		{"Wrap Fatal", 1, []string{ended, `"message":"the end"`, "closed\n"}},
		{"New Panic", 2, []string{before, `"message":"the end"`, "flushed\n"}},
		{"Wrap Panic", 2, []string{before, `"message":"the end"`}},
		{"New WithLevel", 0, []string{`"message":"not the end"`, "still there\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.mode, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), childMode+"="+tt.mode)
			out, err := cmd.Output()
			if cmd.ProcessState == nil {
				t.Fatal(err)
			}
			if got := cmd.ProcessState.ExitCode(); got != tt.exit {
				t.Errorf("exit code %d, want %d: %v", got, tt.exit, err)
			}
			rest := string(out)
			for _, want := range tt.want {
				_, after, found := strings.Cut(rest, want)
				if !found {
					t.Fatalf("no %q, or not there, in\n%s", want, out)
				}
				rest = after
			}
			for _, once := range []string{"closed\n", "flushed\n"} {
				if n := strings.Count(string(out), once); n > 1 {
					t.Errorf("%d times %s", n, once)
				}
			}
			if tt.exit == 0 && strings.Contains(string(out), "span work") {
				t.Errorf("WithLevel ended the span:\n%s", out)
			}
		})
	}
}

// The line of Fatal has the ids of the span that it ends, and zerolog does the rest once.
func TestFatalEndsSpan(t *testing.T) {
	exits := 0
	withGlobals(t, func() { zerolog.FatalExitFunc = func() { exits++ } })
	tr := recording(t)
	b, l := plain()
	l = Wrap(l, nil)
	l.Fatal().Ctx(tr.ctx).Msg("the end")
	if tr.span.IsRecording() || exits != 1 {
		t.Errorf("recording %v, %d exits", tr.span.IsRecording(), exits)
	}
	checkLine(t, b.String(), `{"level":"fatal",`+tr.ids()+`,"message":"the end"}`+"\n")
	if s := tr.ended(); s.Status().Code != codes.Error || len(s.Events()) != 1 {
		t.Errorf("got %v, %v", s.Status(), s.Events())
	}
}

// Panic flushes and ends nothing; a flush that panics or hangs is neither the end nor a wait without one.
func TestPanicFlushes(t *testing.T) {
	for _, name := range []string{"panics", "hangs"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tr := recording(t)
				var flushed atomic.Bool
				release := make(chan struct{})
				l := New(io.Discard, &events.Policy{FlushTimeout: time.Minute, Flush: func(context.Context) error {
					flushed.Store(true)
					if name == "panics" {
						panic("x")
					}
					<-release
					return nil
				}})
				func() {
					defer func() {
						if got := recover(); got != "boom" {
							t.Errorf("recovered %v, want boom", got)
						}
					}()
					l.Panic().Ctx(tr.ctx).Msg("boom")
				}()
				if !flushed.Load() || !tr.span.IsRecording() {
					t.Errorf("flushed %v, recording %v", flushed.Load(), tr.span.IsRecording())
				}
				close(release)
			})
		})
	}
}
