package main

import (
	"context"
	"net"
	"time"

	"github.com/elastic/go-elasticsearch/v8/esutil"

	"github.com/spanlog/spanlog/elk"
)

const (
	writesPerRun = 10_000
	writesEvery  = 200 * time.Microsecond // 5,000 a second
	slowAnswer   = 200 * time.Millisecond
	writeLimit   = 100 * time.Microsecond
)

// writer is one situation in which lines are written.
type writer struct {
	name    string
	promise bool
	delay   time.Duration                                              // of the server
	open    func() (write func([]byte) error, close func(), err error) // a new one for each run
}

// write measures the time of a Write. The runs of all situations take turns, and what counts is the median over the runs:
// one in which another process has taken the core says nothing.
func (b *bench) write() error {
	const group = "Time of one Write, 5,000 a second"
	lines := documents(writesPerRun)
	writers, err := b.writers()
	if err != nil {
		return err
	}
	runs := make([][]latency, len(writers))
	for range max(1, b.rounds/10) {
		for i, w := range writers {
			if err := b.server.behave(behaviour{Delay: w.delay}); err != nil {
				return err
			}
			l, err := w.run(lines)
			if err != nil {
				return err
			}
			runs[i] = append(runs[i], l)
		}
	}
	for i, w := range writers {
		l := median(runs[i])
		r := row{Group: group, Name: w.name, Value: float64(l.p999) / 1e3, Text: l.String()}
		if w.promise {
			r = r.below(float64(writeLimit)/1e3, "p99.9 < 100 µs")
		}
		b.add(r)
	}
	_, err = b.server.take()
	return err
}

func (w writer) run(lines [][]byte) (latency, error) {
	write, end, err := w.open()
	if err != nil {
		return latency{}, err
	}
	defer end()
	times := make([]time.Duration, len(lines))
	next := time.Now()
	for i, line := range lines {
		next = next.Add(writesEvery)
		time.Sleep(time.Until(next))
		before := time.Now()
		if err := write(line); err != nil {
			return latency{}, err
		}
		times[i] = time.Since(before)
	}
	return latencyOf(times), nil
}

func (b *bench) writers() ([]writer, error) {
	down, err := closedPort()
	if err != nil {
		return nil, err
	}
	return []writer{
		{name: "copy", open: openCopy},
		{name: "elk, server fast", promise: true, open: openElk(config(b.server.url))},
		{name: "elk, server slow (200 ms)", promise: true, delay: slowAnswer, open: openElk(config(b.server.url))},
		{name: "elk, server down", promise: true, open: openElk(config(down))},
		{name: "elk, server down, ring full", promise: true, open: openElk(small(config(down)))},
		{name: "elk, spool, server fast", promise: true, open: b.openNew(b.spool(config(b.server.url)))},
		{name: "elk, spool, server slow (200 ms)", promise: true, delay: slowAnswer, open: b.openNew(b.spool(config(b.server.url)))},
		{name: "elk, spool, server down", promise: true, open: b.openNew(b.spool(config(down)))},
		{name: "elk, spool, disk full, server down", promise: true, open: b.openFull(b.spool(config(down)))},
		{name: "elk, spool, disk and ring full, server down", promise: true, open: b.openFull(small(b.spool(config(down))))},
		{name: "esutil, server slow (200 ms)", delay: slowAnswer, open: openIndexer(b.server.url)},
	}, nil
}

// small has a ring that is full after some hundred lines.
func small(c elk.Config) elk.Config {
	c.RingBytes, c.MaxLineBytes = 256<<10, 64<<10
	return c
}

// closedPort is an address that refuses connections.
func closedPort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return "http://" + l.Addr().String(), l.Close()
}

// openCopy is the machine alone.
func openCopy() (func([]byte) error, func(), error) {
	room := make([]byte, documentBytes)
	return func(line []byte) error { copy(room, line); return nil }, func() {}, nil
}

func openElk(c elk.Config) func() (func([]byte) error, func(), error) {
	return func() (func([]byte) error, func(), error) {
		c.CloseTimeout = time.Millisecond // a server that is down is not waited for
		shipper, err := elk.Open(c)
		if err != nil {
			return nil, nil, err
		}
		write := func(line []byte) error { _, err := shipper.Write(line); return err }
		return write, func() { _ = shipper.Close() }, nil
	}
}

func openIndexer(server string) func() (func([]byte) error, func(), error) {
	return func() (func([]byte) error, func(), error) {
		indexer, err := newIndexer(server, true, false, 1)
		if err != nil {
			return nil, nil, err
		}
		ctx := context.Background()
		write := func(line []byte) error {
			return indexer.Add(ctx, esutil.BulkIndexerItem{Action: "create", Body: newBody(line)})
		}
		return write, func() { _ = indexer.Close(ctx) }, nil
	}
}
