package setup

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// counted is an exporter whose failures are counted and told by the SDK. The
// batch processor is told of none: it would print each through OpenTelemetry's
// global error handler, or lose it.
type counted struct {
	sdktrace.SpanExporter
	place    string
	reporter *reporter
	given    atomic.Uint64 // spans that the batch processor was given to export
	handed   atomic.Uint64 // those that it has handed on
	settled  atomic.Uint64 // those of which is known what became of them

	mu     sync.Mutex
	untold failure // what neither ForceFlush nor Shutdown has returned
}

// failure sums up failed exports.
type failure struct {
	exports, spans uint64
	last           error
}

func (f *failure) add(spans int, err error) {
	f.exports++
	f.spans += uint64(spans)
	f.last = err
}

// ExportSpans always returns nil, see takeError.
func (c *counted) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	c.handed.Add(uint64(len(spans)))
	err := c.export(ctx, spans)
	lost := lostSpans(len(spans), err)
	if err != nil {
		c.mu.Lock()
		c.untold.add(lost, err)
		c.mu.Unlock()
	}
	c.reporter.exported(c.place, len(spans)-lost, lost, err)
	c.settled.Add(uint64(len(spans)))
	return nil
}

func (c *counted) export(ctx context.Context, spans []sdktrace.ReadOnlySpan) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%w: %v", errPanic, v)
		}
	}()
	return c.SpanExporter.ExportSpans(ctx, spans)
}

// takeError returns, once, what failed since it was last called.
func (c *counted) takeError() error {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.untold
	c.untold = failure{}
	if f.exports == 0 {
		return nil
	}
	return fmt.Errorf("setup: spans lost on the way to %s: %d, in exports that failed: %d; the last: %w",
		c.place, f.spans, f.exports, f.last)
}

// missing counts, once the batch processor has stopped, what it has dropped.
func (c *counted) missing() error {
	if c == nil {
		return nil
	}
	given, handed := c.given.Load(), c.handed.Load()
	if given <= handed {
		return nil
	}
	c.reporter.dropped(given - handed)
	return fmt.Errorf("setup: spans that found the queue to %s full: %d; see OTEL_BSP_MAX_QUEUE_SIZE", c.place, given-handed)
}

// unsettled counts, when the time is over, the spans that nobody has taken yet.
func (c *counted) unsettled() error {
	if c == nil {
		return nil
	}
	given, settled := c.given.Load(), c.settled.Load()
	if given <= settled {
		return nil
	}
	return fmt.Errorf("setup: spans that did not arrive at %s in time: %d", c.place, given-settled)
}

// partial is how the exporters say that a collector has taken a part of the
// spans. The type of that error is internal to each.
var partial = regexp.MustCompile(`(?s)OTLP partial success: .* \((\d+) spans rejected\)$`)

// lostSpans is how many of the spans did not arrive.
func lostSpans(spans int, err error) int {
	if err == nil {
		return 0
	}
	match := partial.FindStringSubmatch(err.Error())
	if match == nil {
		return spans
	}
	rejected, err := strconv.Atoi(match[1])
	if err != nil {
		return spans
	}
	return min(rejected, spans)
}
