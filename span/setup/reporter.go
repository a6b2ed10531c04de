package setup

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/spanlog/spanlog/internal/spanstate"
)

const (
	reportInterval = time.Minute
	maxWriting     = time.Second            // that Shutdown waits for a line
	minWriting     = 100 * time.Millisecond // that it waits also when its time is over: a program may end then
	maxReported    = 500                    // bytes of an error on a line; a collector's answer may be long
)

// reporter counts what becomes of an SDK's spans, and tells a logger when some
// are lost. The logger runs in a goroutine of its own, at most one at a time:
// an export holds the batch processor's lock, which a logger that flushes the
// SDK would wait for.
type reporter struct {
	logger *slog.Logger // nil: slog.Default at the time
	silent bool         // no line is wanted

	mu      sync.Mutex // not held while the logger runs
	stats   Stats
	reports []*report     // one for each place to which exports have failed
	writing chan struct{} // closed when no line is left to write; nil: none is being written
}

// report is what is to be told of one place.
type report struct {
	place  string    // "": not of an export, but what came to the global error handler
	untold failure   // since the last line
	next   time.Time // no line before
	again  bool      // there was a line
}

// due reports whether there is a line to write.
func (p *report) due() bool { return p.untold.last != nil && !time.Now().Before(p.next) }

func newReporter(logger *slog.Logger) *reporter { return &reporter{logger: logger} }

// exported notes the outcome of one export.
func (r *reporter) exported(place string, arrived, lost int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stats.Exported += uint64(arrived)
	if err == nil {
		return
	}
	r.stats.Lost += uint64(lost)
	r.stats.Failures++
	r.stats.LastError = err
	r.tell(place, failure{exports: 1, spans: uint64(lost), last: err})
}

// late notes spans of which nothing is known when the time is over.
func (r *reporter) late(place string, spans uint64, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stats.Lost += spans
	r.stats.LastError = err
	r.tell(place, failure{spans: spans, last: err})
}

// recount takes back what late has counted.
func (r *reporter) recount(spans uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stats.Lost -= spans
}

// Handle is what otel.ErrorHandler asks for, see setGlobals.
func (r *reporter) Handle(err error) {
	if err == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tell("", failure{exports: 1, last: err})
}

// tell is called under mu.
func (r *reporter) tell(place string, f failure) {
	p := r.report(place)
	p.untold.join(f)
	if r.writing == nil && p.due() {
		r.writing = make(chan struct{})
		r.start(p)
	}
}

// report is called under mu.
func (r *reporter) report(place string) *report {
	for _, p := range r.reports {
		if p.place == place {
			return p
		}
	}
	p := &report{place: place}
	r.reports = append(r.reports, p)
	return p
}

// start is called under mu, and writes the line of p.
func (r *reporter) start(p *report) {
	go r.write(p.place, p.untold, p.again)
	p.untold, p.again, p.next = failure{}, true, time.Now().Add(reportInterval)
}

func (r *reporter) dropped(spans uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stats.Dropped += spans
}

func (r *reporter) write(place string, f failure, again bool) {
	defer r.written()
	if r.silent {
		return
	}
	logger := r.logger
	if logger == nil {
		logger = slog.Default()
	}
	attrs := []slog.Attr{slog.Uint64("failures", f.exports), slog.String("error", spanstate.Cut(spanstate.Text(f.last), maxReported))}
	if place != "" {
		attrs = append([]slog.Attr{slog.Uint64("lost", f.spans)}, attrs...)
	}
	logger.LogAttrs(context.Background(), slog.LevelWarn, message(place, again), attrs...)
}

func message(place string, again bool) string {
	switch {
	case place == "":
		return "OpenTelemetry reports an error"
	case again:
		return "spans still do not arrive at " + place
	}
	return "spans do not arrive at " + place + "; without a collector set OTEL_TRACES_EXPORTER=none or console"
}

// written survives a logger that panics, and goes on with what another place
// has to tell meanwhile.
func (r *reporter) written() {
	_ = recover()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.reports {
		if p.due() {
			r.start(p)
			return
		}
	}
	close(r.writing)
	r.writing = nil
}

// wait returns when no line is being written, or the logger takes longer than
// ctx allows: it may be the one that waits, for the Shutdown it has called.
func (r *reporter) wait(ctx context.Context) {
	if r == nil {
		return
	}
	r.mu.Lock()
	writing := r.writing
	r.mu.Unlock()
	if writing == nil {
		return
	}
	least, most := time.After(minWriting), time.After(maxWriting)
	select {
	case <-writing:
		return
	case <-least:
	}
	select {
	case <-writing:
	case <-most:
	case <-ctx.Done():
	}
}
