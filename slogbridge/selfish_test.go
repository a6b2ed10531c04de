package slogbridge_test

import (
	"bytes"
	"context"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/slogbridge"
)

// manyAsks is more often than a group that has itself as a member is asked for its members, five looks 200 deep; and few
// enough that a bound that is gone is told in a moment: what a look costs grows with its depth.
const manyAsks = 1_500

// selfish is a group that has itself as a member. It gives up in the end, so that a test fails in place of the program.
type selfish struct {
	key   string
	asked *int
}

func (e selfish) LogValue() slog.Value {
	if *e.asked++; *e.asked > manyAsks+100 {
		return slog.StringValue("end")
	}
	return slog.GroupValue(slog.Any(e.key, e))
}

// flat is a handler that looks at no value.
type flat struct{ *bytes.Buffer }

func (flat) Enabled(context.Context, slog.Level) bool { return true }
func (h flat) WithAttrs([]slog.Attr) slog.Handler     { return h }
func (h flat) WithGroup(string) slog.Handler          { return h }
func (h flat) Handle(_ context.Context, r slog.Record) error {
	_, err := h.WriteString(r.Message + "\n")
	return err
}

func TestEndlessGroups(t *testing.T) {
	ctx, span := sdktrace.NewTracerProvider().Tracer("test").Start(context.Background(), "s")
	defer span.End()
	red := &events.Policy{Redact: []events.Redaction{events.RedactSecrets(), events.RedactPattern(regexp.MustCompile("4111"))}}
	for name, p := range map[string]*events.Policy{"defaults": nil, "redacting": red, "ECS": {Schema: events.ECS}} {
		for _, key := range []string{"a", ""} {
			for how, log := range map[string]func(*slog.Logger, slog.Attr){
				"call":    func(l *slog.Logger, a slog.Attr) { l.LogAttrs(ctx, slog.LevelInfo, "m", a) },
				"With":    func(l *slog.Logger, a slog.Attr) { l.With(a).InfoContext(ctx, "m") },
				"group":   func(l *slog.Logger, a slog.Attr) { l.WithGroup("g").With(a).InfoContext(ctx, "m", a) },
				"context": func(l *slog.Logger, a slog.Attr) { l.InfoContext(events.ContextWith(ctx, a), "m") },
			} {
				t.Run(strings.Join([]string{name, key, how}, "/"), func(t *testing.T) {
					var out bytes.Buffer
					for _, h := range []slog.Handler{slogbridge.NewHandler(&out, nil, p), slogbridge.Wrap(flat{&out}, p)} {
						asked := 0
						log(slog.New(h), slog.Any(key, selfish{key, &asked}))
						if asked > manyAsks {
							t.Errorf("%T: asked for ever", h)
						}
					}
					if n := strings.Count(out.String(), "\n"); n != 2 {
						t.Errorf("got %d lines, want 2", n)
					}
				})
			}
		}
	}
}
