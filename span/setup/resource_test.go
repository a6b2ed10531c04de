package setup

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/slogbridge"
)

func attributesOf(s *SDK) map[string]string {
	m := map[string]string{}
	for _, kv := range s.Resource.Attributes() {
		m[string(kv.Key)] = kv.Value.String()
	}
	return m
}

func TestResource(t *testing.T) {
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	hostname, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		env     []string
		options []Option
		want    map[string]string
	}{
		{
			name: "defaults",
			want: map[string]string{
				"service.name":           "unknown_service:" + filepath.Base(executable),
				"telemetry.sdk.name":     "opentelemetry",
				"telemetry.sdk.language": "go",
				"host.name":              hostname,
				"process.pid":            strconv.Itoa(os.Getpid()),
			},
		},
		{
			name: "attributes of the environment",
			env:  []string{"OTEL_RESOURCE_ATTRIBUTES=service.name=a,service.instance.id=pod-1,deployment.environment.name=pr%20od"},
			want: map[string]string{"service.name": "a", "service.instance.id": "pod-1", "deployment.environment.name": "pr od"},
		},
		{
			name: "what is detected gives way to the environment",
			env:  []string{"OTEL_RESOURCE_ATTRIBUTES=host.name=h,process.pid=1,container.id=c,telemetry.sdk.name=mine"},
			want: map[string]string{"host.name": "h", "process.pid": "1", "container.id": "c", "telemetry.sdk.name": "mine"},
		},
		{
			name: "service name wins over attributes",
			env:  []string{"OTEL_RESOURCE_ATTRIBUTES=service.name=a", "OTEL_SERVICE_NAME=b"},
			want: map[string]string{"service.name": "b"},
		},
		{
			name:    "WithResource wins over the environment",
			env:     []string{"OTEL_RESOURCE_ATTRIBUTES=k=a", "OTEL_SERVICE_NAME=b"},
			options: []Option{WithResource(attribute.String("service.name", "c"), attribute.Int("k", 1)), WithResource(attribute.Int("k", 2))},
			want:    map[string]string{"service.name": "c", "k": "2"},
		},
		{
			name:    "WithServiceName wins over everything",
			env:     []string{"OTEL_SERVICE_NAME=b"},
			options: []Option{WithServiceName("d"), WithResource(attribute.String("service.name", "c"))},
			want:    map[string]string{"service.name": "d"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			environment(t, tt.env...)
			sdk, recorder := quiet(t, tt.options...)
			got := attributesOf(sdk)
			for key, want := range tt.want {
				if got[key] != want {
					t.Errorf("%s: got %q, want %q", key, got[key], want)
				}
			}
			if got["telemetry.sdk.version"] == "" {
				t.Error("no telemetry.sdk.version")
			}
			_, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "s")
			s.End()
			if !recorder.Ended()[0].Resource().Equal(sdk.Resource) {
				t.Errorf("the span's resource is %v, the SDK's %v", recorder.Ended()[0].Resource(), sdk.Resource)
			}
		})
	}
}

// Each SDK reads the environment anew.
func TestResourceIsNotCached(t *testing.T) {
	for _, name := range []string{"first", "second"} {
		environment(t, "OTEL_SERVICE_NAME="+name)
		sdk, _ := quiet(t)
		if got := attributesOf(sdk)["service.name"]; got != name {
			t.Errorf("got %q, want %q", got, name)
		}
	}
}

func TestInstanceID(t *testing.T) {
	environment(t)
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for range 50 {
		id := newUUID()
		if !form.MatchString(id) || seen[id] {
			t.Fatalf("got %q, want a new UUID of version 4", id)
		}
		seen[id] = true
	}
	sdk, _ := quiet(t)
	if got := attributesOf(sdk)["service.instance.id"]; !form.MatchString(got) {
		t.Errorf("service.instance.id: got %q", got)
	}
}

func TestMainVersion(t *testing.T) {
	for version, want := range map[string]string{"": "", "(devel)": "", "v1.2.3": "v1.2.3"} {
		info := &debug.BuildInfo{Main: debug.Module{Version: version}}
		if got := mainVersion(info); got != want {
			t.Errorf("%q: got %q, want %q", version, got, want)
		}
	}
}

// The SDK's detector takes any control group for a container.
func TestContainerID(t *testing.T) {
	id := strings.Repeat("0123456789abcdef", 4)
	for text, want := range map[string]bool{id: true, "": false, "3": false, id[:32]: false, id + "0": false, strings.ToUpper(id): false} {
		if got := isContainerID(text); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
	for _, kv := range detected(t.Context()) {
		if kv.Key == "container.id" && !isContainerID(kv.Value.AsString()) {
			t.Errorf("got container.id %q", kv.Value.AsString())
		}
	}
}

// A line that is given the SDK's resource says what its span says.
func TestLinesCarryTheResourceOfTheSpans(t *testing.T) {
	environment(t, "OTEL_RESOURCE_ATTRIBUTES=team=a%20b,service.version=1.2")
	sdk, recorder := quiet(t, WithServiceName("shop"))
	var out lines
	logger := slog.New(slogbridge.NewHandler(&out, nil, &events.Policy{Resource: sdk.Resource.Attributes()}))
	ctx, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "s")
	logger.InfoContext(ctx, "charged")
	s.End()
	var line map[string]any
	if err := json.Unmarshal([]byte(out.all()[0]), &line); err != nil {
		t.Fatal(err)
	}
	all := recorder.Ended()[0].Resource().Attributes()
	for _, kv := range all {
		if got := fmt.Sprint(line[string(kv.Key)]); got != kv.Value.String() {
			t.Errorf("%s: the line has %s, the span %s", kv.Key, got, kv.Value.String())
		}
	}
	if len(all) < 8 {
		t.Errorf("the resource has %d attributes only", len(all))
	}
}
