package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/span"
	"github.com/spanlog/spanlog/zapbridge"
)

// declinedCard is the number that the bank refuses.
const declinedCard = "4000000000000002"

var errDeclined = errors.New("card declined: insufficient funds")

// payment charges cards and logs with zap.
type payment struct{ log *zap.Logger }

func newPayment(out io.Writer, p *events.Policy) *payment {
	return &payment{log: zap.New(zapbridge.NewCore(out, zap.InfoLevel, p))}
}

func (p *payment) charge(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	var o order
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
		http.Error(w, "not an order: "+err.Error(), http.StatusBadRequest)
		return
	}
	if err := p.callStripe(ctx, o); err != nil {
		http.Error(w, err.Error(), http.StatusPaymentRequired)
		return
	}
	_ = span.Do(ctx, "save_transaction", func(ctx context.Context) error {
		log := zapbridge.With(ctx, p.log) // bound: calls below need no context
		work(ctx, 8*time.Millisecond)
		log.Info("transaction saved", zap.String("order.id", o.ID), zap.Duration("transaction.lock_wait", 3*time.Millisecond))
		return nil
	})
	fmt.Fprintln(w, "charged")
}

func (p *payment) callStripe(ctx context.Context, o order) error {
	return span.Do(ctx, "stripe_api_call", func(ctx context.Context) error {
		card := strings.Repeat("*", len(o.Card)-4) + o.Card[len(o.Card)-4:]
		p.log.Info("calling the bank", zapbridge.Context(ctx), zap.String("card", card), zap.Int("order.amount", o.Amount))
		work(ctx, 170*time.Millisecond)
		if o.Card == declinedCard {
			p.log.Error("charge refused", zapbridge.Context(ctx), zap.String("card", card), zap.Error(errDeclined))
			return errDeclined
		}
		return nil
	})
}
