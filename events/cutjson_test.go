package events_test

import (
	"encoding/json"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

// A value that is too long for a span is cut, and what is hidden by its key in it stays hidden.
func TestSecretsInCutValues(t *testing.T) {
	type account struct {
		Password, Pad, Token string
		Inner                any
	}
	r := (&events.Policy{Redact: []events.Redaction{events.RedactSecrets(), events.RedactPattern(card)}}).Rules()
	long := strings.Repeat("é", 64<<10)
	for name, v := range map[string]any{
		"behind":        account{Password: "hunter2", Pad: long},
		"in the secret": account{Password: "hunter2" + long},
		"inside":        account{Inner: []any{1, map[string]any{"a": "b}]\\\"", "cookie": []string{"hunter2", "x"}, "z": long}}},
		"in a key":      map[string]any{"password": "hunter2", long: 1},
		"in an array":   []any{account{Password: "hunter2"}, account{Token: "hunter2"}, long},
		"in a number":   map[string]any{"password": "hunter2", "zz": json.RawMessage(strings.Repeat("7", 64<<10))},
		"in a pattern":  map[string]any{"a": "4242424242424242", "b": "hunter", "c": long},
	} {
		t.Run(name, func(t *testing.T) {
			got := r.Clean(events.Any("v", v)).Value.AsString()
			if strings.Contains(got, "hunter2") || strings.Contains(got, "4242424242424242") {
				t.Errorf("a secret is on the span: %.300s", got)
			}
			if !strings.Contains(got, events.Redacted) || !strings.HasSuffix(got, "…") {
				t.Errorf("got %.300s with %d bytes", got, len(got))
			}
		})
	}
	for _, none := range []string{`{no json "`, `{1 2 3 `, `[main.go:1 f] `, `{a:{} `} {
		if got := r.Clean(attribute.String("v", none+"4242424242424242…")).Value.AsString(); got != none+"[REDACTED]…" {
			t.Errorf("got %s of what is no JSON", got)
		}
	}
}

// Wherever a value is cut, it is cleaned as JSON and the rest of it is there.
func TestEveryCutOfAValue(t *testing.T) {
	r := (&events.Policy{Redact: []events.Redaction{events.RedactSecrets()}}).Rules()
	const text = `{"a":[1,true,{"b":"x\"y\u00e9\\"},[]],"password":{"k":["hunter2","s3cret"]},"c":-1.5e3,"token":"hunter3","d":null}`
	for end := 2; end < len(text); end++ {
		got := r.Clean(attribute.String("v", text[:end]+"…")).Value.AsString()
		for _, secret := range []string{"hunter", "s3cret"} {
			if strings.Contains(got, secret) {
				t.Errorf("%s of %s", got, text[:end])
			}
		}
		if !json.Valid([]byte(strings.TrimSuffix(got, "…"))) || !strings.HasPrefix(got, text[:min(1, end)]) {
			t.Errorf("%s of %s is no JSON", got, text[:end])
		}
		if at := strings.Index(text, `,"password"`); end > at && !strings.HasPrefix(got, text[:at]) {
			t.Errorf("%s of %s: more is gone than the member that was cut", got, text[:end])
		}
	}
}

func FuzzCutJSON(f *testing.F) {
	r := (&events.Policy{Redact: []events.Redaction{events.RedactSecrets()}}).Rules()
	f.Add(`{"a":[1,true,{"b":"x\"y\u00e9\\"},[]],"password":"x","c":-1.5e3,"d":null}`, uint(30))
	f.Add(`[[{}], "a" , {"token" : {"a":1}} ] `, uint(20))
	f.Fuzz(func(t *testing.T, text string, end uint) {
		if !json.Valid([]byte(text)) || text[0] != '{' && text[0] != '[' {
			return
		}
		part := text[:1+end%uint(len(text))]
		if got := r.Clean(attribute.String("v", part+"…")).Value.AsString(); !json.Valid([]byte(strings.TrimSuffix(got, "…"))) {
			t.Errorf("%q of %q is no JSON", got, part)
		}
	})
}
