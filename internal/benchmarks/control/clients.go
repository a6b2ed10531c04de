package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/elastic/go-elasticsearch/v8"
	"github.com/elastic/go-elasticsearch/v8/esutil"

	"github.com/spanlog/spanlog/elk"
)

const stream = "logs-generic-default"

// closeLimit is how long a client may take to get rid of everything.
const closeLimit = 10 * time.Second

func document(n int) string {
	return fmt.Sprintf(`{"@timestamp":"2026-11-22T10:00:00Z","message":"line %d","number":%d}`, n, n)
}

// shipWithElk writes the documents as lines, with the defaults but for shorter waits.
func shipWithElk(url string, r row) (says string, err error) {
	shipper, err := elk.Open(elk.Config{
		Addresses: []string{url}, BatchWait: 20 * time.Millisecond, BackoffMin: 5 * time.Millisecond, BackoffMax: 100 * time.Millisecond,
		RequestTimeout: r.patience, CloseTimeout: closeLimit,
	})
	if err != nil {
		return "", err
	}
	longest := time.Duration(0)
	for n := range documents {
		before := time.Now()
		if _, err := io.WriteString(shipper, document(n)+"\n"); err != nil {
			return "", err
		}
		longest = max(longest, time.Since(before))
	}
	ctx, cancel := context.WithTimeout(context.Background(), r.closeLimit())
	defer cancel()
	flushed := shipper.Flush(ctx)
	s := shipper.Stats()
	if r.hangs {
		return fmt.Sprintf("longest Write %s, %d pending, counted", roughly(longest), s.Pending), nil
	}
	if err := shipper.Close(); err != nil || flushed != nil {
		return "", fmt.Errorf("control: elk: %w, %w", flushed, err)
	}
	says = fmt.Sprintf("%d delivered", s.Delivered)
	for _, c := range []struct {
		n    uint64
		what string
	}{{s.Duplicate, "stored before"}, {s.Diverted, "diverted"}} {
		if c.n > 0 {
			says += fmt.Sprintf(", %d %s", c.n, c.what)
		}
	}
	return says, nil
}

// shipWithBulkIndexer adds the documents to a BulkIndexer with one worker and the default client.
func shipWithBulkIndexer(url string, r row) (says string, err error) {
	config := elasticsearch.Config{Addresses: []string{url}}
	if r.patience > 0 {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.ResponseHeaderTimeout = r.patience
		config.Transport = transport
	}
	client, err := elasticsearch.NewClient(config)
	if err != nil {
		return "", err
	}
	settings := esutil.BulkIndexerConfig{Client: client, Index: stream, NumWorkers: 1}
	if r.hangs {
		settings.FlushBytes = 1 // a request for each, so that the queue fills
	}
	indexer, err := esutil.NewBulkIndexer(settings)
	if err != nil {
		return "", err
	}
	return fill(indexer, r)
}

func fill(indexer esutil.BulkIndexer, r row) (says string, err error) {
	var succeeded, failed atomic.Int64
	ctx, cancel := context.WithTimeout(context.Background(), r.closeLimit())
	defer cancel()
	longest := time.Duration(0)
	for n := range documents {
		before := time.Now()
		err := indexer.Add(ctx, esutil.BulkIndexerItem{
			Action: "create",
			Body:   bytes.NewReader([]byte(document(n))),
			OnSuccess: func(context.Context, esutil.BulkIndexerItem, esutil.BulkIndexerResponseItem) {
				succeeded.Add(1)
			},
			OnFailure: func(context.Context, esutil.BulkIndexerItem, esutil.BulkIndexerResponseItem, error) {
				failed.Add(1)
			},
		})
		longest = max(longest, time.Since(before))
		if err != nil {
			return fmt.Sprintf("Add %d blocks until its context ends (%s)", n+1, roughly(longest)), nil
		}
	}
	_ = indexer.Close(ctx) // its error says less than the callbacks
	return fmt.Sprintf("%d succeeded, %d failed", succeeded.Load(), failed.Load()), nil
}

// roughly rounds a duration to one digit that matters.
func roughly(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "under 1 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.0f s", d.Seconds())
}
