package eventbridge_test

import (
	"io"
	"log/slog"
	"testing"

	sdklog "go.opentelemetry.io/otel/sdk/log"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/events/eventbridge"
	"github.com/spanlog/spanlog/slogbridge"
)

// The provider is asked whether it wants a record before its event name is known: the bridge alone must not say no.
func TestTheBridgeAlone(t *testing.T) {
	w := newWorld(t)
	logs := sdklog.NewLoggerProvider(sdklog.WithProcessor(eventbridge.New()))
	l := slog.New(slogbridge.NewHandler(io.Discard, nil, &events.Policy{Logs: logs, Route: events.RouteRecords}))
	l.InfoContext(w.ctx, "m", "event.name", "cart.checkout")
	l.InfoContext(w.ctx, "no name")
	if got := w.events(); len(got) != 1 || got[0].Name != "cart.checkout" {
		t.Errorf("events are %v, want cart.checkout", got)
	}
}
