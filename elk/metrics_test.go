package elk

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/embedded"
	"go.opentelemetry.io/otel/metric/noop"
)

// fakeMeter keeps what a meter is told.
type fakeMeter struct {
	embedded.Registration
	fail  error
	panic bool

	mu           sync.Mutex
	units        map[string]string
	callback     metric.Callback
	durations    map[string]int // by attributes
	unregistered int
}

func newFakeMeter() *fakeMeter {
	return &fakeMeter{units: map[string]string{}, durations: map[string]int{}}
}

// provider has one meter, whatever its name.
type provider struct {
	noop.MeterProvider
	meter *fakeMeter
}

func (p provider) Meter(string, ...metric.MeterOption) metric.Meter { return meter{fake: p.meter} }

type meter struct {
	noop.Meter
	fake *fakeMeter
}

type counter struct {
	noop.Int64ObservableCounter
	name string
}

type upDown struct {
	noop.Int64ObservableUpDownCounter
	name string
}

func (m meter) Int64ObservableCounter(name string, o ...metric.Int64ObservableCounterOption) (metric.Int64ObservableCounter, error) {
	c := metric.NewInt64ObservableCounterConfig(o...)
	return counter{name: name}, m.fake.made(name, c.Unit(), c.Description())
}

func (m meter) Int64ObservableUpDownCounter(name string, o ...metric.Int64ObservableUpDownCounterOption) (metric.Int64ObservableUpDownCounter, error) {
	c := metric.NewInt64ObservableUpDownCounterConfig(o...)
	return upDown{name: name}, m.fake.made(name, c.Unit(), c.Description())
}

func (m meter) Float64Histogram(name string, o ...metric.Float64HistogramOption) (metric.Float64Histogram, error) {
	c := metric.NewFloat64HistogramConfig(o...)
	return histogram{fake: m.fake}, m.fake.made(name, c.Unit(), c.Description())
}

func (f *fakeMeter) made(name, unit, description string) error {
	if f.panic {
		panic("no")
	}
	if description == "" {
		return errors.New("no description")
	}
	f.units[name] = unit
	return f.fail
}

type histogram struct {
	noop.Float64Histogram
	fake *fakeMeter
}

func (h histogram) Record(_ context.Context, seconds float64, o ...metric.RecordOption) {
	h.fake.mu.Lock()
	defer h.fake.mu.Unlock()
	if seconds >= 0 {
		set := metric.NewRecordConfig(o).Attributes()
		h.fake.durations[set.Encoded(attribute.DefaultEncoder())]++
	}
}

func (m meter) RegisterCallback(f metric.Callback, _ ...metric.Observable) (metric.Registration, error) {
	m.fake.callback = f
	return m.fake, nil
}

func (f *fakeMeter) Unregister() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.unregistered++
	return nil
}

// observer collects values by name and attributes.
type observer struct {
	embedded.Observer
	values map[string]int64
}

func (o observer) ObserveFloat64(metric.Float64Observable, float64, ...metric.ObserveOption) {}

func (o observer) ObserveInt64(i metric.Int64Observable, value int64, options ...metric.ObserveOption) {
	var name string
	switch i := i.(type) {
	case counter:
		name = i.name
	case upDown:
		name = i.name
	}
	set := metric.NewObserveConfig(options).Attributes()
	o.values[name+"{"+set.Encoded(attribute.DefaultEncoder())+"}"] = value
}

