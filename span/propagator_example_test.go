package span_test

import (
	"context"
	"fmt"

	"github.com/spanlog/spanlog/span"
)

// A message broker knows nothing of traces: the headers of its messages carry them.
func ExamplePropagator() {
	p := span.Propagator()
	received := span.Map{
		"TraceParent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
		"TraceState":  "acme=7,acme=8, 1@2=x",
	}
	ctx := p.Extract(context.Background(), received)

	sent := span.Map{}
	p.Inject(ctx, sent)
	for _, name := range sent.Keys() {
		fmt.Printf("%s: %s\n", name, sent[name])
	}
	// Output:
	// traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
	// tracestate: acme=7,1@2=x
}

func ExampleEnviron() {
	env := span.Environ{"PATH=/bin"} // os.Environ()
	ctx := span.Propagator().Extract(context.Background(), span.Map{
		"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
		"baggage":     "build.id=42",
	})
	span.Propagator().Inject(ctx, &env) // cmd.Env = env
	for _, line := range env {
		fmt.Println(line)
	}
	// Output:
	// PATH=/bin
	// TRACEPARENT=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
	// BAGGAGE=build.id=42
}
