package tracing

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spanlog/spanlog/internal/e2e/server"
	"github.com/spanlog/spanlog/span"
	"github.com/spanlog/spanlog/span/setup"
)

// childVariable makes this test binary the child.
const childVariable = "SPANLOG_E2E_CHILD"

// childSpans are ended before the signal comes: less than the queue holds. One more is ended after it.
const childSpans = 1500

// child is a service as a program of its own would be: spans wait in the queue until SIGTERM, then Shutdown sends them.
func child() (exit int) {
	ctx, stop := setup.NotifyContext(context.Background())
	defer stop()
	sdk, err := setup.Run(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	rootCtx, root := span.Start(ctx, "serve")
	for range childSpans {
		_, s := span.Start(rootCtx, "request")
		span.End(s, nil)
	}
	fmt.Println(root.SpanContext().TraceID())
	<-ctx.Done()
	span.End(root, nil)
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	if err := sdk.Shutdown(stopping); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func TestTerminated(t *testing.T) {
	jaeger := server.RunJaeger(t)
	for _, protocol := range []string{"grpc", "http/protobuf"} {
		t.Run(protocol, func(t *testing.T) {
			setEnvironment(t, map[string]string{
				childVariable:                 "1",
				"OTEL_EXPORTER_OTLP_ENDPOINT": choose(protocol, jaeger.GRPC, jaeger.HTTP),
				"OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
				"OTEL_SERVICE_NAME":           "child",
				// Nothing is sent before the end.
				"OTEL_BSP_SCHEDULE_DELAY":        "3600000",
				"OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "2048",
			})
			id := terminate(t, func(id string) {
				if early := len(readBack(t, jaeger.URL, id)); early != 0 {
					t.Errorf("%d spans were sent before the signal", early)
				}
			})
			if got := len(readBack(t, jaeger.URL, id)); got != childSpans+1 {
				t.Errorf("Jaeger has %d spans, want %d", got, childSpans+1)
			}
		})
	}
}

// terminate runs the child until it has printed its trace's id, calls before, and ends the child with SIGTERM.
func terminate(t *testing.T, before func(id string)) (id string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	id = strings.TrimSpace(line)
	if err == nil {
		before(id)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if waited := cmd.Wait(); err != nil || waited != nil {
		t.Fatalf("the child: %v, %v\n%s", err, waited, stderr.String())
	}
	return id
}
