package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"log/slog"
	"regexp"
	"testing"
)

var (
	moment = regexp.MustCompile(`"(time|ts)":("[^"]+"|[0-9.e+]+)`)
	id     = regexp.MustCompile(`\b([0-9a-f]{32}|[0-9a-f]{16})\b`)
)

// normal replaces what differs from run to run: times, and ids by numbers in the order of their first appearance.
func normal(text string) string {
	seen := map[string]string{}
	return id.ReplaceAllStringFunc(moment.ReplaceAllString(text, `"$1":TIME`), func(id string) string {
		if seen[id] == "" {
			seen[id] = fmt.Sprintf("ID%d", len(seen)+1)
		}
		return seen[id]
	})
}

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
	if got := normal(out.String()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