func (f *fakeMeter) collect(t *testing.T) map[string]int64 {
	t.Helper()
	o := observer{values: map[string]int64{}}
	if err := f.callback(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	return o.values
}

const common = "data_stream.dataset=generic,data_stream.namespace=default"

func TestMetrics(t *testing.T) {
	srv := startServer(t)
	srv.Intercept(first(2, instead(http.StatusTooManyRequests, nil, "")))
	fake := newFakeMeter()
	c := quick(srv.URL())
	c.Meter, c.RingBytes = provider{meter: fake}, 1<<20
	c.NotJSON = NotJSONDeadLetter
	s := openShipper(t, c)
	writeLines(t, s, 0, 10)
	mustWrite(t, s, "no object\n")
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	stats := s.Stats()
	got := fake.collect(t)
	for name, want := range map[string]int64{
		"spanlog.elk.lines{" + common + ",outcome=accepted}":                             11,
		"spanlog.elk.lines{" + common + ",outcome=delivered}":                            10,
		"spanlog.elk.lines{" + common + ",outcome=dead_lettered,reason=not_json_object}": 1,
		"spanlog.elk.lines{" + common + ",outcome=dropped,reason=ring_full}":             0,
		"spanlog.elk.pending{" + common + "}":                                            0,
		"spanlog.elk.ring.usage{" + common + "}":                                         0,
		"spanlog.elk.ring.limit{" + common + "}":                                         1 << 20,
		"spanlog.elk.retries{" + common + "}":                                            int64(stats.Retries),
		"spanlog.elk.requests{" + common + ",status_class=4xx}":                          2,
		"spanlog.elk.requests{" + common + ",status_class=none}":                         0,
		"spanlog.elk.requests{" + common + ",status_class=2xx}":                          int64(stats.Requests) - 2,
	} {
		if value, ok := got[name]; !ok || value != want {
			t.Errorf("%s = %d, %t, want %d", name, value, ok, want)
		}
	}
	if n := fake.durations[common+",status_class=4xx"]; n != 2 {
		t.Errorf("durations = %v, want 2 of class 4xx", fake.durations)
	}
	if err := s.Close(); !errors.Is(err, ErrLost) { // its dead letter
		t.Errorf("Close = %v, want ErrLost", err)
	}
	if fake.unregistered != 1 {
		t.Errorf("unregistered %d times by Close, want once", fake.unregistered)
	}
}

// TestMetricNames holds the style of OpenTelemetry's semantic conventions.
func TestMetricNames(t *testing.T) {
	fake := newFakeMeter()
	c := quick("http://127.0.0.1:9")
	c.Meter = provider{meter: fake}
	openShipper(t, c)
	if len(fake.units) != 9 {
		t.Errorf("instruments = %v, want 9", fake.units)
	}
	name, unit := regexp.MustCompile(`^spanlog\.elk(\.[a-z_]+)+$`), regexp.MustCompile(`^(By|s|\{[a-z]+\})$`)
	for n, u := range fake.units {
		if !name.MatchString(n) || !unit.MatchString(u) {
			t.Errorf("instrument %s has unit %s", n, u)
		}
	}
}

func TestPendingAndRingUsage(t *testing.T) {
	release := make(chan struct{})
	fake := newFakeMeter()
	c := patient(func(r *http.Request) (*http.Response, error) {
		<-release
		return created(r)
	})
	c.Meter, c.BatchWait = provider{meter: fake}, time.Hour // so that they are in the ring
	s := openShipper(t, c)
	writeLines(t, s, 0, 3)
	got := fake.collect(t)
	if got["spanlog.elk.pending{"+common+"}"] != 3 || got["spanlog.elk.ring.usage{"+common+"}"] < 3*blockBytes {
		t.Errorf("collected %v, want 3 pending and at least 3 blocks in use", got)
	}
	close(release)
	closeWell(t, s)
}

func TestMeterThatFails(t *testing.T) {
	for name, fake := range map[string]*fakeMeter{
		"error": {units: map[string]string{}, fail: errors.New("no such instrument")},
		"panic": {units: map[string]string{}, panic: true},
	} {
		t.Run(name, func(t *testing.T) {
			c := quick("http://127.0.0.1:9")
			c.Meter = provider{meter: fake}
			if s, err := Open(c); err == nil || !strings.HasPrefix(err.Error(), "elk: Meter") {
				_ = s.Close()
				t.Errorf("Open = %v, want what Meter said", err)
			}
		})
	}
}

// TestEveryCountIsAnOutcome: whatever Stats counts of lines, the metric has.
func TestEveryCountIsAnOutcome(t *testing.T) {
	var s Stats
	fill(reflect.ValueOf(&s).Elem())
	var sum uint64
	for _, c := range s.outcomes()[2:] {
		if c.lines != 1 {
			t.Errorf("%+v: not the count of one reason", c)
		}
		sum += c.lines
	}
	if want := s.Delivered + s.Diverted + s.Duplicate + s.DeadLettered.Total() + s.Dropped.Total(); sum != want {
		t.Errorf("the outcomes have %d counts, Stats has %d", sum, want)
	}
}

// fill sets every count to 1.
func fill(v reflect.Value) {
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Struct {
			fill(f)
		} else {
			f.SetUint(1)
		}
	}
}
