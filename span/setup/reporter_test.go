package setup

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// lines is a logger's output that may be read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Split(strings.TrimSuffix(l.b.String(), "\n"), "\n")
}

// failing is an exporter that does what its function says.
type failing func(spans int) error

func (f failing) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	return f(len(spans))
}
func (failing) Shutdown(context.Context) error { return nil }

var errRefused = errors.New("connection refused")

func refuse(int) error { return errRefused }

// watched returns an SDK whose exporter is f.
func watched(logger *slog.Logger, f failing) (*SDK, func(spans int)) {
	s := &SDK{reporter: newReporter(logger)}
	c := &counted{SpanExporter: f, place: "http://localhost:4318", reporter: s.reporter}
	s.processors = []*processor{{exporter: c,
		SpanProcessor: sdktrace.NewBatchSpanProcessor(c, sdktrace.WithBatchTimeout(time.Second))}}
	s.start(sdktrace.AlwaysSample(), nil)
	tracer := s.TracerProvider.Tracer("test")
	return s, func(spans int) {
		for range spans {
			_, span := tracer.Start(context.Background(), "charge_payment")
			span.End()
		}
	}
}

// One line at the first failure, one in a minute after it, and all is counted.
func TestReports(t *testing.T) {
	environment(t)
	synctest.Test(t, func(t *testing.T) {
		var out lines
		sdk, end := watched(slog.New(slog.NewTextHandler(&out, nil)), refuse)
		for range 90 {
			end(2)
			time.Sleep(time.Second)
			synctest.Wait()
		}
		got := out.all()
		if len(got) != 2 {
			t.Fatalf("got %d lines, want 2:\n%s", len(got), strings.Join(got, "\n"))
		}
		for i, want := range []string{
			`level=WARN msg="spans do not arrive at http://localhost:4318; without a collector set OTEL_TRACES_EXPORTER=none or console" lost=2 failures=1 error="connection refused"`,
			`level=WARN msg="spans still do not arrive at http://localhost:4318" lost=120 failures=60 error="connection refused"`,
		} {
			if !strings.Contains(got[i], want) {
				t.Errorf("line %d: got %s\nwant %s", i+1, got[i], want)
			}
		}
		if got, want := sdk.Stats(), (Stats{Lost: 180, Failures: 90, LastError: errRefused}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		err := sdk.Shutdown(t.Context())
		if !errors.Is(err, errRefused) || !strings.Contains(err.Error(), "180, in exports that failed: 90") {
			t.Errorf("Shutdown: got %v, want the failures since the start", err)
		}
	})
	wantNoneHandled(t)
}

// Each failure is returned once, by ForceFlush or by Shutdown.
func TestFailuresAreReturnedOnce(t *testing.T) {
	environment(t)
	synctest.Test(t, func(t *testing.T) {
		var fails atomic.Bool
		fails.Store(true)
		sdk, end := watched(slog.New(slog.DiscardHandler), func(int) error {
			if fails.Load() {
				return errRefused
			}
			return nil
		})
		end(1)
		if err := sdk.ForceFlush(t.Context()); !errors.Is(err, errRefused) {
			t.Errorf("ForceFlush: got %v", err)
		}
		if err := sdk.ForceFlush(t.Context()); err != nil {
			t.Errorf("ForceFlush without a new failure: got %v", err)
		}
		end(3)
		time.Sleep(2 * time.Second) // the batch processor's own export
		fails.Store(false)
		end(4)
		err := sdk.Shutdown(t.Context())
		if !errors.Is(err, errRefused) || !strings.Contains(err.Error(), ": 3, in exports that failed: 1") {
			t.Errorf("Shutdown: got %v", err)
		}
		if got, want := sdk.Stats(), (Stats{Exported: 4, Lost: 4, Failures: 2, LastError: errRefused}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
	wantNoneHandled(t)
}

// hostileHandler is a logger's handler that does what its function says.
type hostileHandler func()

func (hostileHandler) Enabled(context.Context, slog.Level) bool    { return true }
func (h hostileHandler) Handle(context.Context, slog.Record) error { h(); return nil }
func (h hostileHandler) WithAttrs([]slog.Attr) slog.Handler        { return h }
func (h hostileHandler) WithGroup(string) slog.Handler             { return h }

// A logger that makes spans, flushes the SDK, hangs or panics costs nothing but its line.
func TestHostileLoggers(t *testing.T) {
	environment(t)
	for _, name := range []string{"spans", "flushes", "shuts down", "panics", "exits", "hangs"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				release := make(chan struct{})
				var calls atomic.Int32
				var sdk *SDK
				var end func(int)
				act := map[string]func(){
					"spans":      func() { end(1) },
					"flushes":    func() { end(1); _ = sdk.ForceFlush(context.Background()) },
					"shuts down": func() { _ = sdk.Shutdown(context.Background()) },
					"panics":     func() { panic("logger") },
					"exits":      func() { runtime.Goexit() },
					"hangs":      func() { <-release },
				}[name]
				sdk, end = watched(slog.New(hostileHandler(func() { calls.Add(1); act() })), refuse)
				end(1)
				time.Sleep(10 * time.Second)
				synctest.Wait()
				if got := calls.Load(); got != 1 {
					t.Errorf("the logger was called %d times in a minute, want 1", got)
				}
				time.Sleep(2 * time.Minute)
				end(1)
				time.Sleep(10 * time.Second)
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				begin := time.Now()
				_ = sdk.Shutdown(ctx)
				if took := time.Since(begin); took > time.Second {
					t.Errorf("Shutdown took %v", took)
				}
				want := map[string]int32{"hangs": 1, "shuts down": 1}[name]
				if want == 0 {
					want = 2
				}
				if got := calls.Load(); got != want {
					t.Errorf("the logger was called %d times, want %d", got, want)
				}
				close(release)
			})
		})
	}
	wantNoneHandled(t)
}

