//lint:file-ignore SA5001 README.md leaves the checks of errors to its reader

package readme

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/attribute"
	"go.uber.org/zap"

	"github.com/spanlog/spanlog/elk"
	"github.com/spanlog/spanlog/elk/elktest"
	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/slogbridge"
	"github.com/spanlog/spanlog/span"
	"github.com/spanlog/spanlog/span/setup"
	"github.com/spanlog/spanlog/zapbridge"
	"github.com/spanlog/spanlog/zerologbridge"
)

// The snippets of README.md stand in these functions, line by line; TestSnippets compares them.

func Example_slog() {
	ctx := context.Background()
	existing := slog.New(slog.DiscardHandler)

	// import "github.com/spanlog/spanlog/slogbridge"
	logger := slog.New(slogbridge.NewHandler(os.Stderr, nil, nil)) // slog's JSON lines, plus ids
	logger = slog.New(slogbridge.Wrap(existing.Handler(), nil))    // or around any handler
	logger.InfoContext(ctx, "charged", "amount", 42)
	slogbridge.With(ctx, logger).Info("charged") // bound: no context needed
	std := slogbridge.NewLogLogger(ctx, logger.Handler(), slog.LevelInfo)
	std.Print("from code that knows package log only")
	// Output:
}

func Example_zap() {
	ctx := context.Background()
	existing := zap.NewNop()

	// import "github.com/spanlog/spanlog/zapbridge"
	logger := zap.New(zapbridge.NewCore(os.Stderr, zap.InfoLevel, nil)) // zap's production JSON, plus ids
	logger = zapbridge.Wrap(existing, nil)                              // or around any cores
	logger.Info("charged", zapbridge.Context(ctx), zap.Int("amount", 42))
	zapbridge.With(ctx, logger).Sugar().Infow("charged", "amount", 42)
	// Output:
}

func Example_zerolog() {
	ctx := context.Background()
	existing := zerolog.Nop()

	// import "github.com/spanlog/spanlog/zerologbridge"
	logger := zerologbridge.New(os.Stderr, nil) // zerolog's lines with nanoseconds, plus ids
	logger = zerologbridge.Wrap(existing, nil)  // or around a logger of yours
	logger.Info().Ctx(ctx).Int("amount", 42).Msg("charged")
	bound := zerologbridge.With(ctx, logger)
	bound.Info().Int("amount", 42).Msg("charged")
	// Output:
}

func Example_whole() {
	server, err := elktest.New(elktest.WithLogsTemplate())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	os.Setenv("OTEL_TRACES_EXPORTER", "none")
	defer os.Unsetenv("OTEL_TRACES_EXPORTER")
	dir, err := os.MkdirTemp("", "readme")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	url := server.URL()

	run := func(ctx context.Context) (err error) {
		sdk, err := setup.Run(ctx, setup.WithServiceName("checkout")) // exporters, sampler, … from OTEL_* variables
		defer sdk.Shutdown(context.WithoutCancel(ctx))
		shipper, err := elk.Open(elk.Config{Addresses: []string{url}, Dataset: "checkout", Namespace: "prod", SpoolDir: dir})
		defer shipper.Close()
		p := &events.Policy{Schema: events.ECS, Resource: sdk.Resource.Attributes(), Flush: shipper.Flush}
		slog.SetDefault(slog.New(slogbridge.NewHandler(elk.Tee(os.Stderr, shipper), nil, p)))
		ctx, s := span.Start(ctx, "charge_payment", attribute.String("order.id", "A-1001"))
		defer span.End(s, &err) // the error, or a panic, is on the span

		slog.InfoContext(ctx, "charged", "amount", 42)
		return err
	}
	fmt.Println(run(context.Background()), len(server.Documents("logs-checkout-prod")))
	// Output: <nil> 1
}
