package slogbridge_test

import (
	"bytes"
	"io"
	"log/slog"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/slogbridge"
)

// A handler of ours behind one that spreads records cannot be seen by Wrap; what stands on the line already does not come again.
func TestOursBehindMultiHandler(t *testing.T) {
	member, err := baggage.NewMember("user", "bob")
	if err != nil {
		t.Fatal(err)
	}
	members, err := baggage.New(member)
	if err != nil {
		t.Fatal(err)
	}
	for name, inner := range map[string]func(io.Writer, *events.Policy) slog.Handler{
		"own": func(w io.Writer, p *events.Policy) slog.Handler { return slogbridge.NewHandler(w, nil, p) },
		"wrapped": func(w io.Writer, p *events.Policy) slog.Handler {
			return slogbridge.Wrap(slog.NewJSONHandler(w, nil), p)
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, end := recording(t)
			ctx = events.ContextWith(baggage.ContextWithBaggage(ctx, members), slog.String("tenant", "acme"))
			var buf bytes.Buffer
			h := slog.NewMultiHandler(inner(&buf, &events.Policy{Baggage: []string{"user"}}), slog.NewJSONHandler(io.Discard, nil))
			l := slog.New(slogbridge.Wrap(h, &events.Policy{Baggage: []string{"user"}}))
			l.InfoContext(ctx, "m", "a", 1)
			slogbridge.With(ctx, l).WithGroup("g").Info("m", "a", 1)
			for _, m := range objects(t, &buf) {
				if m["tenant"] != "acme" || m["user"] != "bob" {
					t.Errorf("line is %v", m)
				}
			}
			for _, key := range []string{`"tenant"`, `"user"`, `"trace_id"`} {
				if n := bytes.Count(buf.Bytes(), []byte(key)); n != 0 && n != 2 {
					t.Errorf("%s stands %d times on two lines", key, n)
				}
			}
			got := end().Events()
			if len(got) != 2 {
				t.Fatalf("%d events, want 2", len(got))
			}
			if set := attribute.NewSet(got[0].Attributes...); !set.HasValue("tenant") || len(got[0].Attributes) != 4 {
				t.Errorf("attributes are %v", got[0].Attributes)
			}
		})
	}
}
