package bridgetest

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"

	"github.com/spanlog/spanlog/events"
)

// journal notes in which order things happen.
type journal struct {
	mu   sync.Mutex
	said []string
}

func (j *journal) say(what string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.said = append(j.said, what)
}

// watcher notes which spans end, with how many events, and when they are exported.
type watcher struct{ *journal }

func (w watcher) OnStart(context.Context, sdk.ReadWriteSpan) {}
func (w watcher) OnEnd(span sdk.ReadOnlySpan)                { w.say("span+" + digits(len(span.Events()))) }
func (w watcher) Shutdown(context.Context) error             { return nil }
func (w watcher) ForceFlush(context.Context) error {
	w.say("export")
	return nil
}

func flushRows() []row {
	slogs := func(fl flavour) bool { return fl.family == "slog" } // it has no such levels
	die := func(t *testing.T, with func(setting) *stage, level slog.Level, order string) {
		j := &journal{}
		s := with(setting{watcher: watcher{j}, policy: &events.Policy{FlushTimeout: time.Minute, Flush: func(context.Context) error {
			j.say("flush")
			return nil
		}}})
		s.out.written = func() { j.say("line") }
		s.die(s.ctx, level, "at the end")
		if got, want := strings.Join(j.said, " "), s.want(order); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		otelIDs.wantAt(t, s.line(), s.span.SpanContext())
		wantName(t, s.event(), "at the end")
	}
	return []row{
		{name: "fatal", says: "Fatal writes the line, ends the span with its event, exports it, and flushes the lines before the program ends",
			not: slogs,
			run: func(t *testing.T, with func(setting) *stage) { die(t, with, levelFatal, "line span+1 export flush") }},
		{name: "panic", says: "Panic writes the line, exports what has ended and flushes the lines; it ends nothing",
			not: slogs,
			run: func(t *testing.T, with func(setting) *stage) { die(t, with, levelPanic, "line export flush") }},
	}
}
