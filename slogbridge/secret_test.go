package slogbridge_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/slogbridge"
)

const card = "4111111111111111"

// hidden is a value whose JSON is {} and whose text is not.
type hidden struct{ text string }

func (h hidden) String() string { return "card " + h.text }

// detailed is an error that says more with %+v.
type detailed struct{}

func (detailed) Error() string              { return "refused" }
func (detailed) Format(s fmt.State, _ rune) { fmt.Fprint(s, "refused ", card) }

type marshaled struct{}

func (marshaled) MarshalText() ([]byte, error) { return []byte(card), nil }

// A secret that is in the text of a value only does not reach a wrapped handler that writes texts.
func TestSecretsInTexts(t *testing.T) {
	p := &events.Policy{Redact: []events.Redaction{events.RedactPattern(regexp.MustCompile(`\d{16}`))}}
	loop := map[string]any{}
	loop["again"] = loop
	for name, v := range map[string]any{
		"Stringer": hidden{card}, "errors": []error{errors.New(card)}, "unexported": struct{ n string }{card}, "Format": detailed{},
		"MarshalText": marshaled{}, "bytes": []byte(card), "any": []any{1, hidden{card}}, "pointer": &hidden{card},
	} {
		t.Run(name, func(t *testing.T) {
			var buf bytes.Buffer
			l := slog.New(slogbridge.Wrap(slog.NewTextHandler(&buf, nil), p))
			l.InfoContext(context.Background(), "m", "v", v, slog.Group("g", "v", v))
			l.With("v", v).WithGroup("g").Info("m", "v", v)
			if strings.Contains(buf.String(), card) || strings.Count(buf.String(), events.Redacted) < 4 && name != "bytes" {
				t.Errorf("lines are %s", &buf)
			}
		})
	}
	var buf bytes.Buffer
	slog.New(slogbridge.Wrap(flat{&buf}, p)).Info("m", "loop", loop)
	slog.New(slogbridge.Wrap(slog.NewJSONHandler(&buf, nil), p)).Info("m", "v", hidden{card})
	if !strings.Contains(buf.String(), `"v":{}`) {
		t.Errorf("what JSON does not tell is changed: %s", &buf)
	}
}
