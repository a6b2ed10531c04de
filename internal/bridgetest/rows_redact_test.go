package bridgetest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/codes"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

const secret = "4111111111111111"

// hiding is a setting with a policy that hides.
func hiding(all ...events.Redaction) setting {
	return setting{policy: &events.Policy{Redact: all}}
}

var cards = regexp.MustCompile(`\d{16}`)

func redactRows() []row {
	return []row{
		{name: "redact-resource", says: "Policy.Resource is redacted, by key and by pattern",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: &events.Policy{Redact: []events.Redaction{events.RedactKeys("password"), events.RedactPattern(cards)},
					Resource: []attribute.KeyValue{attribute.String("db.password", "hunter2"), attribute.String("note", "card "+secret), attribute.Int("shard", 7)}}})
				s.info("m", f("a", 1))
				line := s.line()
				wantMember(t, line, "db.password", events.Redacted)
				wantMember(t, line, "note", "card "+events.Redacted)
				wantNumber(t, line, "shard", "7")
			}},
		{name: "redact-key", says: "RedactKeys hides a field by the last part of its path, in any letter case: in the call, in With, in groups",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(hiding(events.RedactKeys("password")))
				s.with(f("Password", secret)).open("g").log(s.ctx, 0, "m", f("PASSWORD", secret), f("h", members{f("password", secret)}), f("a", 1))
				s.wantHidden()
				wantNumber(t, inside(t, s.last, "g"), "a", "1")
			}},
		{name: "redact-path", says: "a dotted name hides the field of that path only",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(hiding(events.RedactKeys("card.number")))
				s.open("card").log(s.ctx, 0, "m", f("number", secret), f("a", 1))
				s.log(s.ctx, 0, "m", f("number", "7 of 9"), f("card", members{f("number", secret), f("b", "kept")}))
				all := s.lines()
				if len(all) != 2 {
					t.Fatalf("got %d lines, want 2", len(all))
				}
				wantNoSecret(t, all[0])
				wantNoSecret(t, all[1])
				wantMember(t, all[1], "number", "7 of 9")
				wantMember(t, inside(t, all[1], "card"), "b", "kept")
				recorded := s.end().Events()
				for _, e := range recorded {
					wantNoSecret(t, readEvent(t, e))
				}
				wantAttr(t, readEvent(t, recorded[1]), "number", "7 of 9")
				wantAttr(t, readEvent(t, recorded[1]), "card.number", events.Redacted)
			}},
		{name: "redact-group", says: "a group of a hidden name hides all that is in it: members, errors, opened groups, fields of the context",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(hiding(events.RedactKeys("card")))
				s.log(s.ctx, 8, "m", f("card", members{f("number", secret), f("deep", members{f("x", secret)}), f("err", errors.New(secret))}), f("a", 1))
				s.open("card").log(s.ctx, 0, "m", f("number", secret))
				inContext := events.ContextWith(s.ctx, slog.Group("card", slog.String("number", secret)))
				s.log(inContext, 0, "m", f("a", 1))
				all := s.lines()
				if len(all) != 3 {
					t.Fatalf("got %d lines, want 3", len(all))
				}
				for _, line := range all {
					wantNoSecret(t, line)
				}
				span := s.end()
				wantNoSecret(t, span.Status().Description)
				for _, e := range span.Events() {
					wantNoSecret(t, readEvent(t, e))
				}
				wantAttr(t, readEvent(t, span.Events()[0]), "a", int64(1))
			}},
		{name: "redact-pattern", says: "RedactPattern hides what it matches inside values, in With, in groups, and in errors",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(hiding(events.RedactPattern(cards)))
				s.with(f("w", "card "+secret+" it is")).open("g").log(s.ctx, 0, "m", f("c", secret+"!"), f("a", 1),
					f("s", []string{"x", secret}), f("error", errors.New("declined "+secret)))
				s.wantHidden()
				wantNumber(t, inside(t, s.last, "g"), "a", "1")
				e := s.event()
				wantAttr(t, e, "w", "card "+events.Redacted+" it is")
				wantAttr(t, e, "g.error", "declined "+events.Redacted)
			}},
		{name: "redact-message", says: "a pattern applies to the message too: on the line, and in the event's name",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(hiding(events.RedactPattern(cards)))
				s.info("card "+secret+" declined", f("a", 1))
				if line := s.line(); s.want("everywhere") == "event only" {
					wantMessage(t, line, "card "+secret+" declined")
				} else {
					wantMessage(t, line, "card "+events.Redacted+" declined")
				}
				wantName(t, s.event(), "card "+events.Redacted+" declined")
			}},
		{name: "redact-status", says: "the span's status tells no secret of message or error",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(hiding(events.RedactPattern(cards)))
				s.log(s.ctx, slog.LevelError, "card "+secret, f("error", errors.New("declined "+secret)))
				wantStatus(t, s.end(), codes.Error, "card "+events.Redacted+": declined "+events.Redacted)
			}},
		{name: "redact-nested", says: "both hide inside a value that is logged as JSON, at any depth",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(hiding(events.RedactKeys("password"), events.RedactPattern(cards)))
				s.info("m", f("v", map[string]any{"user": map[string]any{"password": "hunter2", "card": secret}, "list": []any{secret, 1}}), f("a", 1))
				s.wantHidden("hunter2")
				wantNumber(t, s.last, "a", "1")
			}},
		{name: "redact-context", says: "so it is with fields of the context and of the baggage",
			run: func(t *testing.T, with func(setting) *stage) {
				set := hiding(events.RedactKeys("password"), events.RedactPattern(cards))
				set.policy.Baggage = []string{"card"}
				s := with(set)
				ctx := events.ContextWith(s.ctx, slog.String("password", "hunter2"), slog.String("note", "is "+secret))
				s.log(withBaggage(t, ctx, "card", secret), 0, "m")
				s.wantHidden("hunter2")
				wantAttr(t, s.event(), "note", "is "+events.Redacted)
			}},
		{name: "redact-without-span", says: "the line of a call without a span tells nothing either",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(hiding(events.RedactKeys("password"), events.RedactPattern(cards)))
				s.with(f("password", "hunter2")).log(context.Background(), 0, "m", f("c", secret), f("g", members{f("password", "hunter2")}))
				wantNoSecret(t, s.line(), "hunter2")
			}},
	}
}

// wantHidden fails if the secret is on the one line, on the span or in its status. It keeps the line.
func (s *stage) wantHidden(more ...string) {
	s.t.Helper()
	s.last = s.line()
	wantNoSecret(s.t, s.last, more...)
	span := s.end()
	if len(span.Events()) == 0 {
		s.t.Error("got no event")
	}
	wantNoSecret(s.t, fmt.Sprint(span.Events(), span.Status(), span.Attributes()), more...)
}

func wantNoSecret(t *testing.T, where any, more ...string) {
	t.Helper()
	text := fmt.Sprint(where)
	for _, s := range append(more, secret) {
		if strings.Contains(text, s) {
			t.Errorf("the secret %q is in %s", s, text)
		}
	}
}
