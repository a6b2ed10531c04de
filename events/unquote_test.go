package events_test

import (
	"encoding/json"
	"testing"

	"github.com/spanlog/spanlog/events"
)

func FuzzUnquoteJSON(f *testing.F) {
	for _, s := range []string{`a`, `\n\t\"\\\/`, `\u00e4\ud83d\ude00\ud83d`, `\ud83dx`, `\u2028`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var want string
		if json.Unmarshal([]byte(`"`+s+`"`), &want) != nil {
			return
		}
		if got := events.UnquoteJSON(s); got != want {
			t.Fatalf("%q gives %q, want %q", s, got, want)
		}
	})
}
