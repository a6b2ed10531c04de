package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Columns of a row: service, name, bar, duration, and a blank between them.
const (
	serviceColumns  = 8
	nameColumns     = 34
	durationColumns = 10
	barColumns      = width - serviceColumns - nameColumns - durationColumns - 3
)

// waterfall is a trace as a tree of bars over one time axis.
type waterfall struct {
	root     sdktrace.ReadOnlySpan
	children map[trace.SpanID][]sdktrace.ReadOnlySpan
	start    time.Time
	total    time.Duration
}

// newWaterfall takes the spans of one trace in order of start. The first is the root.
func newWaterfall(spans []sdktrace.ReadOnlySpan) *waterfall {
	w := &waterfall{root: spans[0], children: map[trace.SpanID][]sdktrace.ReadOnlySpan{}, start: spans[0].StartTime()}
	end := spans[0].EndTime()
	for _, s := range spans {
		if s.EndTime().After(end) {
			end = s.EndTime()
		}
		if s != w.root {
			parent := s.Parent().SpanID()
			w.children[parent] = append(w.children[parent], s)
		}
	}
	w.total = end.Sub(w.start)
	return w
}

func (w *waterfall) print(p *printer) {
	p.printf("\ntrace %s", w.root.SpanContext().TraceID())
	if s := w.root.Status(); s.Code == codes.Error {
		p.printf("\n%s\n", p.in(red, cut("failed: "+s.Description, width)))
	} else {
		p.printf("\n%s\n", p.in(green, "ok"))
	}
	w.span(p, w.root, 0)
	widest := w.widest()
	p.printf("widest bar: %s (%s), %s of %s\n", p.in(bold, widest.Name()), serviceOf(widest), milliseconds(duration(widest)), milliseconds(w.total))
}

// span prints a span, its events, and what is below it.
func (w *waterfall) span(p *printer, s sdktrace.ReadOnlySpan, depth int) {
	name, code := s.Name(), cyan
	if s.SpanKind() == trace.SpanKindClient {
		name += " (client)"
	}
	if s.Status().Code == codes.Error {
		name, code = name+" ✗", red
	}
	w.row(p, serviceOf(s), strings.Repeat("  ", depth)+name, code, w.bar(s), milliseconds(duration(s)))
	for _, e := range byTime(s.Events()) {
		w.event(p, e, depth+1)
	}
	for _, c := range w.children[s.SpanContext().SpanID()] {
		w.span(p, c, depth+1)
	}
}

func byTime(events []sdktrace.Event) []sdktrace.Event {
	sorted := slices.Clone(events)
	slices.SortStableFunc(sorted, func(a, b sdktrace.Event) int { return a.Time.Compare(b.Time) })
	return sorted
}

// event prints a log line at its place in time.
func (w *waterfall) event(p *printer, e sdktrace.Event, depth int) {
	code := levelColor(strings.ToLower(value(e.Attributes, "log.severity")))
	if code == "" {
		code = dim
	}
	at := e.Time.Sub(w.start)
	marker := strings.Repeat(" ", w.place(at, barColumns-1)) + "◆"
	text := e.Name
	if reason := value(e.Attributes, "exception.message"); reason != "" {
		text += ": " + reason
	}
	w.row(p, "", strings.Repeat("  ", depth)+"· "+text, code, marker, "+"+milliseconds(at))
}

func (w *waterfall) row(p *printer, service, name, code, bar, time string) {
	p.printf("%s %s %s %s\n", column(service, serviceColumns), p.in(code, column(name, nameColumns)),
		p.in(code, column(bar, barColumns)), fmt.Sprintf("%*s", durationColumns, time))
}

// bar is at least one column wide.
func (w *waterfall) bar(s sdktrace.ReadOnlySpan) string {
	from := w.place(s.StartTime().Sub(w.start), barColumns-1)
	to := max(from+1, w.place(s.EndTime().Sub(w.start), barColumns))
	return strings.Repeat(" ", from) + strings.Repeat("█", to-from)
}

// place is the column of a moment, between 0 and last.
func (w *waterfall) place(at time.Duration, last int) int {
	if w.total <= 0 {
		return 0
	}
	return min(max(0, int(int64(at)*barColumns/int64(w.total))), last)
}

// widest returns the span that took longest of those that have none below them: where the time went.
func (w *waterfall) widest() sdktrace.ReadOnlySpan {
	var found sdktrace.ReadOnlySpan
	var walk func(s sdktrace.ReadOnlySpan)
	walk = func(s sdktrace.ReadOnlySpan) {
		below := w.children[s.SpanContext().SpanID()]
		if len(below) == 0 && (found == nil || duration(s) > duration(found)) {
			found = s
		}
		for _, c := range below {
			walk(c)
		}
	}
	walk(w.root)
	return found
}

func duration(s sdktrace.ReadOnlySpan) time.Duration { return s.EndTime().Sub(s.StartTime()) }

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

// serviceOf is the name of the service that made the span.
func serviceOf(s sdktrace.ReadOnlySpan) string {
	return value(s.Resource().Attributes(), "service.name")
}
