// Command zerolog shows both ways to join zerolog with tracing: a logger of ours, and a hook on the logger that is there.
//
//	go run ./examples/zerolog
package main

import (
	"context"
	"errors"
	"io"
	"log"
	"os"
	"time"

	"github.com/rs/zerolog"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/spanlog/spanlog/examples/internal/printer"
	"github.com/spanlog/spanlog/span"
	"github.com/spanlog/spanlog/span/setup"
	"github.com/spanlog/spanlog/zerologbridge"
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
	base := zerologbridge.New(out, nil)
	base.Info().Int("port", 8080).Msg("started") // in no span: a line as ever
	_ = charge(ctx, base)

	existing := zerolog.New(out).With().Str("app", "shop").Logger()
	_ = charge(ctx, zerologbridge.Wrap(existing, nil)) // wrap last: hooks that come later are not seen
	return sdk.Shutdown(ctx)
}

func charge(ctx context.Context, base zerolog.Logger) (err error) {
	ctx, s := span.Start(ctx, "charge_payment")
	defer span.End(s, &err)

	card := zerolog.Dict().Str("brand", "visa").Str("last4", "0002")
	base.Info().Ctx(ctx).Int("amount", 42).Dict("card", card).Msg("calling the bank") // the event carries the context

	bank := zerologbridge.With(ctx, base).With().Int("attempt", 2).Logger() // bound: needs no .Ctx any more
	bank.Warn().Dur("took", 170*time.Millisecond).Msg("slow")
	err = errors.New("card declined")
	bank.Error().Err(err).Msg("charge refused")
	return err
}
