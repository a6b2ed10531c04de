package events_test

import (
	"context"
	"testing"
	"time"

	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// recordCounter counts records, and those that are marked as events already.
type recordCounter struct{ all, bridged int }

func (c *recordCounter) Enabled(context.Context, sdklog.EnabledParameters) bool { return true }
func (c *recordCounter) Shutdown(context.Context) error                         { return nil }
func (c *recordCounter) ForceFlush(context.Context) error                       { return nil }
func (c *recordCounter) OnEmit(ctx context.Context, _ *sdklog.Record) error {
	c.all++
	if spanstate.Bridged(ctx) {
		c.bridged++
	}
	return nil
}

// Of two outputs the first with Policy.Logs makes the record of a call, whichever has made the event; and one only.
func TestOneCallOneRecord(t *testing.T) {
	for _, route := range []events.Route{events.RouteBoth, events.RouteRecords} {
		s, end := newSpan(t)
		ctx := trace.ContextWithSpan(context.Background(), s)
		to := &recordCounter{}
		logs := &events.Policy{Logs: sdklog.NewLoggerProvider(sdklog.WithProcessor(to)), Route: route}
		call := events.Call{Time: time.Unix(1, 0), PC: 7, Message: "m"}
		for _, r := range []*events.Rules{(*events.Policy)(nil).Rules(), logs.Rules(), logs.Rules()} {
			if e := r.Begin(new(r.Scope(ctx, nil)), 8, &call); e != nil {
				e.End("ERROR", "m", call.Time)
			}
		}
		if n := len(end().Events()); n != 1 || to.all != 1 || to.bridged != 1 {
			t.Errorf("route %d: %d events, %d records, %d of them marked, want one of each", route, n, to.all, to.bridged)
		}
	}
}
