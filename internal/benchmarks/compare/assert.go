package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/log"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// wants is what one call of a column writes.
type wants struct {
	line   bool     // one JSON line with the fields of the call
	ids    []string // keys at the root of the line for trace id, span id and flags; all other lines have none of them
	event  bool     // one event on the span with the fields of the call
	record bool     // one log record
}

var (
	allIDs    = []string{"trace_id", "span_id", "trace_flags"}
	someIDs   = allIDs[:2]
	traceOnly = allIDs[:1]
	ecsIDs    = []string{"trace.id", "span.id", "trace_flags"}
)

// fiveFields are in every call but those without attributes.
var fiveFields = map[string]string{"method": method, "path": path, "status": "201", "duration": "12.75", "cached": "true"}

// check makes one call of each column and looks at what it writes.
func (s scenario) check() error {
	for _, c := range s.columns {
		if err := c.check(!strings.HasSuffix(s.name, "none")); err != nil {
			return fmt.Errorf("compare: %s: %s: %w", s.name, c.name, err)
		}
	}
	return nil
}

func (c column) check(fields bool) error {
	var line bytes.Buffer
	records := new(counter)
	e := &env{w: &line, logs: log.NewLoggerProvider(log.WithProcessor(records)), churn: true}
	call := c.call(e)
	call() // an event on a span that was just started, and a logger that was just bound
	before := eventsOf(e.last)
	line.Reset()
	*records = 0
	call()
	return c.wants.met(line.Bytes(), e.last, eventsOf(e.last)[len(before):], int(*records), fields)
}

func (w wants) met(line []byte, ctx context.Context, events []sdktrace.Event, records int, fields bool) error {
	switch {
	case w.line != (len(line) > 0):
		return fmt.Errorf("line %q, want one: %v", line, w.line)
	case w.event && len(events) != 1 || !w.event && len(events) > 0:
		return fmt.Errorf("%d events, want one: %v", len(events), w.event)
	case w.record && records != 1 || !w.record && records > 0:
		return fmt.Errorf("%d log records, want one: %v", records, w.record)
	}
	if w.event && fields {
		if err := hasFive(attributes(events[0].Attributes)); err != nil {
			return fmt.Errorf("event %v: %w", events[0], err)
		}
	}
	if !w.line {
		return nil
	}
	members, err := object(line)
	if err == nil && fields {
		err = hasFive(members)
	}
	if err == nil {
		err = w.idsOn(members, trace.SpanContextFromContext(ctx))
	}
	if err != nil {
		return fmt.Errorf("line %s: %w", line, err)
	}
	return nil
}

// idsOn checks the ids at the root of the line, and that there are no others.
func (w wants) idsOn(members map[string]string, sc trace.SpanContext) error {
	want := map[string]string{}
	for i, key := range w.ids {
		want[key] = [3]string{sc.TraceID().String(), sc.SpanID().String(), sc.TraceFlags().String()}[i]
	}
	for _, key := range append(allIDs, ecsIDs...) {
		if members[key] != want[key] {
			return fmt.Errorf("%s is %q, want %q", key, members[key], want[key])
		}
	}
	return nil
}

// object returns the members of one line, those of groups under their bare names too.
func object(line []byte) (map[string]string, error) {
	if n := bytes.Count(line, []byte("\n")); n != 1 {
		return nil, fmt.Errorf("%d lines", n)
	}
	var root map[string]any
	if err := json.Unmarshal(line, &root); err != nil {
		return nil, err
	}
	members := map[string]string{}
	for key, v := range root {
		members[key] = fmt.Sprint(v)
		inner, _ := v.(map[string]any)
		for key, v := range inner {
			members["."+key] = fmt.Sprint(v)
		}
	}
	return members, nil
}

func attributes(kvs []attribute.KeyValue) map[string]string {
	members := map[string]string{}
	for _, kv := range kvs {
		key := string(kv.Key)
		members[key[strings.LastIndexByte(key, '.')+1:]] = kv.Value.String()
	}
	return members
}

func hasFive(members map[string]string) error {
	for key, want := range fiveFields {
		if members[key] != want && members["."+key] != want {
			return fmt.Errorf("no %s=%s", key, want)
		}
	}
	return nil
}

func eventsOf(ctx context.Context) []sdktrace.Event {
	if s, ok := trace.SpanFromContext(ctx).(sdktrace.ReadOnlySpan); ok {
		return s.Events()
	}
	return nil
}

// counter is a processor that counts log records.
type counter int

func (c *counter) Enabled(context.Context, log.EnabledParameters) bool { return true }
func (c *counter) OnEmit(context.Context, *log.Record) error           { *c++; return nil }
func (c *counter) Shutdown(context.Context) error                      { return nil }
func (c *counter) ForceFlush(context.Context) error                    { return nil }
