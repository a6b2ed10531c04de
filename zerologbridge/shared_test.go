//go:build !binary_log

package zerologbridge

import (
	"runtime"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/attribute"
)

// TestLongLinesAreNotHeld: a span that lives long holds what is on its events, not the lines that they came from.
func TestLongLinesAreNotHeld(t *testing.T) {
	const lines, length = 16, 1 << 20
	line := `{"level":"info","short":"text","big":"` + strings.Repeat("x", length) + `","list":["a","b"],"group":{"inner":"y"}`
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var held [lines][]attribute.KeyValue
	for i := range held {
		held[i] = converted(line, zerolog.InfoLevel)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > lines*length/2 {
		t.Errorf("%d events hold %d bytes, want less than half of the %d that their lines had", lines, grown, lines*length)
	}
	for _, kv := range held[0] {
		if kv.Key == "short" && kv.Value.AsString() == "text" {
			return
		}
	}
	t.Errorf("got %.200s, want the fields of the line", show(held[0]))
}

// TestShortLinesAreCopiedOnce: the attributes of a line of up to 16 KiB share one copy of it, as doc.go says.
func TestShortLinesAreCopiedOnce(t *testing.T) {
	for _, tt := range []struct {
		length int
		shared bool
	}{{16 << 10, true}, {16<<10 + 1, false}} {
		line := `{"level":"info","a":"`
		line += strings.Repeat("x", tt.length-len(line)-1) + `"`
		c := converter{buf: []byte(line)}
		c.share()
		if got := c.line != ""; got != tt.shared {
			t.Errorf("a line of %d bytes: shared = %v, want %v", tt.length, got, tt.shared)
		}
	}
}
