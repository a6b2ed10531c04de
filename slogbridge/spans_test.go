package slogbridge_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/slogbridge"
)

// dressed is a handler of another make.
type dressed struct{ slog.Handler }

func (d dressed) WithAttrs(as []slog.Attr) slog.Handler { return dressed{d.Handler.WithAttrs(as)} }
func (d dressed) WithGroup(name string) slog.Handler    { return dressed{d.Handler.WithGroup(name)} }

// Lines of many spans at once, more than handlers are kept for, have the ids of their own, however the wrapped handler
// gets them: bound, before the attributes of the call, or in the record, behind them.
func TestManySpans(t *testing.T) {
	for name, wrap := range map[string]func(slog.Handler) slog.Handler{
		"slog's own":   func(h slog.Handler) slog.Handler { return h },
		"another make": func(h slog.Handler) slog.Handler { return dressed{h} },
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			l := slog.New(slogbridge.Wrap(wrap(slog.NewJSONHandler(&b, nil)), nil)).With("bound", true)
			var all sync.WaitGroup
			for g := range 4 {
				all.Go(func() {
					for i := range 300 {
						n := 300*(i%2) + i%100 + 1000*g
						l.InfoContext(spanOf(n), "m", "n", n)
					}
				})
			}
			all.Wait()
			for _, line := range strings.Split(strings.TrimSpace(b.String()), "\n") {
				got := object(t, []byte(line))
				n := int(got["n"].(float64))
				sc := trace.SpanContextFromContext(spanOf(n))
				ids := fmt.Sprintf(`"trace_id":"%s","span_id":"%s","trace_flags":"%s"`, sc.TraceID(), sc.SpanID(), sc.TraceFlags())
				want := fmt.Sprintf(`"bound":true,%s,"n":%d}`, ids, n)
				if name == "another make" {
					want = fmt.Sprintf(`"bound":true,"n":%d,%s}`, n, ids)
				}
				if !strings.HasSuffix(line, want) {
					t.Fatalf("got %s, want %s at its end", line, want)
				}
			}
		})
	}
}

// spanOf gives contexts of which many differ in one part of their ids only.
func spanOf(n int) context.Context {
	return trace.ContextWithSpanContext(context.Background(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1, 15: byte(n % 3)}, SpanID: trace.SpanID{1, byte(n / 100), 7: byte(n % 50)}, TraceFlags: trace.TraceFlags(n % 2),
	}))
}
