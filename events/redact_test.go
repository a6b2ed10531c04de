package events_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

var card = regexp.MustCompile(`\b\d{16}\b`)

func redacting() *events.Rules {
	return (&events.Policy{Redact: []events.Redaction{nil, events.RedactKeys("password", "user.Name"), events.RedactPattern(card)}}).Rules()
}

func TestHides(t *testing.T) {
	r := redacting()
	for path, want := range map[string]bool{
		"password": true, "PassWord": true, "a.b.password": true, "password.x": true, "a.password.x.y": true, "user.name.first": true, "a.passwords.x": false, "passwords": false,
		"user.name": true, "a.user.name": false, "name": false, "": false,
	} {
		if got := r.Hides(path); got != want {
			t.Errorf("Hides(%q) = %v, want %v", path, got, want)
		}
	}
	if (*events.Policy)(nil).Rules().Redacts() {
		t.Error("the default hides something")
	}
}

// The resource is hidden by its own names and the schema's, and its texts are cleaned.
func TestRedactedResource(t *testing.T) {
	r := (&events.Policy{Schema: events.ECS, Redact: []events.Redaction{events.RedactKeys("password", "service.instance.id", "service.environment"), events.RedactPattern(card)},
		Resource: []attribute.KeyValue{attribute.String("db.password", "x"), attribute.String("service.instance.id", "i"),
			attribute.String("deployment.environment.name", "prod"), attribute.String("note", "card 4242424242424242"), attribute.StringSlice("list", []string{"4242424242424242"})}}).Rules()
	want := `,"ecs.version":"8.17.0","db.password":"[REDACTED]","service.node.name":"[REDACTED]","service.environment":"[REDACTED]","note":"card [REDACTED]","list":["[REDACTED]"]`
	if got := string(r.AppendConstant(nil)); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestCleanJSON(t *testing.T) {
	r := redacting()
	for in, want := range map[string]string{
		`{"a":1,"password":"x"}`:                              `{"a":1,"password":"[REDACTED]"}`,
		`{"password":{"deep":[1,{"a":"}"}]},"b":2}`:           `{"password":"[REDACTED]","b":2}`,
		`{"user":{"name":"bob","id":7}}`:                      `{"user":{"name":"[REDACTED]","id":7}}`,
		`{"user.name":"bob"}`:                                 `{"user.name":"[REDACTED]"}`,
		`{"list":[{"Password":1},"4242424242424242 is it"]}`:  `{"list":[{"Password":"[REDACTED]"},"[REDACTED] is it"]}`,
		`{"n":18446744073709551615,"f":1.50, "s" : "a\"b\\"}`: `{"n":18446744073709551615,"f":1.50, "s" : "a\"b\\"}`,
		`{"pass\u0077ord":1}`:                                 `{"pass\u0077ord":"[REDACTED]"}`,
		`[]`:                                                  `[]`,
		`{}`:                                                  `{}`,
		`"4242424242424242"`:                                  `"[REDACTED]"`,
		`not json 4242424242424242`:                           `not json [REDACTED]`,
	} {
		if got := string(r.CleanJSON("", []byte(in))); got != want {
			t.Errorf("CleanJSON(%s)\n got %s\nwant %s", in, got, want)
		}
	}
	if got := string(r.CleanJSON("user", []byte(`{"name":1}`))); got != `{"name":"[REDACTED]"}` {
		t.Errorf("under a path: %s", got)
	}
}

func FuzzCleanJSON(f *testing.F) {
	f.Add(`{"a":[1,{"password":"x"}],"b":"\u2028"}`)
	f.Fuzz(func(t *testing.T, in string) {
		out := redacting().CleanJSON("", []byte(in))
		if json.Valid([]byte(in)) && !json.Valid(out) {
			t.Fatalf("%q became %q", in, out)
		}
	})
}

func TestEventIsClean(t *testing.T) {
	s, end := newSpan(t)
	p := &events.Policy{Redact: []events.Redaction{events.RedactSecrets(), events.RedactPattern(card)}}
	r := p.Rules()
	e := r.Begin(new(in(s)), 8, &events.Call{})
	e.Add(attribute.String("password", "hunter2"))
	e.Add(attribute.String("g.Token", "t"))
	e.AddIn(len("cookie."), attribute.String("cookie.jar", "=t\n"))
	e.Add(attribute.String("json", `{"cookie":"c","n":1}`))
	e.Add(attribute.StringSlice("list", []string{"4242424242424242"}))
	e.Add(attribute.String("event.name", "paid 4242424242424242"))
	e.AddError(errors.New("card 4242424242424242 declined"))
	e.End("ERROR", "charge 4242424242424242", time.Time{})
	span := end()
	all := span.Events()[0].Name + span.Status().Description
	for _, kv := range span.Events()[0].Attributes {
		all += string(kv.Key) + "=" + kv.Value.String() + "\n"
	}
	for _, secret := range []string{"hunter2", "4242", `"c"`, "=t\n"} {
		if strings.Contains(all, secret) {
			t.Errorf("%q is on the span: %s", secret, all)
		}
	}
	if span.Status().Description != "charge [REDACTED]: card [REDACTED] declined" {
		t.Errorf("description is %q", span.Status().Description)
	}
}

type panics struct{}

func (panics) ReplaceAllLiteralString(string, string) string { panic("pattern") }

func TestPatternThatPanics(t *testing.T) {
	r := (&events.Policy{Redact: []events.Redaction{events.RedactPattern(panics{})}}).Rules()
	if got := r.CleanText("secret"); got != events.Redacted {
		t.Errorf("got %q", got)
	}
}

// A secret inside a value of type MAP or SLICE is one too.
func TestRedactedMaps(t *testing.T) {
	inner := attribute.MapValue(attribute.String("Password", "x"), attribute.String("note", "card 4242424242424242"), attribute.Int("n", 1))
	r := (&events.Policy{Redact: []events.Redaction{events.RedactKeys("password", "db.user.name"), events.RedactPattern(card)}, Resource: []attribute.KeyValue{
		{Key: "db", Value: attribute.MapValue(attribute.KeyValue{Key: "user", Value: attribute.MapValue(attribute.String("name", "bob"))})},
		{Key: "list", Value: attribute.SliceValue(inner, attribute.StringValue("4242424242424242"), attribute.StringSliceValue([]string{"4242424242424242"}))}}}).Rules()
	line := string(r.AppendConstant(nil))
	for _, secret := range []string{`"x"`, "4242424242424242", "bob"} {
		if strings.Contains(line, secret) {
			t.Errorf("%s is on the line: %s", secret, line)
		}
	}
	if !strings.Contains(line, events.Redacted) || !strings.Contains(line, "note") {
		t.Errorf("too much is hidden: %s", line)
	}
}
