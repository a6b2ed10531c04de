package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/span"
	"github.com/spanlog/spanlog/zerologbridge"
)

// mail sends confirmations and logs with zerolog.
type mail struct{ log zerolog.Logger }

func newMail(out io.Writer, p *events.Policy) *mail {
	return &mail{log: zerologbridge.New(out, p)}
}

func (m *mail) send(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	m.log.Info().Ctx(ctx).Str("template", "confirmation").Msg("sending mail")
	_ = span.Do(ctx, "email_service_call", func(ctx context.Context) error {
		log := zerologbridge.With(ctx, m.log) // bound: calls below need no context
		work(ctx, 40*time.Millisecond)
		log.Info().Int("attempt", 1).Bool("queued", false).Msg("mail accepted")
		return nil
	})
	fmt.Fprintln(w, "sent")
}
