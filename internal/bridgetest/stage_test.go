package bridgetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/events"
)

// stage is one flavour's logger inside a recording span, with what came out of both.
type stage struct {
	logger
	t        *testing.T
	flavour  flavour
	row      string
	out      *output
	spy      *spy
	recorder *tracetest.SpanRecorder
	tracer   trace.Tracer
	ctx      context.Context
	span     trace.Span
	last     object // the line that wantHidden has looked at
}

// setting is what a row may ask for; the zero value is the defaults.
type setting struct {
	policy  *events.Policy
	clock   func() time.Time
	sampler sdk.Sampler // nil: every span is sampled
	source  bool        // the place of the call is logged
	away    bool        // a sampler lets one call through, and no more
	raises  bool        // the loggers' level panics when it is asked
	watcher sdk.SpanProcessor
	latter  *events.Policy // of a second output; nil: policy
	gap     func()         // called between the first output and the second
}

func newStage(t *testing.T, fl flavour, row string, set setting) *stage {
	s := &stage{t: t, flavour: fl, row: row, out: &output{}, spy: &spy{}, recorder: tracetest.NewSpanRecorder()}
	if set.sampler == nil {
		set.sampler = sdk.AlwaysSample()
	}
	all := []sdk.TracerProviderOption{sdk.WithSampler(set.sampler), sdk.WithSpanProcessor(s.recorder)}
	if set.watcher != nil {
		all = append(all, sdk.WithSpanProcessor(set.watcher))
	}
	provider := sdk.NewTracerProvider(all...)
	s.tracer = provider.Tracer("bridgetest")
	s.ctx, s.span = s.tracer.Start(context.Background(), "stage")
	t.Cleanup(func() { s.span.End() })
	second := &output{}
	s.logger = fl.make(s.out, options{policy: set.policy, clock: set.clock, spy: s.spy, second: second, source: set.source, away: set.away, raises: set.raises, latter: set.latter, gap: set.gap})
	t.Cleanup(func() { s.read(second, parse) }) // what is wrong with the lines of a second output fails the row, too
	return s
}

// want returns what the row expects of this flavour: the contract's answer, or that of the table of deviations.
func (s *stage) want(contract any) any {
	if d := deviationOf(s.flavour, s.row); d != nil {
		return d.want
	}
	return contract
}

// info logs one call at Info in the stage's span.
func (s *stage) info(message string, fields ...field) { s.log(s.ctx, 0, message, fields...) }

// lines returns all lines since it was asked last, each read strictly.
func (s *stage) lines() (all []object) {
	s.t.Helper()
	if s.flavour.read != nil {
		return s.read(s.out, s.flavour.read)
	}
	return s.read(s.out, parse)
}

func (s *stage) read(out *output, reader func(string) (object, error)) (all []object) {
	s.t.Helper()
	for _, text := range out.take() {
		o, err := reader(text)
		if err != nil {
			s.t.Error(err)
			continue
		}
		all = append(all, o)
	}
	return all
}

// line returns the one line since it was asked last.
func (s *stage) line() object {
	s.t.Helper()
	all := s.lines()
	if len(all) != 1 {
		s.t.Fatalf("got %d lines, want 1: %v", len(all), all)
	}
	return all[0]
}

// message is the message of a line, under whatever name.
func message(line object) string {
	for _, key := range []string{"msg", "message", "text"} {
		if v, there := line[key]; there {
			return fmt.Sprint(v)
		}
	}
	return ""
}

func wantMessage(t *testing.T, line object, want string) {
	t.Helper()
	if got := message(line); got != want {
		t.Errorf("got the message %q, want %q in %v", got, want, line)
	}
}

// end ends the stage's span and returns what was recorded of it.
func (s *stage) end() sdk.ReadOnlySpan {
	s.t.Helper()
	return s.ended(s.span)
}

func (s *stage) ended(span trace.Span) sdk.ReadOnlySpan {
	s.t.Helper()
	span.End()
	for _, ro := range s.recorder.Ended() {
		if ro.SpanContext().Equal(span.SpanContext()) {
			return ro
		}
	}
	s.t.Fatal("the span was not recorded")
	return nil
}

// event ends the span and returns its one event.
func (s *stage) event() event {
	s.t.Helper()
	all := s.end().Events()
	if len(all) != 1 {
		s.t.Fatalf("got %d events, want 1: %v", len(all), all)
	}
	return readEvent(s.t, all[0])
}

// event is a span event with its attributes by key.
type event struct {
	sdk.Event
	attrs map[string]any
}

func readEvent(t *testing.T, e sdk.Event) event {
	t.Helper()
	return event{e, readAttributes(t, e.Attributes)}
}

// readAttributes fails where a key stands twice.
func readAttributes(t *testing.T, kvs []attribute.KeyValue) map[string]any {
	t.Helper()
	attrs := map[string]any{}
	for _, kv := range kvs {
		if _, twice := attrs[string(kv.Key)]; twice {
			t.Errorf("the attribute %q stands twice", kv.Key)
		}
		attrs[string(kv.Key)] = kv.Value.AsInterface()
	}
	return attrs
}
