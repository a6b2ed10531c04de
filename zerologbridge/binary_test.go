//go:build binary_log

package zerologbridge

import (
	"bytes"
	"testing"

	"github.com/rs/zerolog"

	"github.com/spanlog/spanlog/events"
)

// Run with -tags binary_log -run Binary: the other tests read JSON. A CBOR line is left alone but for what zerolog itself adds.
func TestBinary(t *testing.T) {
	if b := findBuffer(); b.field >= 0 {
		t.Error("a CBOR buffer was taken for JSON")
	}
	tr := recording(t)
	var b bytes.Buffer
	l := New(zerolog.LevelWriterAdapter{Writer: &b}, &events.Policy{Schema: events.ECS})
	l.Info().Ctx(tr.ctx).Str("trace.id", "mine").Msg("m")
	if got := b.Bytes(); got[0] != 0xbf || !bytes.Contains(got, []byte(tr.span.SpanContext().TraceID().String())) {
		t.Errorf("got %x", got)
	}
	if severity, got := attrsOf(tr.events(t, 1)[0]); severity != "INFO" || got != "" {
		t.Errorf("got %s %s", severity, got)
	}
}
