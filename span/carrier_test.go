package span_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/propagation"

	"github.com/spanlog/spanlog/span"
)

func TestCarriersFoldNames(t *testing.T) {
	lists := func() map[string][]string {
		return map[string][]string{"TRACESTATE": {"d"}, "tracestate": {"a"}, "Tracestate": {"b", "c"}, "trace-state": {"x"}, "traceſtate": {"y"}}
	}
	strs := map[string]string{"TRACESTATE": "d", "tracestate": "a", "Tracestate": "b", "trace-state": "x"}
	tests := []struct {
		carrier propagation.TextMapCarrier
		values  string
		written string
	}{
		{span.Header(lists()), "b c d a", "Tracestate"},
		{span.Metadata(lists()), "a d b c", "tracestate"},
		{span.Map(strs), "a d b", "tracestate"},
	}
	for _, tt := range tests {
		for _, name := range []string{"tracestate", "TraceState", "TRACESTATE"} {
			got := tt.carrier.(propagation.ValuesGetter).Values(name)
			if strings.Join(got, " ") != tt.values || tt.carrier.Get(name) != tt.values[:1] {
				t.Errorf("%T: %s: got %q and %q, want %q", tt.carrier, name, got, tt.carrier.Get(name), tt.values)
			}
		}
		tt.carrier.Set("TrAcEsTaTe", "new")
		if got := tt.carrier.(propagation.ValuesGetter).Values("tracestate"); !slices.Equal(got, []string{"new"}) {
			t.Errorf("%T: after Set: got %q", tt.carrier, got)
		}
		if keys := tt.carrier.Keys(); !slices.Contains(keys, tt.written) || !slices.Contains(keys, "trace-state") || !slices.IsSorted(keys) {
			t.Errorf("%T: keys: got %q, want %q among them", tt.carrier, keys, tt.written)
		}
		if got := tt.carrier.Get("missing"); got != "" {
			t.Errorf("%T: missing: got %q", tt.carrier, got)
		}
	}
}

func TestNilCarriersTakeSet(t *testing.T) {
	for _, c := range []propagation.TextMapCarrier{span.Header(nil), span.Metadata(nil), span.Map(nil), (*span.Environ)(nil)} {
		if c.Set("key", "value"); c.Get("key") != "" || len(c.Keys()) != 0 {
			t.Errorf("%T: got %q", c, c.Keys())
		}
		c.(interface{ Delete(string) }).Delete("key")
	}
}

func TestMapTwoSpellingsRestart(t *testing.T) {
	if got := span.Propagator().Extract(t.Context(), span.Map{"traceparent": parent00, "Traceparent": parent00}); got != t.Context() {
		t.Error("a traceparent in two spellings was taken")
	}
}

func TestEnvironNames(t *testing.T) {
	for key, want := range map[string]string{
		"traceparent": "TRACEPARENT", "x-b3-traceid": "X_B3_TRACEID", "a.b c": "A_B_C", "1a": "_1A", "": "_", "é": "_",
	} {
		var e span.Environ
		e.Set(key, "v=1")
		if len(e) != 1 || e[0] != want+"=v=1" || e.Get(key) != "v=1" {
			t.Errorf("%q: got %q, want %s=v=1", key, e, want)
		}
	}
}

func TestEnviron(t *testing.T) {
	given := []string{"PATH=/bin", "TRACEPARENT=old", "traceparent=lower", "=C:=x", "junk", "TRACEPARENT=older", "TRACEPARENTS=x"}
	before := slices.Clone(given)
	e := span.Environ(given)
	if got := e.Get("traceparent"); got != "older" {
		t.Errorf("Get: got %q, want the last", got)
	}
	if got, want := strings.Join(e.Keys(), " "), "PATH TRACEPARENT TRACEPARENTS"; got != want {
		t.Errorf("Keys: got %q, want %q", got, want)
	}
	e.Set("traceparent", "new")
	want := []string{"PATH=/bin", "traceparent=lower", "=C:=x", "junk", "TRACEPARENTS=x", "TRACEPARENT=new"}
	if !slices.Equal(e, want) {
		t.Errorf("Set: got %q, want %q", e, want)
	}
	if !slices.Equal(given, before) {
		t.Errorf("the caller's list changed: %q", given)
	}
	if e.Delete("traceparent"); e.Get("traceparent") != "" {
		t.Errorf("Delete: got %q", e)
	}
}

// A program that is started with the variables continues the trace.
func TestEnvironChild(t *testing.T) {
	if os.Getenv("SPANLOG_TEST_CHILD") != "" {
		env := span.Environ(os.Environ())
		out := span.Environ{}
		p := span.Propagator()
		p.Inject(p.Extract(t.Context(), &env), &out)
		t.Logf("seen:%s", strings.Join(out, "|"))
		return
	}
	p := span.Propagator()
	ctx := p.Extract(t.Context(), span.Map{"traceparent": parent00, "tracestate": "1@=x,a=1", "baggage": "user=1"})
	env := span.Environ(os.Environ())
	p.Inject(ctx, &env)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestEnvironChild$", "-test.v")
	cmd.Env = append(env, "SPANLOG_TEST_CHILD=1")
	got, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, got)
	}
	if want := "seen:TRACEPARENT=" + parent00 + "|TRACESTATE=1@=x,a=1|BAGGAGE=user=1"; !strings.Contains(string(got), want) {
		t.Errorf("got %s, want %s", got, want)
	}
}
