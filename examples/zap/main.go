// Command zap shows both ways to join zap with tracing: a core of ours, and a wrapper around the logger that is there.
//
//	go run ./examples/zap
package main

import (
	"context"
	"errors"
	"io"
	"log"
	"os"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/examples/internal/printer"
	"github.com/spanlog/spanlog/span"
	"github.com/spanlog/spanlog/span/setup"
	"github.com/spanlog/spanlog/zapbridge"
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
	logger := zap.New(zapbridge.NewCore(out, zap.InfoLevel, nil)) // lines as zap.NewProduction has them
	logger.Info("started", zap.Int("port", 8080))                 // in no span: a line as ever
	_ = charge(ctx, logger)

	format := zapcore.EncoderConfig{LevelKey: "level", MessageKey: "msg", EncodeLevel: zapcore.CapitalLevelEncoder}
	existing := zap.New(zapcore.NewCore(zapcore.NewConsoleEncoder(format), zapcore.AddSync(out), zap.InfoLevel))
	_ = charge(ctx, zapbridge.Wrap(existing, nil)) // its cores, encoders and samplers decide as before
	return sdk.Shutdown(ctx)
}

func charge(ctx context.Context, logger *zap.Logger) (err error) {
	ctx, s := span.Start(ctx, "charge_payment")
	defer span.End(s, &err) // the error is logged below, and not recorded twice

	logger.Info("calling the bank", zapbridge.Context(ctx), zap.Int("amount", 42)) // one field carries the context

	bank := zapbridge.With(ctx, logger).With(zap.Int("attempt", 2)) // bound: needs no context any more
	bank.Sugar().Warnw("slow", "took", 170*time.Millisecond)
	err = errors.New("card declined")
	bank.With(zap.Namespace("bank")).Error("charge refused", zap.Error(err)) // the ids stay at the root
	return err
}
