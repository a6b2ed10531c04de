//go:build !binary_log

package zerologbridge

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

// secrets is a policy that hides keys and what looks like a card number.
func secrets(schema events.Schema) *events.Policy {
	return &events.Policy{Schema: schema, Resource: []attribute.KeyValue{attribute.String("service.name", "shop")}, Redact: []events.Redaction{
		events.RedactSecrets(), events.RedactKeys("pin", "user.name", "list"), events.RedactPattern(regexp.MustCompile(`\d{8,}`)),
	}}
}

// leak is a call full of secrets: each holds the word hush or the digits 123456789.
func leak(e *zerolog.Event) {
	e.Str("password", "hush hush hush").Str("Password", "hush").Int("pin", 7).Bool("token", true).Any("secret", nil).
		Str("note", "card 123456789, and more text than the mark needs").Str("digits", "123456789").
		Dict("user", zerolog.Dict().Str("name", "hush").Str("names", "ann").Dict("in", zerolog.Dict().Str("token", "hush").Str("token", "hush"))).
		Strs("cards", []string{"123456789", "none"}).Array("list", zerolog.Arr().Str("hush").Int(1)).Array("mixed", zerolog.Arr().Object(secretly{}).Int(1)).
		Strs("none", []string{}).Str("service", "123456789").Array("host", zerolog.Arr().Object(secretly{})).
		RawJSON("broken", []byte(`{"password":"hush"`)).Err(errors.New("no 123456789")).Str("service.name", "123456789").
		Str("password", "hush").Int("after", 1).Send()
}

type secretly struct{}

func (secretly) MarshalZerologObject(e *zerolog.Event) { e.Str("api_key", "hush") }

func leaks(s string) bool {
	return strings.Contains(s, "hush") || strings.Contains(s, "123456789")
}

func TestRedaction(t *testing.T) {
	for _, schema := range []events.Schema{events.OTel, events.ECS, events.GCP, events.Datadog} {
		var b bytes.Buffer
		loggers := both(&b, secrets(schema))
		loggers["Output"] = New(nil, secrets(schema)).Output(&b)
		for name, l := range loggers {
			t.Run(name, func(t *testing.T) {
				b.Reset()
				tr := recording(t)
				leak(l.Error().Ctx(tr.ctx))
				line := b.String()
				if leaks(line) {
					t.Errorf("on the line: %s", line)
				}
				if !json.Valid(b.Bytes()) {
					t.Errorf("not JSON: %s", line)
				}
				if !strings.Contains(line, tr.span.SpanContext().TraceID().String()) {
					t.Errorf("ids are hidden: %s", line)
				}
				if !strings.Contains(line, `"after":1`) || !strings.Contains(line, `"ann"`) || !strings.Contains(line, `"none"`) {
					t.Errorf("too much is hidden: %s", line)
				}
				s := tr.ended()
				_, attrs := attrsOf(s.Events()[0])
				if leaks(attrs) || leaks(s.Status().Description) {
					t.Errorf("on the event: %s, status %v", attrs, s.Status())
				}
				if !strings.Contains(attrs, "note=card [REDACTED], and more") || !strings.Contains(attrs, "user.in.token=[REDACTED]") {
					t.Errorf("event: %s", attrs)
				}
			})
		}
	}
}

// A name that the schema gives to a field hides no less than the user's own, and no more.
func TestRedactedNames(t *testing.T) {
	atNoon(t)
	var b bytes.Buffer
	l := New(&b, &events.Policy{Schema: events.ECS, Redact: []events.Redaction{events.RedactKeys("log.level", "error", "caller", "labels.host", "d.a")}})
	l.Info().Int("log.level", 1).Err(errors.New("x")).Str("caller", "a.go:1").Str("host", "x").Dict("d", zerolog.Dict().Int("a", 1).Int("a", 2)).Send()
	const gone = `"[REDACTED]"`
	checkLine(t, b.String(), `{"@timestamp":`+noon+`,"log.level":"info","ecs.version":"8.17.0","labels.log_level":`+gone+`,"error.message":`+gone+
		`,"caller":`+gone+`,"labels.host":`+gone+`,"d":{"a":`+gone+`,"a_2":`+gone+"}}\n")
}

