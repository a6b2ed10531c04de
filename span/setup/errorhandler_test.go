package setup

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// none and error keep the one line away; all is counted as ever.
func TestLogLevel(t *testing.T) {
	for value, want := range map[string]int{"": 1, "none": 0, "ERROR": 0, "warn": 1, "Info": 1, "debug": 1, "all": 1} {
		t.Run(value, func(t *testing.T) {
			environment(t, "OTEL_LOG_LEVEL="+value)
			var out lines
			sdk, err := New(t.Context(), WithExporters("none"), WithLogger(slog.New(slog.NewTextHandler(&out, nil))))
			if err != nil {
				t.Fatal(err)
			}
			sdk.reporter.exported("http://one:4318", 0, 3, errRefused)
			sdk.reporter.wait(t.Context())
			if got := strings.Count(strings.Join(out.all(), ""), "do not arrive"); got != want || sdk.Stats().Lost != 3 {
				t.Errorf("got %d lines, want %d; %+v", got, want, sdk.Stats())
			}
			if err := sdk.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// What others report through OpenTelemetry goes to the logger, in one line a minute, also where the logger itself
// reports again.
func TestErrorHandlerOfRun(t *testing.T) {
	environment(t)
	before := otel.GetErrorHandler()
	synctest.Test(t, func(t *testing.T) {
		var out lines
		text := slog.NewTextHandler(&out, nil)
		again := hostileHandler(func() { otel.Handle(errors.New("of the logger")) })
		sdk, err := Run(t.Context(), WithExporters("none"), WithLogger(slog.New(slog.NewMultiHandler(text, again))))
		if err != nil {
			t.Fatal(err)
		}
		for range 90 {
			otel.Handle(errRefused)
			otel.Handle(nil)
			otel.Handle((*nilPointer)(nil))
			time.Sleep(time.Second)
			synctest.Wait()
		}
		got := out.all()
		if len(got) != 2 || !strings.Contains(got[0], `msg="OpenTelemetry reports an error" failures=1 error="connection refused"`) {
			t.Errorf("got %d lines:\n%s", len(got), strings.Join(got, "\n"))
		}
		if sdk.Stats() != (Stats{}) {
			t.Errorf("got %+v", sdk.Stats())
		}
		if err := sdk.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
	if !same(otel.GetErrorHandler(), before) {
		t.Errorf("after Shutdown: got %T", otel.GetErrorHandler())
	}
}

// nilPointer is an error whose nil pointer cannot tell its text.
type nilPointer struct{ text string }

func (e *nilPointer) Error() string { return e.text }

// The batch processor of a user's own exporter tells its failures to the global handler.
func TestErrorsOfOtherProcessors(t *testing.T) {
	environment(t)
	synctest.Test(t, func(t *testing.T) {
		var out lines
		sdk, err := Run(t.Context(), WithExporters("none"), WithLogger(slog.New(slog.NewTextHandler(&out, nil))),
			WithSpanProcessor(sdktrace.NewBatchSpanProcessor(failing(refuse), sdktrace.WithBatchTimeout(time.Second))))
		if err != nil {
			t.Fatal(err)
		}
		_, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "charge_payment")
		s.End()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := out.all(); len(got) != 1 || !strings.Contains(got[0], "connection refused") {
			t.Errorf("got %q", got)
		}
		if err := sdk.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
