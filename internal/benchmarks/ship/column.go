package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/elastic/go-elasticsearch/v8"
	"github.com/elastic/go-elasticsearch/v8/esutil"

	"github.com/spanlog/spanlog/elk"
)

// column is one way to ship the lines. Ship returns once the server has all of them.
type column struct {
	name  string
	ship  func() error
	close func() error
}

// bodies cuts the lines into requests, each line behind what action says for it.
func bodies(lines [][]byte, action func(i int) string) (all [][]byte) {
	var body []byte
	for i, line := range lines {
		if len(body) > 0 && len(body)+len(line) > requestBytes {
			all, body = append(all, body), nil
		}
		body = append(append(body, action(i)...), line...)
	}
	return append(all, body)
}

func plainAction(int) string { return `{"create":{}}` + "\n" }

// sameBytes are bodies with what elk sends for each line, as long as that.
func sameBytes(lines [][]byte) [][]byte {
	cut := make([][]byte, len(lines))
	for i, line := range lines {
		cut[i] = line[1:]
	}
	return bodies(cut, func(i int) string { return string(appendAdded(nil, uint64(i+1))) })
}

// floor posts bodies that lie ready, compressed anew each time if packed.
func floor(name, server string, all [][]byte, packed bool) column {
	to := newPoster(server, packed)
	ship := func() error {
		for _, body := range all {
			if err := to.send(body); err != nil {
				return err
			}
		}
		return nil
	}
	return column{name, ship, to.close}
}

func newTransport() *http.Transport {
	return &http.Transport{WriteBufferSize: 64 << 10, MaxIdleConnsPerHost: 4}
}

// hostName is as long as hosts' names are.
const hostName = "shop-7c9d8b6f5-x2x7q"

func config(server string) elk.Config {
	return elk.Config{Addresses: []string{server}, Dataset: "ship", HostName: hostName, BatchBytes: requestBytes}
}

// plainClient makes elk send plain bodies, as it does for every client that is not its own.
type plainClient struct {
	to        *url.URL
	transport *http.Transport
}

func (c plainClient) Perform(req *http.Request) (*http.Response, error) {
	req.URL.Scheme, req.URL.Host = c.to.Scheme, c.to.Host
	return c.transport.RoundTrip(req)
}

// plain is config without compression.
func plain(server string) elk.Config {
	c := config(server)
	to, _ := url.Parse(server)
	c.Addresses, c.Client = nil, plainClient{to, newTransport()}
	return c
}

// ours writes the lines one by one and flushes.
func ours(name string, c elk.Config, lines [][]byte) (column, error) {
	shipper, err := elk.Open(c)
	if err != nil {
		return column{}, err
	}
	ship := func() error {
		for _, line := range lines {
			if _, err := shipper.Write(line); err != nil {
				return err
			}
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		return shipper.Flush(ctx)
	}
	return column{name, ship, shipper.Close}, nil
}

// theirs adds the lines one by one to a BulkIndexer with one worker and flushes.
func theirs(name, server string, lines [][]byte, packed, filtered bool) (column, error) {
	indexer, err := newIndexer(server, packed, filtered, 1)
	if err != nil {
		return column{}, err
	}
	ctx := context.Background()
	ship := func() error {
		for _, line := range lines {
			if err := indexer.Add(ctx, esutil.BulkIndexerItem{Action: "create", Body: newBody(line)}); err != nil {
				return err
			}
		}
		return indexer.Flush(ctx)
	}
	return column{name, ship, func() error { return indexer.Close(ctx) }}, nil
}

// newBody is a line as esutil wants it.
func newBody(line []byte) io.ReadSeeker { return bytes.NewReader(line[:len(line)-1]) }

func newIndexer(server string, packed, filtered bool, workers int) (esutil.BulkIndexer, error) {
	client, err := elasticsearch.NewClient(elasticsearch.Config{
		Addresses: []string{server}, CompressRequestBody: packed, CompressRequestBodyLevel: 1, PoolCompressor: packed, Transport: newTransport(),
	})
	if err != nil {
		return nil, err
	}
	settings := esutil.BulkIndexerConfig{Client: client, Index: stream, NumWorkers: workers, FlushBytes: requestBytes}
	if filtered {
		settings.FilterPath = []string{"errors", "items.*.error", "items.*.status"}
	}
	return esutil.NewBulkIndexer(settings)
}
