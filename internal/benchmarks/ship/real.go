package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/elastic/go-elasticsearch/v8/esutil"

	"github.com/spanlog/spanlog/elk"
)

// realDocuments are shipped to the real server in each run.
const realDocuments = 50_000

// real measures documents per second into a real Elasticsearch, whose indexing is most of it.
func (b *bench) real() error {
	const group = "Documents per second into Elasticsearch"
	connections := []int{1, 4}
	if b.es == "" {
		for _, n := range connections {
			b.add(absent(group, fmt.Sprintf("elk, %d at a time", n), "", notRun))
		}
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	if _, err := elk.InstallTemplate(ctx, elk.Config{Addresses: []string{b.es}, Dataset: "ship"}, elk.TemplateOptions{}); err != nil {
		return err
	}
	lines := documents(realDocuments)
	stored, err := b.stored(ctx)
	if err != nil {
		return err
	}
	for _, n := range connections {
		for name, ship := range map[string]func(context.Context, int, [][]byte) error{"elk": b.shipReal, "esutil": b.shipTheirs} {
			start := time.Now()
			if err := ship(ctx, n, lines); err != nil {
				return fmt.Errorf("ship: %s: %w", name, err)
			}
			took := time.Since(start)
			if stored, err = b.grown(ctx, stored, name); err != nil {
				return err
			}
			perSecond := realDocuments / took.Seconds()
			b.add(row{Group: group, Name: fmt.Sprintf("%s, %d at a time", name, n), Value: perSecond, Text: fmt.Sprintf("%.0f documents/s", perSecond)})
		}
	}
	return nil
}

// shipReal has a ring for all lines: it is the server that is measured.
func (b *bench) shipReal(ctx context.Context, connections int, lines [][]byte) error {
	c := config(b.es)
	c.InFlight, c.RingBytes = connections, 64<<20
	shipper, err := elk.Open(c)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if _, err := shipper.Write(line); err != nil {
			return err
		}
	}
	if err := shipper.Flush(ctx); err != nil {
		return err
	}
	return shipper.Close()
}

func (b *bench) shipTheirs(ctx context.Context, connections int, lines [][]byte) error {
	indexer, err := newIndexer(b.es, true, false, connections)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if err := indexer.Add(ctx, esutil.BulkIndexerItem{Action: "create", Body: newBody(line)}); err != nil {
			return err
		}
	}
	return indexer.Close(ctx)
}

// grown asks whether a run has stored every document, and returns how many there are now.
func (b *bench) grown(ctx context.Context, before int, name string) (int, error) {
	now, err := b.stored(ctx)
	if err == nil && now-before != realDocuments {
		err = fmt.Errorf("ship: %s: the server has %d documents more, want %d", name, now-before, realDocuments)
	}
	return now, err
}

// stored is how many documents the stream has, once all can be found.
func (b *bench) stored(ctx context.Context) (n int, err error) {
	if err := b.call(ctx, http.MethodPost, "/"+stream+"/_refresh", nil); err != nil {
		return 0, err
	}
	var answer struct{ Count int }
	err = b.call(ctx, http.MethodGet, "/"+stream+"/_count", &answer)
	return answer.Count, err
}

// call asks the server; a stream that is not there is no error.
func (b *bench) call(ctx context.Context, method, path string, answer any) error {
	req, err := http.NewRequestWithContext(ctx, method, b.es+path, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	switch {
	case res.StatusCode == http.StatusNotFound:
		return nil
	case res.StatusCode != http.StatusOK:
		return fmt.Errorf("ship: %s: status %d", path, res.StatusCode)
	case answer == nil:
		return nil
	}
	return json.NewDecoder(res.Body).Decode(answer)
}
