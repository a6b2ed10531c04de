package main

import (
	"bytes"
	"context"
	"testing"

	"github.com/spanlog/spanlog/examples/internal/printer"
)

const want = `{"level":"info","ts":TIME,"msg":"started","port":8080}
{"level":"info","ts":TIME,"msg":"calling the bank","amount":42,"trace_id":"ID1","span_id":"ID2","trace_flags":"01"}
{"level":"warn","ts":TIME,"msg":"slow","attempt":2,"took":0.17,"trace_id":"ID1","span_id":"ID2","trace_flags":"01"}
{"level":"error","ts":TIME,"msg":"charge refused","attempt":2,"bank":{"error":"card declined"},"trace_id":"ID1","span_id":"ID2","trace_flags":"01"}
span ID1 ID2 charge_payment: Error "card declined"
  event "calling the bank" log.severity=INFO amount=42
  event "slow" log.severity=WARN attempt=2 took=170000000
  event "charge refused" log.severity=ERROR attempt=2 bank.error=card declined exception.type=*errors.errorString exception.message=card declined
INFO	calling the bank	{"trace_id": "ID3", "span_id": "ID4", "trace_flags": "01", "amount": 42}
WARN	slow	{"attempt": 2, "trace_id": "ID3", "span_id": "ID4", "trace_flags": "01", "took": 170000000}
ERROR	charge refused	{"attempt": 2, "trace_id": "ID3", "span_id": "ID4", "trace_flags": "01", "bank": {"error": "card declined"}}
span ID3 ID4 charge_payment: Error "card declined"
  event "calling the bank" log.severity=INFO amount=42
  event "slow" log.severity=WARN attempt=2 took=170000000
  event "charge refused" log.severity=ERROR attempt=2 bank.error=card declined exception.type=*errors.errorString exception.message=card declined
`

func TestOutput(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	if got := printer.Normal(out.String()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
