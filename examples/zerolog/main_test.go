package main

import (
	"bytes"
	"context"
	"testing"

	"github.com/spanlog/spanlog/examples/internal/printer"
)

const want = `{"level":"info","port":8080,"time":TIME,"message":"started"}
{"level":"info","amount":42,"card":{"brand":"visa","last4":"0002"},"time":TIME,"trace_id":"ID1","span_id":"ID2","trace_flags":"01","message":"calling the bank"}
{"level":"warn","attempt":2,"took":170,"time":TIME,"trace_id":"ID1","span_id":"ID2","trace_flags":"01","message":"slow"}
{"level":"error","attempt":2,"error":"card declined","time":TIME,"trace_id":"ID1","span_id":"ID2","trace_flags":"01","message":"charge refused"}
span ID1 ID2 charge_payment: Error "card declined"
  event "calling the bank" log.severity=INFO amount=42 card.brand=visa card.last4=0002
  event "slow" log.severity=WARN attempt=2 took=170
  event "charge refused" log.severity=ERROR attempt=2 error=card declined exception.message=card declined
{"level":"info","app":"shop","amount":42,"card":{"brand":"visa","last4":"0002"},"trace_id":"ID3","span_id":"ID4","trace_flags":"01","message":"calling the bank"}
{"level":"warn","app":"shop","attempt":2,"took":170,"trace_id":"ID3","span_id":"ID4","trace_flags":"01","message":"slow"}
{"level":"error","app":"shop","attempt":2,"error":"card declined","trace_id":"ID3","span_id":"ID4","trace_flags":"01","message":"charge refused"}
span ID3 ID4 charge_payment: Error "card declined"
  event "calling the bank" log.severity=INFO app=shop amount=42 card.brand=visa card.last4=0002
  event "slow" log.severity=WARN app=shop attempt=2 took=170
  event "charge refused" log.severity=ERROR app=shop attempt=2 error=card declined exception.message=card declined
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
