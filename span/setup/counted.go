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
	broken   atomic.Bool   // exports are broken off: what follows says only that the exporter is closed

	mu      sync.Mutex // guards what follows; that of the reporter may be locked under it
	settled uint64     // spans given of which is known what became of them
	early   uint64     // spans not settled that are counted as lost all the same
	untold  failure    // what neither ForceFlush nor Shutdown has returned
}

// failure sums up failed exports.
type failure struct {
	exports, spans uint64
	last           error
}

func (f *failure) add(spans int, err error) {
	f.join(failure{exports: 1, spans: uint64(spans), last: err})
}

func (f *failure) join(more failure) {
	f.exports += more.exports
	f.spans += more.spans
	f.last = more.last
}

// ExportSpans always returns nil, see takeError.
func (c *counted) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	c.handed.Add(uint64(len(spans)))
	err := c.export(ctx, spans)
	lost := lostSpans(len(spans), err)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		if c.broken.Load() && c.untold.last != nil {
			err = c.untold.last
		}
		c.untold.add(lost, err)
	}
	c.settle(uint64(len(spans)))
	c.reporter.exported(c.place, len(spans)-lost, lost, err)
	return nil
}

// settle is called under mu, before the spans are counted for what became of them.
func (c *counted) settle(spans uint64) {
	known := min(c.early, spans)
	c.settled += spans
	c.early -= known
	c.reporter.recount(known)
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
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settle(given - handed)
	c.reporter.dropped(given - handed)
	return fmt.Errorf("setup: spans that found the queue to %s full: %d; see OTEL_BSP_MAX_QUEUE_SIZE", c.place, given-handed)
}

// unsettled counts as lost, when the time is over, the spans that nobody has
// taken yet. Cause is why it is over. What is known of them later corrects the
// count.
func (c *counted) unsettled(cause error) error {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	given, known := c.given.Load(), c.settled+c.early
	if given <= known {
		return nil
	}
	c.early += given - known
	err := fmt.Errorf("setup: spans that did not arrive at %s in time: %d: %w", c.place, given-known, cause)
	c.reporter.late(c.place, given-known, err)
	return err
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
