package main

import (
	"context"
	"fmt"
	"io"
	"runtime"

	"github.com/elastic/go-elasticsearch/v8"
	"github.com/elastic/go-elasticsearch/v8/esutil"

	"github.com/spanlog/spanlog/elk"
)

func elkAfterClose(url string) (string, error) {
	shipper, err := elk.Open(elk.Config{Addresses: []string{url}})
	if err != nil {
		return "", err
	}
	if err := shipper.Close(); err != nil {
		return "", err
	}
	_, err = io.WriteString(shipper, document(0)+"\n")
	return fmt.Sprintf("error: %v", err), nil
}

func indexerAfterClose(url string) (string, error) {
	indexer, err := newIndexer(url, 1)
	if err != nil {
		return "", err
	}
	if err := indexer.Close(context.Background()); err != nil {
		return "", err
	}
	err = indexer.Add(context.Background(), esutil.BulkIndexerItem{Action: "create"})
	return fmt.Sprintf("error: %v", err), nil
}

func newIndexer(url string, workers int) (esutil.BulkIndexer, error) {
	client, err := elasticsearch.NewClient(elasticsearch.Config{Addresses: []string{url}})
	if err != nil {
		return nil, err
	}
	return esutil.NewBulkIndexer(esutil.BulkIndexerConfig{Client: client, Index: stream, NumWorkers: workers})
}

// elkHeap opens one shipper with 16 requests in flight.
func elkHeap(url string) (string, error) {
	return heap(func() (io.Closer, error) { return elk.Open(elk.Config{Addresses: []string{url}, InFlight: 16}) })
}

func indexerHeap(url string) (string, error) {
	return heap(func() (io.Closer, error) {
		indexer, err := newIndexer(url, 16)
		return closer{indexer}, err
	})
}

type closer struct{ esutil.BulkIndexer }

func (c closer) Close() error { return c.BulkIndexer.Close(context.Background()) }

// heap is how much of it open takes.
func heap(open func() (io.Closer, error)) (string, error) {
	before := live()
	opened, err := open()
	if err != nil {
		return "", err
	}
	after := live()
	return fmt.Sprintf("%.1f MB of heap", float64(max(0, after-before))/1e6), opened.Close()
}

func live() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
