//go:build binary_log

package zerologbridge

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"testing"

	"github.com/rs/zerolog"

	"github.com/spanlog/spanlog/events"
)

// A CBOR line is left alone but for what zerolog itself adds. The other tests read JSON.
func TestBinary(t *testing.T) {
	if b := findBuffer(); b.field >= 0 {
		t.Error("a CBOR buffer was taken for JSON")
	}
	tr := recording(t)
	var b bytes.Buffer
	l := New(zerolog.LevelWriterAdapter{Writer: &b}, &events.Policy{Schema: events.ECS, Redact: []events.Redaction{events.RedactSecrets()}})
	ctx := events.ContextWith(tr.ctx, slog.String("tenant", "acme"), slog.String("span.id", "theirs"))
	l.Info().Ctx(ctx).Str("trace.id", "mine").Msg("m")
	got := b.Bytes()
	if got[0] != 0xbf || !bytes.Contains(got, []byte(tr.span.SpanContext().TraceID().String())) || !bytes.Contains(got, []byte("acme")) || bytes.Contains(got, []byte("theirs")) {
		t.Errorf("got %q", got)
	}
	if severity, got := attrsOf(tr.events(t, 1)[0]); severity != "INFO" || got != "tenant=acme" {
		t.Errorf("got %s %s", severity, got)
	}
}

func TestBinaryFatal(t *testing.T) {
	tr, flushed, exits := recording(t), 0, 0
	withGlobals(t, func() { zerolog.FatalExitFunc = func() { exits++ } })
	l := New(io.Discard, &events.Policy{Flush: func(context.Context) error { flushed++; return nil }})
	l.Fatal().Ctx(tr.ctx).Msg("m")
	if tr.span.IsRecording() || exits != 1 || flushed != 1 {
		t.Errorf("recording %v, %d exits, flushed %d times", tr.span.IsRecording(), exits, flushed)
	}
}
