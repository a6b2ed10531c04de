// Command stdlog is for code that only knows package log: its lines get ids, levels and span events through log/slog.
//
//	go run ./examples/stdlog
package main

import (
	"context"
	"io"
	"log"
	"log/slog"
	"os"

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

func run(ctx context.Context, out io.Writer) (err error) {
	// A service leaves the last two options out: its spans go where the OTEL_* variables say.
	sdk, err := setup.Run(ctx, setup.WithServiceName("checkout"),
		setup.WithExporters("none"), setup.WithSpanProcessor(sdktrace.NewSimpleSpanProcessor(printer.New(out))))
	if err != nil {
		return err
	}
	log.SetOutput(out)
	log.SetFlags(0)
	ctx, s := span.Start(ctx, "nightly_job")

	// 1. Lines keep the form of package log; what is logged with a context has ids and is an event.
	slog.SetDefault(slog.New(slogbridge.Wrap(slog.Default().Handler(), nil)))
	slog.InfoContext(ctx, "job started", "files", 3)
	log.Print("package log writes through slog now") // it has no context: a line without ids

	// 2. A logger of package log that is bound to the span, for a library that wants one.
	library := slogbridge.NewLogLogger(ctx, slog.Default().Handler(), slog.LevelWarn)
	library.Printf("retrying file %d", 2)

	// 3. Everything as JSON, package log too. Bound to the span, its lines have the ids as well.
	slog.SetDefault(slogbridge.With(ctx, slog.New(slogbridge.NewHandler(out, nil, nil))))
	log.Print("job done")

	span.End(s, nil)
	return sdk.Shutdown(ctx)
}
