package elk_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/spanlog/spanlog/elk"
	"github.com/spanlog/spanlog/elk/elktest"
)

func ExampleOpen() {
	server, err := elktest.New(elktest.WithLogsTemplate())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()

	shipper, err := elk.Open(elk.Config{Addresses: []string{server.URL()}, Dataset: "checkout", Namespace: "prod", HostName: "web-1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Fprintln(shipper, `{"@timestamp":"2026-11-22T10:00:00Z","message":"charged","amount":42}`)
	if err := shipper.Close(); err != nil {
		fmt.Println(err)
	}
	for _, doc := range server.Documents("logs-checkout-prod") {
		fmt.Println(string(doc.Source))
	}
	// Output:
	// {"event.sequence":1,"data_stream.type":"logs","data_stream.dataset":"checkout","data_stream.namespace":"prod","host.name":"web-1","@timestamp":"2026-11-22T10:00:00Z","message":"charged","amount":42}
}

func ExampleTee() {
	server, err := elktest.New(elktest.WithLogsTemplate())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	shipper, err := elk.Open(elk.Config{Addresses: []string{server.URL()}})
	if err != nil {
		fmt.Println(err)
		return
	}
	tee := elk.Tee(os.Stdout, shipper)
	defer tee.Close()

	withoutTime := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	logger := slog.New(slog.NewJSONHandler(tee, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	logger.Info("charged", "amount", 42)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := shipper.Flush(ctx); err != nil {
		fmt.Println(err)
	}
	fmt.Println(len(server.Documents("logs-generic-default")), "document")
	// Output:
	// {"level":"INFO","msg":"charged","amount":42}
	// 1 document
}