// Without WithLogger it is slog.Default, as it is then.
func TestDefaultLogger(t *testing.T) {
	environment(t)
	old := slog.Default()
	t.Cleanup(func() { slog.SetDefault(old) })
	sdk, end := watched(nil, func(int) error { return errors.New(strings.Repeat("x\n", 1<<20)) })
	var out lines
	slog.SetDefault(slog.New(slog.NewJSONHandler(&out, nil)))
	end(1)
	if err := sdk.Shutdown(t.Context()); err == nil {
		t.Error("Shutdown: got nil")
	}
	got := out.all()
	if len(got) != 1 || !strings.Contains(got[0], "spans do not arrive") || len(got[0]) > 2000 {
		t.Errorf("got %d lines, the first with %d bytes", len(got), len(got[0]))
	}
}

// A panic of an exporter does not end the program.
func TestPanickingExporter(t *testing.T) {
	environment(t)
	sdk, end := watched(slog.New(slog.DiscardHandler), func(int) error { panic("exporter") })
	end(1)
	if err := sdk.Shutdown(t.Context()); !errors.Is(err, errPanic) {
		t.Errorf("Shutdown: got %v", err)
	}
}

// Who shuts the provider down instead of the SDK learns of the losses too.
func TestShutdownOfTheProvider(t *testing.T) {
	environment(t)
	sdk, end := watched(slog.New(slog.DiscardHandler), refuse)
	end(1)
	if err := sdk.TracerProvider.(*sdktrace.TracerProvider).Shutdown(t.Context()); !errors.Is(err, errRefused) {
		t.Errorf("Shutdown: got %v", err)
	}
	if err := sdk.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown of the SDK: got %v", err)
	}
	wantNoneHandled(t)
}

func TestStatsOfNothing(t *testing.T) {
	var none *SDK
	for _, sdk := range []*SDK{none, {}} {
		if got := sdk.Stats(); got != (Stats{}) {
			t.Errorf("got %+v", got)
		}
	}
}

func TestLostSpans(t *testing.T) {
	for _, row := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errRefused, 10},
		{errors.New("traces export: OTLP partial success: too old (3 spans rejected)"), 3},
		{errors.New("traces export: OTLP partial success: be warned (0 spans rejected)"), 0},
		{errors.New("OTLP partial success: x (99 spans rejected)"), 10},
		{errors.New("OTLP partial success: x (99999999999999999999 spans rejected)"), 10},
		{errors.New("OTLP partial success: x (-1 spans rejected)"), 10},
	} {
		if got := lostSpans(10, row.err); got != row.want {
			t.Errorf("%v: got %d, want %d", row.err, got, row.want)
		}
	}
}

// Each exporter that loses spans has a line of its own, also when both fail at one moment.
func TestReportsOfTwoExporters(t *testing.T) {
	environment(t)
	synctest.Test(t, func(t *testing.T) {
		var out lines
		writes := make(chan struct{})
		text := slog.NewTextHandler(&out, nil)
		r := newReporter(slog.New(hostileHandler(func() { <-writes })))
		r.logger = slog.New(slog.NewMultiHandler(r.logger.Handler(), text))
		for range 3 {
			r.exported("http://one:4318", 0, 1, errRefused)
			r.exported("http://two:4317", 0, 2, errRefused)
		}
		close(writes)
		synctest.Wait()
		time.Sleep(2 * time.Minute)
		r.exported("http://two:4317", 0, 2, errRefused)
		r.exported("http://one:4318", 0, 1, errRefused)
		synctest.Wait()
		got := out.all()
		for _, want := range []string{
			`msg="spans do not arrive at http://one:4318; without a collector set OTEL_TRACES_EXPORTER=none or console" lost=1 failures=1`,
			`msg="spans do not arrive at http://two:4317; without a collector set OTEL_TRACES_EXPORTER=none or console" lost=6 failures=3`,
			`msg="spans still do not arrive at http://one:4318" lost=3 failures=3`,
			`msg="spans still do not arrive at http://two:4317" lost=2 failures=1`,
		} {
			if !strings.Contains(strings.Join(got, "\n"), want) {
				t.Errorf("no line with %s", want)
			}
		}
		if len(got) != 4 {
			t.Errorf("got %d lines, want 4:\n%s", len(got), strings.Join(got, "\n"))
		}
	})
}
