package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/spanlog/spanlog/elk"
	"github.com/spanlog/spanlog/internal/benchmarks/pairs"
)

// The columns of the group cpu.
const (
	gzipFloor     = "gzip + POST"
	gzipSame      = "gzip + POST, same bytes"
	gzipCopied    = "copy + gzip + POST, same bytes"
	gzipOurs      = "elk, gzip"
	gzipSpool     = "elk, gzip, spool"
	gzipTheirs    = "esutil, gzip"
	gzipFiltered  = "esutil, gzip, filter_path"
	plainFloor    = "POST"
	plainCopied   = "copy + POST, same bytes"
	plainOurs     = "elk, plain"
	plainSpool    = "elk, plain, spool"
	plainTheirs   = "esutil, plain"
	plainFiltered = "esutil, plain, filter_path"
)

// recorded are figures of 2026-11-22 for documents of 500 bytes in requests of 1 MB: CPU seconds per million documents,
// allocations per document. They come from another run and are there for orientation only.
var recorded = map[string][2]float64{"go-docappender, gzip": {2.70, 8.1}, "go-docappender, plain": {1.33, 8.1}}

// cpu measures CPU time and allocations per document.
func (b *bench) cpu() error {
	lines := documents(perSample)
	columns, err := b.columns(lines)
	if err != nil {
		return err
	}
	defer func() {
		for _, c := range columns {
			_ = c.close()
		}
	}()
	if err := b.server.behave(behaviour{}); err != nil {
		return err
	}
	bytesOf, err := b.proof(columns, totalOf(lines, 1))
	if err != nil {
		return err
	}
	var failed error
	var measured []pairs.Column
	for _, c := range columns {
		measured = append(measured, pairs.Column{Name: c.name, Call: func() {
			if err := c.ship(); err != nil {
				failed = fmt.Errorf("ship: %s: %w", c.name, err)
			}
		}})
	}
	samples := pairs.Plan{Rounds: b.rounds, Calls: 1, Procs: b.procs}.Measure(measured...)
	if failed != nil {
		return failed
	}
	if err := b.arrived(len(columns)*(b.rounds+1), lines); err != nil {
		return err
	}
	allocs := map[string]float64{}
	for _, c := range columns {
		allocs[c.name] = allocsPerDocument(c)
	}
	b.figures(columns, samples, allocs, bytesOf)
	b.promises(samples, allocs)
	b.samples = &samples
	_, err = b.server.take()
	return err
}

func (b *bench) columns(lines [][]byte) ([]column, error) {
	all, same := bodies(lines, plainAction), sameBytes(lines)
	columns := []column{
		floor(gzipFloor, b.server.url, all, true), floor(gzipSame, b.server.url, same, true), floor(plainFloor, b.server.url, all, false),
		copied(gzipCopied, b.server.url, lines, true), copied(plainCopied, b.server.url, lines, false),
	}
	add := func(c column, err error) error {
		columns = append(columns, c)
		return err
	}
	for _, make := range []func() (column, error){
		func() (column, error) { return ours(gzipOurs, config(b.server.url), lines) },
		func() (column, error) { return ours(plainOurs, plain(b.server.url), lines) },
		func() (column, error) { return ours(gzipSpool, b.spool(config(b.server.url)), lines) },
		func() (column, error) { return ours(plainSpool, b.spool(plain(b.server.url)), lines) },
		func() (column, error) { return theirs(gzipTheirs, b.server.url, lines, true, false) },
		func() (column, error) { return theirs(gzipFiltered, b.server.url, lines, true, true) },
		func() (column, error) { return theirs(plainTheirs, b.server.url, lines, false, false) },
		func() (column, error) { return theirs(plainFiltered, b.server.url, lines, false, true) },
	} {
		if err := add(make()); err != nil {
			return nil, err
		}
	}
	return columns, nil
}

// spool gives a configuration a spool in a folder of the run. Several shippers may share it.
func (b *bench) spool(c elk.Config) elk.Config {
	c.SpoolDir = filepath.Join(b.folder, "spool")
	return c
}

