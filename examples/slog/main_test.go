package main

import (
	"bytes"
	"context"
	"log"
	"log/slog"
	"testing"

	"github.com/spanlog/spanlog/examples/internal/printer"
)

const want = `{"time":TIME,"level":"INFO","msg":"started","port":8080}
{"time":TIME,"level":"INFO","msg":"calling the bank","trace_id":"ID1","span_id":"ID2","trace_flags":"01","amount":42,"card":{"brand":"visa","last4":"0002"}}
{"time":TIME,"level":"INFO","msg":"the bank has answered","trace_id":"ID1","span_id":"ID2","trace_flags":"01","event.name":"bank.answer","code":51}
{"time":TIME,"level":"WARN","msg":"slow","trace_id":"ID1","span_id":"ID2","trace_flags":"01","attempt":2,"bank":{"took":170000000}}
{"time":TIME,"level":"ERROR","msg":"charge refused","trace_id":"ID1","span_id":"ID2","trace_flags":"01","attempt":2,"bank":{"error":"card declined"}}
span ID1 ID2 charge_payment: Error "card declined"
  event "calling the bank" log.severity=INFO amount=42 card.brand=visa card.last4=0002
  event "bank.answer" log.severity=INFO code=51
  event "slow" log.severity=WARN attempt=2 bank.took=170000000
  event "charge refused" log.severity=ERROR attempt=2 bank.error=card declined exception.type=*errors.errorString exception.message=card declined
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
