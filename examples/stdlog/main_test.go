package main

import (
	"bytes"
	"context"
	"log"
	"log/slog"
	"testing"

	"github.com/spanlog/spanlog/examples/internal/printer"
)

const want = `INFO job started files=3 trace_id=ID1 span_id=ID2 trace_flags=01
INFO package log writes through slog now
WARN retrying file 2 trace_id=ID1 span_id=ID2 trace_flags=01
{"time":TIME,"level":"INFO","msg":"job done","trace_id":"ID1","span_id":"ID2","trace_flags":"01"}
span ID1 ID2 nightly_job: Unset ""
  event "job started" log.severity=INFO files=3
  event "retrying file 2" log.severity=WARN
  event "job done" log.severity=INFO
`

func TestOutput(t *testing.T) {
	before, writer, flags := slog.Default(), log.Writer(), log.Flags()
	t.Cleanup(func() {
		slog.SetDefault(before)
		log.SetOutput(writer)
		log.SetFlags(flags)
	})
	var out bytes.Buffer
	if err := run(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	if got := printer.Normal(out.String()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