// proof ships with each column once, and returns the bytes it sent for a document. It is an error to deliver anything but
// every line, once and unchanged.
func (b *bench) proof(columns []column, want total) (map[string]float64, error) {
	if _, err := b.server.take(); err != nil {
		return nil, err
	}
	sent := map[string]float64{}
	for _, c := range columns {
		if err := c.ship(); err != nil {
			return nil, fmt.Errorf("ship: %s: %w", c.name, err)
		}
		got, err := b.server.take()
		if err != nil {
			return nil, err
		}
		if err := got.check(want); err != nil {
			return nil, fmt.Errorf("ship: %s: %w", c.name, err)
		}
		sent[c.name] = float64(got.Bytes) / float64(got.Documents)
	}
	return sent, nil
}

// arrived asks whether all the lines that were measured arrived, n times each.
func (b *bench) arrived(n int, lines [][]byte) error {
	got, err := b.server.take()
	if err != nil {
		return err
	}
	want := totalOf(lines, 1)
	want.Documents, want.Sum = want.Documents*n, want.Sum*uint64(n)
	return got.check(want)
}

// allocsPerDocument is the least of five: what else the process does only adds.
func allocsPerDocument(c column) float64 {
	var least []float64
	for range 5 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := c.ship(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		runtime.ReadMemStats(&after)
		least = append(least, float64(after.Mallocs-before.Mallocs)/perSample)
	}
	return slices.Min(least)
}

func (b *bench) figures(columns []column, s pairs.Samples, allocs, sent map[string]float64) {
	const group = "CPU per million documents of 500 bytes"
	for _, c := range columns {
		seconds := s.Median(c.name) / perSample / 1e3
		b.add(row{Group: group, Name: c.name, Value: seconds,
			Text: fmt.Sprintf("%.2f s, %.2f allocations and %.0f bytes sent for each", seconds, allocs[c.name], sent[c.name])})
	}
	for _, name := range []string{"go-docappender, gzip", "go-docappender, plain"} {
		b.add(row{Group: group, Name: name, Value: recorded[name][0], Text: fmt.Sprintf("%.2f s, %.1f allocations: recorded 2026-11-22, not of this run", recorded[name][0], recorded[name][1])})
	}
}

func (b *bench) promises(s pairs.Samples, allocs map[string]float64) {
	const group = "CPU and allocations"
	ratio := func(of, over string) row {
		i := s.Ratio(of, over)
		return row{Group: group, Name: of + " / " + over, Value: i.Median, Low: i.Low, High: i.High, Text: i.String()}
	}
	b.add(ratio(gzipOurs, gzipFloor).atMost(1.3, "<= 1.3"))
	b.add(ratio(gzipCopied, gzipFloor))
	b.add(ratio(gzipOurs, gzipSame))
	b.add(ratio(gzipOurs, gzipCopied))
	b.add(ratio(gzipSpool, gzipFloor).atMost(1.6, "<= 1.6"))
	b.add(ratio(gzipSpool, gzipOurs))
	b.add(ratio(plainOurs, plainFloor).atMost(1.5, "<= 1.5"))
	b.add(ratio(plainCopied, plainFloor))
	b.add(ratio(plainOurs, plainCopied))
	b.add(ratio(plainSpool, plainOurs))
	b.add(ratio(gzipTheirs, gzipOurs).atLeast(4, ">= 4"))
	b.add(ratio(gzipFiltered, gzipOurs))
	b.add(ratio(plainTheirs, plainOurs))
	b.add(ratio(plainFiltered, plainOurs))
	for _, name := range []string{gzipOurs, plainOurs, gzipSpool} {
		n := allocs[name]
		b.add(row{Group: group, Name: name + ": allocations for a document", Value: n, Text: fmt.Sprintf("%.3f", n)}.atMost(0.1, "<= 0.1"))
	}
}
