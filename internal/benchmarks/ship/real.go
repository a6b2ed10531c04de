package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/elastic/go-elasticsearch/v8/esutil"

	"github.com/spanlog/spanlog/elk"
)

// realDocuments are shipped to the real server in each run.
const realDocuments = 20_000

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
	speeds := map[string][]float64{}
	for round := range 1 + max(1, b.rounds/10) { // the first warms the server up
		for _, n := range connections {
			for _, c := range []struct {
				name string
				ship func(context.Context, int, [][]byte) error
			}{{"elk", b.shipReal}, {"elk, spool", b.shipSpooled}, {"esutil", b.shipTheirs}} {
				name := fmt.Sprintf("%s, %d at a time", c.name, n)
				speed, err := b.timed(ctx, func() error { return c.ship(ctx, n, lines) })
				if err != nil {
					return fmt.Errorf("ship: %s: %w", name, err)
				}
				if round > 0 {
					speeds[name] = append(speeds[name], speed)
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(speeds)) {
		all := slices.Sorted(slices.Values(speeds[name]))
		middle := all[len(all)/2]
		b.add(row{Group: group, Name: name, Value: middle, Text: fmt.Sprintf("%.0f documents/s [%.0f to %.0f]", middle, all[0], all[len(all)-1])})
	}
	return nil
}

// timed returns the documents per second of one run, after which every document must be there.
func (b *bench) timed(ctx context.Context, ship func() error) (perSecond float64, err error) {
	before, err := b.stored(ctx)
	if err != nil {
		return 0, err
	}
	start := time.Now()
	if err := ship(); err != nil {
		return 0, err
	}
	took := time.Since(start)
	now, err := b.stored(ctx)
	if err == nil && now-before != realDocuments {
		err = fmt.Errorf("the server has %d documents more, want %d", now-before, realDocuments)
	}
	return realDocuments / took.Seconds(), err
}

// shipReal has a ring for all lines: it is the server that is measured.
func (b *bench) shipReal(ctx context.Context, connections int, lines [][]byte) error {
	return shipWith(ctx, config(b.es), connections, lines)
}

func (b *bench) shipSpooled(ctx context.Context, connections int, lines [][]byte) error {
	return shipWith(ctx, b.spool(config(b.es)), connections, lines)
}

func shipWith(ctx context.Context, c elk.Config, connections int, lines [][]byte) error {
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
