package setup_test

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/spanlog/spanlog/span/setup"
)

// Two services in one process, each with its own SDK. Without WithExporters
// the spans go where the OTEL_* variables say.
func ExampleNew() {
	ctx := context.Background()
	for _, service := range []string{"shop", "mail"} {
		spans := tracetest.NewSpanRecorder()
		sdk, err := setup.New(ctx,
			setup.WithServiceName(service),
			setup.WithExporters("none"),
			setup.WithSpanProcessor(spans),
		)
		if err != nil {
			fmt.Println(err) // a wrong setting; the SDK works all the same
		}

		_, s := sdk.TracerProvider.Tracer("example").Start(ctx, "send_confirmation")
		s.End()

		sdk.OnShutdown(func(context.Context) error {
			fmt.Println(service, "closes its log shipper")
			return nil
		})
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		if err := sdk.Shutdown(ctx); err != nil {
			fmt.Println(err)
		}
		cancel()

		for _, span := range spans.Ended() {
			name, _ := span.Resource().Set().Value("service.name")
			fmt.Println(name.AsString(), "sent", span.Name())
		}
	}
	// Output:
	// shop closes its log shipper
	// shop sent send_confirmation
	// mail closes its log shipper
	// mail sent send_confirmation
}
