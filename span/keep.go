package span

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// The wish to keep a trace, as attributes of a span. A collector that samples by tail matches the reason, as it does for
// traces that are kept for other reasons.
const (
	keepKey   = attribute.Key("sampling.keep")
	reasonKey = attribute.Key("sampling.reason")
)

// maxReason is the length in bytes at which a reason is cut.
const maxReason = 256

// forced is the reason of one who gives none.
const forced = "forced"

// Keep asks that the trace of the span in ctx be kept, and reports whether it will be: whether the span records, is
// sampled, and its provider has committed to export what it samples (package setup's, until its shutdown). It is false
// when it is too late, or there is nobody to keep it.
//
// The wish stands on a recording span in any case, as sampling.keep = true and sampling.reason, so that a collector
// which samples by tail can honour it. An empty reason is "forced"; of several the last one stands.
func Keep(ctx context.Context, reason string) bool {
	s := trace.SpanFromContext(ctx)
	if !s.IsRecording() {
		return false
	}
	if reason = spanstate.Cut(reason, maxReason); reason == "" {
		reason = forced
	}
	s.SetAttributes(keepKey.Bool(true), reasonKey.String(reason))
	return spanstate.Keeps(s)
}