// The message is written after the hooks: New cleans it, Wrap cannot.
func TestRedactedMessage(t *testing.T) {
	for _, schema := range []events.Schema{events.OTel, events.ECS} {
		var b bytes.Buffer
		tr := recording(t)
		l := With(tr.ctx, New(&b, secrets(schema)))
		l.Info().RawJSON("a", []byte(`bad`)).Msg("card 123456789")
		l.Info().Msg("card 123456789")
		if got := b.String(); leaks(got) || strings.Count(got, `"message":"card [REDACTED]"`) != 2 {
			t.Errorf("got %s", got)
		}
		l = With(tr.ctx, Wrap(zerolog.New(&b), secrets(schema)))
		l.Info().Msg("card 123456789")
		if !leaks(b.String()) {
			t.Error("Wrap cleans the message: the documentation says it does not")
		}
		for _, e := range tr.events(t, 3) {
			if e.Name != "card [REDACTED]" {
				t.Errorf("got event %s", e.Name)
			}
		}
	}
}

func TestMaskInPlace(t *testing.T) {
	tests := []struct{ line, want string }{
		{`{"password":"0123456789ab"`, `{"password":"[REDACTED]"  `},
		{`{"password":"0123456789"`, `{"password":"[REDACTED]"`},
		{`{"password":"012"`, `{"password":"[RE"`},
		{`{"password":""`, `{"password":""`},
		{`{"password":7,"a":1`, `{"password":0,"a":1`},
		{`{"password":42`, `{"password":""`},
		{`{"password":true`, `{"password":"[R"`},
		{`{"password":{},"password":{"a":[1]}`, `{"password":"","password":"[REDACT"`},
		{`{"PASSWORD":"abc","a":{"password":[1,2]},"b.password":1`, `{"PASSWORD":"[RE","a":{"password":"[RE"},"b.password":0`},
		{`{"a":[{"password":"x"},[{"token":1}]],"list":[1]`, `{"a":[{"password":"["},[{"token":0}]],"list":"["`},
		{`{"user":{"name":"ann","names":1},"name":"x"`, `{"user":{"name":"[RE","names":1},"name":"x"`},
		{`{"a":"123456789ab"`, `{"a":"[REDACTED]" `},
		{`{"a":"123456789a"`, `{"a":"[REDACTED]"`}, // as much as fits
		{`{"a":"12345678"`, `{"a":"[REDACTE"`},
		{`{"a":"\u00e912345678901"`, `{"a":"é[REDACTED]"     `},
		{`{"a":"x","b":bad,"c":2`, `{"a":"x","b":"[","c":2`},
		{`{"\u0070in":1`, `{"\u0070in":0`},
		{`{}`, `{}`}, {``, ``}, {`{`, `{`}, {`[1]`, `[1]`},
	}
	rules := secrets(events.OTel).Rules()
	for _, tt := range tests {
		line := []byte(tt.line)
		masker{rules: rules, line: line}.object("", 0, len(line))
		if got := string(line); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.line, got, tt.want)
		}
	}
}

// Whatever the line: masking moves nothing, and keeps it what it is.
func FuzzMask(f *testing.F) {
	seed(f)
	f.Add(`[{}]`)
	f.Add(`{"password":"x","a":{"token":[1,"12345678"]},"b":"\u00e9123456789"}`)
	rules := secrets(events.OTel).Rules()
	f.Fuzz(func(t *testing.T, line string) {
		got := []byte(line)
		masker{rules: rules, line: got}.object("", 0, len(got))
		if !json.Valid([]byte(line)) || strings.Count(line, "[")+strings.Count(line, "{") > maxDepth {
			return
		}
		if !json.Valid(got) {
			t.Fatalf("%q became %q", line, got)
		}
		if !strings.HasPrefix(strings.TrimSpace(line), "{") {
			return
		}
		before, _ := rootKeys(line)
		if after, _ := rootKeys(string(got)); !slices.Equal(before, after) {
			t.Errorf("%q became %q", line, got)
		}
	})
}
