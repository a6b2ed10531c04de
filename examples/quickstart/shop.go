package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/slogbridge"
	"github.com/spanlog/spanlog/span"
)

// order is what a customer sends.
type order struct {
	ID     string `json:"id"`
	Amount int    `json:"amount"` // cents
	Card   string `json:"card"`
}

// shop takes orders and logs with log/slog.
type shop struct {
	log           *slog.Logger
	client        *http.Client
	payment, mail string // addresses
}

func newShop(out io.Writer, p *events.Policy, client *http.Client, payment, mail string) *shop {
	logger := slog.New(slogbridge.NewHandler(out, nil, p))
	return &shop{log: logger, client: client, payment: payment, mail: mail}
}

func (s *shop) checkout(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	var o order
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
		http.Error(w, "not an order: "+err.Error(), http.StatusBadRequest)
		return
	}
	s.log.InfoContext(ctx, "checkout started", "order.id", o.ID, "order.amount", o.Amount)
	work(ctx, 30*time.Millisecond)
	if err := s.process(ctx, o); err != nil {
		s.log.ErrorContext(ctx, "checkout failed", "order.id", o.ID, "error", err)
		http.Error(w, err.Error(), http.StatusPaymentRequired)
		return
	}
	work(ctx, 50*time.Millisecond)
	s.log.InfoContext(ctx, "checkout completed", "order.id", o.ID)
	fmt.Fprintln(w, "thank you")
}

func (s *shop) process(ctx context.Context, o order) error {
	if err := span.Do(ctx, "validate_cart", func(ctx context.Context) error {
		work(ctx, 15*time.Millisecond)
		s.log.InfoContext(ctx, "cart is valid", slog.Group("cart", "items", 3, "voucher", false))
		return nil
	}); err != nil {
		return err
	}
	if err := s.chargePayment(ctx, o); err != nil {
		return err
	}
	return span.Do(ctx, "send_confirmation", func(ctx context.Context) error {
		defer work(ctx, 5*time.Millisecond)
		return s.post(ctx, s.mail+"/send", o)
	})
}

// chargePayment shows the other way to make a span: Start, and End with the named error.
func (s *shop) chargePayment(ctx context.Context, o order) (err error) {
	ctx, sp := span.Start(ctx, "charge_payment", attribute.String("order.id", o.ID))
	defer span.End(sp, &err)
	if err := s.post(ctx, s.payment+"/charge", o); err != nil {
		return fmt.Errorf("charge order %s: %w", o.ID, err)
	}
	s.log.InfoContext(ctx, "payment accepted", "order.id", o.ID)
	return nil
}

// post sends v as JSON; the instrumented client carries the trace along.
func (s *shop) post(ctx context.Context, url string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = errors.New(strings.TrimSpace(string(text)))
	}
	return err
}
