package setup

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// resource merges, each winning over those before it: what the process knows
// of itself, OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME, WithResource,
// WithServiceName. The SDK's own resource.Default reads the environment once
// per process, which would not do for several SDKs.
func (e *settings) resource(ctx context.Context, c config) *resource.Resource {
	last := c.attributes
	if c.serviceName != "" {
		last = append(last[:len(last):len(last)], semconv.ServiceName(c.serviceName))
	}
	r, err := resource.New(ctx,
		resource.WithAttributes(processAttributes()...),
		resource.WithTelemetrySDK(),
		resource.WithFromEnv(),
		resource.WithAttributes(last...),
	)
	if err != nil {
		e.failed("OTEL_RESOURCE_ATTRIBUTES", err, "its other attributes are used")
	}
	if r == nil {
		return resource.Empty()
	}
	return r
}

func processAttributes() []attribute.KeyValue {
	attributes := []attribute.KeyValue{
		semconv.ServiceName(defaultServiceName()),
		semconv.ServiceInstanceID(newUUID()),
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		if v := mainVersion(info); v != "" {
			attributes = append(attributes, semconv.ServiceVersion(v))
		}
	}
	return attributes
}

// defaultServiceName is the specification's: unknown_service:<executable>.
func defaultServiceName() string {
	path, err := os.Executable()
	if err != nil {
		return "unknown_service:go"
	}
	return "unknown_service:" + filepath.Base(path)
}

// mainVersion is "" for a build that carries no version, such as a test.
func mainVersion(info *debug.BuildInfo) string {
	if info.Main.Version == "(devel)" {
		return ""
	}
	return info.Main.Version
}

// newUUID returns a random UUID, version 4 of RFC 9562.
func newUUID() string {
	var b [16]byte
	// Never fails: crypto/rand ends the program instead.
	_, _ = rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
