package bridgetest

import (
	"errors"
	"log/slog"
	"math/rand/v2"
	"testing"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

// rivals are keys that meet: those of the schema, those that we derive from a user's, and those that we derive from these.
var rivals = []string{
	"error", "labels.error", "labels.error_2", "labels", "labels.labels", "error.message", "labels.error_message", "error_message", "error.type",
	"message", "labels.message", "labels.message_2", "service", "labels.service", "service.name", "labels.service_name", "a", "a_2", "a_3",
	"trace.id", "labels.trace_id", "trace", "event", "event.url", "labels.event_url", "tenant", "labels.tenant", "@timestamp", "labels.@timestamp",
	"log.level", "log", "ecs.version", "labels.ecs_version", "error.stack_trace", "x\xff", "x\xfe", "x\ufffd", "x\ufffd_2", "", "_", "_2",
}

func rival(r *rand.Rand) string { return rivals[r.IntN(len(rivals))] }

// anyFields are some fields whose keys meet.
func anyFields(r *rand.Rand, depth int) (all []field) {
	for range r.IntN(7) {
		var v any
		switch r.IntN(6 + min(2-depth, 1)) {
		case 0:
			v = r.IntN(100)
		case 1:
			v = errors.New("an error")
		case 2:
			v = []string{"a", "b"}
		case 3, 4:
			v = "text"
		case 5:
			v = nil
		default:
			v = members(anyFields(r, depth+1))
		}
		all = append(all, f(rival(r), v))
	}
	return all
}

// keyRows are about keys that meet on the lines of an index mapping.
func keyRows() []row {
	return []row{{name: "ecs-rivals", not: wrapped,
		says: "ECS: whatever keys meet on a line, a user's with ours or with one that we derive from another, each stands once in its object",
		run: func(t *testing.T, with func(setting) *stage) {
			r := rand.New(rand.NewPCG(4, 4))
			for range 60 {
				s := with(setting{policy: &events.Policy{Schema: events.ECS,
					Resource: []attribute.KeyValue{attribute.String("service.name", "shop"), attribute.String(rival(r), "r")}}})
				ctx := s.ctx
				for range r.IntN(3) {
					ctx = events.ContextWith(ctx, slog.Int(rival(r), r.IntN(100)))
				}
				l := s.with(anyFields(r, 0)...)
				if r.IntN(2) == 0 {
					l = l.open(rival(r) + "g").with(anyFields(r, 0)...)
				}
				given := anyFields(r, 0)
				l.log(ctx, 8, "m", given...)
				s.line() // fails on a key that stands twice
				if t.Failed() {
					t.Fatalf("the call's own fields: %v", given)
				}
			}
		}}}
}
