package setup

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/spanlog/spanlog/internal/spanstate"
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
		resource.WithAttributes(detected(ctx)...),
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
	e.checkResource(err == nil)
	return valid(r)
}

// checkResource notes what the SDK takes in silence.
func (e *settings) checkResource(complete bool) {
	const attributes, service = "OTEL_RESOURCE_ATTRIBUTES", "OTEL_SERVICE_NAME"
	for _, name := range []string{attributes, service} {
		if value := e.get(name); !utf8.ValidString(value) {
			e.wrong(name, value, "is not UTF-8", "what is not is replaced by U+FFFD")
		}
	}
	if value := e.get(attributes); complete && value != "" {
		if err := resourceError(value); err != nil {
			e.failed(attributes, err, "its other attributes are used")
		}
	}
}

func resourceError(attributes string) error {
	place := 0
	for member := range strings.SplitSeq(attributes, ",") {
		place++
		key, value, _ := strings.Cut(member, "=")
		if strings.TrimSpace(key) == "" {
			return fmt.Errorf("attribute %d has no name", place)
		}
		if _, err := url.PathUnescape(value); err != nil {
			return fmt.Errorf("attribute %d has a bad %% escape, which is kept as it is", place)
		}
	}
	return nil
}

// valid replaces what is not UTF-8, for which an exporter would refuse every
// span.
func valid(r *resource.Resource) *resource.Resource {
	all := r.Attributes()
	changed := false
	for i, kv := range all {
		clean := spanstate.ValidAttribute(kv)
		changed = changed || clean.Key != kv.Key || clean.Value.String() != kv.Value.String()
		all[i] = clean
	}
	if !changed {
		return r
	}
	return resource.NewWithAttributes(r.SchemaURL(), all...)
}

// detected is where the process runs, as the SDK's own detectors find it. What
// one of them cannot find is no fault of a setting, and is left out.
func detected(ctx context.Context) (attributes []attribute.KeyValue) {
	r, _ := resource.New(ctx, resource.WithHost(), resource.WithProcessPID(), resource.WithContainerID())
	for _, kv := range r.Attributes() {
		if kv.Key != semconv.ContainerIDKey || isContainerID(kv.Value.AsString()) {
			attributes = append(attributes, kv)
		}
	}
	return attributes
}

// isContainerID sees through the SDK's detector, which takes any control group
// for a container: the session of a login, session-3.scope, for one called 3.
// Docker, containerd, CRI-O and Podman name theirs by 64 digits.
func isContainerID(id string) bool {
	return len(id) == 64 && strings.Trim(id, "0123456789abcdef") == ""
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
