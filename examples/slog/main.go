// Command slog replaces the standard logger: each line has the ids of its span, and the span has each line as an event.
//
//	go run ./examples/slog
package main

import (
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"os"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/spanlog/spanlog/examples/internal/printer"
	"github.com/spanlog/spanlog/slogbridge"
	"github.com/spanlog/spanlog/span"
	"github.com/spanlog/spanlog/span/setup"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	// A service leaves the last two options out: its spans go where the OTEL_* variables say.
	sdk, err := setup.Run(ctx, setup.WithServiceName("checkout"),
		setup.WithExporters("none"), setup.WithSpanProcessor(sdktrace.NewSimpleSpanProcessor(printer.New(out))))
	if err != nil {
		return err
	}
	slog.SetDefault(slog.New(slogbridge.NewHandler(out, nil, nil))) // the arguments of slog.NewJSONHandler, and the policy

	slog.Info("started", "port", 8080) // in no span: a line as ever
	_ = charge(ctx)
	return sdk.Shutdown(ctx)
}

func charge(ctx context.Context) (err error) {
	ctx, s := span.Start(ctx, "charge_payment")
	defer span.End(s, &err) // the error is logged below, and not recorded twice

	slog.InfoContext(ctx, "calling the bank", "amount", 42, slog.Group("card", "brand", "visa", "last4", "0002"))
	slog.InfoContext(ctx, "the bank has answered", "event.name", "bank.answer", "code", 51) // an event with its own name

	bank := slogbridge.With(ctx, slog.Default()).With("attempt", 2).WithGroup("bank") // bound: needs no context any more
	bank.Warn("slow", "took", 170*time.Millisecond)                                   // the ids stay at the root
	err = errors.New("card declined")
	bank.Error("charge refused", "error", err)
	return err
}
