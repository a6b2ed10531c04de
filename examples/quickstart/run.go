package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/spanlog/spanlog/elk"
)

// dataset names the data stream: logs-quickstart-default.
const dataset = "quickstart"

// atOnce is how many requests are under way at the same time when there are more than two.
const atOnce = 8

// run does it all and writes the report to out. The error says in a sentence what went wrong.
func run(ctx context.Context, out io.Writer, c config) error {
	if c.requests < 1 {
		return fmt.Errorf("-requests is %d: at least 1 is needed", c.requests)
	}
	es, err := connect(ctx, c)
	if err != nil {
		return err
	}
	defer es.close()
	shipper, err := elk.Open(elk.Config{Addresses: []string{es.url}, APIKey: c.apiKey, Dataset: dataset, BatchWait: 100 * time.Millisecond, OnAlarm: es.alarm})
	if err != nil {
		return err
	}
	defer shipper.Close()
	r := &result{config: c, es: es}
	if err := r.checkouts(ctx, shipper); err != nil {
		return err
	}
	if err := es.deliver(ctx, shipper); err != nil {
		return err
	}
	if err := r.read(ctx); err != nil {
		return err
	}
	r.print(&printer{out: out, color: c.color})
	if len(r.spans.spans) == 0 {
		return errors.New("no span was recorded: OTEL_SDK_DISABLED, OTEL_TRACES_SAMPLER or OTEL_SPAN_EVENT_COUNT_LIMIT switches tracing off")
	}
	if r.missing() > 0 {
		return fmt.Errorf("%d missing: %s", r.missing(), r.firstMissing())
	}
	return nil
}

// checkouts starts the three services, sends the requests, and stops the services again.
func (r *result) checkouts(ctx context.Context, shipper io.Writer) (err error) {
	if r.config.shipTo != nil {
		shipper = r.config.shipTo(shipper)
	}
	logs := elk.Tee(&r.lines, shipper)
	var services []*service
	defer func() {
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		for _, s := range services {
			if !s.stop(stopping) {
				r.exported = errors.New("the spans did not arrive at OTEL_EXPORTER_OTLP_ENDPOINT: does a collector listen there?")
			}
		}
	}()
	start := func(name string) *service {
		if err != nil {
			return nil
		}
		var s *service
		if s, err = newService(ctx, name, r.config, r.spans.processor()); err == nil {
			services = append(services, s)
		}
		return s
	}
	shop, payment, mail := start("shop"), start("payment"), start("mail")
	if err != nil {
		return err
	}
	payment.serve("POST /charge", newPayment(logs, payment.policy()).charge)
	mail.serve("POST /send", newMail(logs, mail.policy()).send)
	client := shop.client()
	defer client.CloseIdleConnections()
	shop.serve("POST /checkout", newShop(logs, shop.policy(), client, payment.url(), mail.url()).checkout)
	return r.send(ctx, shop.url()+"/checkout")
}

// send sends the requests: two after each other, so that their lines are not mixed, more of them several at once.
func (r *result) send(ctx context.Context, url string) error {
	workers := 1
	if r.config.requests > 2 {
		workers = atOnce
	}
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	numbers := make(chan int)
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for n := range numbers {
				errs[w] = errors.Join(errs[w], checkout(ctx, client, url, n))
			}
		})
	}
	for n := range r.config.requests {
		numbers <- n
	}
	close(numbers)
	wg.Wait()
	return errors.Join(errs...)
}

// checkout sends one order; those with an odd number are paid with a card that is declined.
func checkout(ctx context.Context, client *http.Client, url string, n int) error {
	o, want := order{ID: fmt.Sprintf("A-%d", 1001+n), Amount: 4200, Card: "4242424242424242"}, http.StatusOK
	if n%2 == 1 {
		o.Card, want = declinedCard, http.StatusPaymentRequired
	}
	body, err := json.Marshal(o)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != want {
		return fmt.Errorf("checkout of order %s answered %s, want %d", o.ID, resp.Status, want)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
