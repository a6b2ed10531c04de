package elk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

const scope = "github.com/spanlog/spanlog/elk"

// The attributes of the metrics.
const (
	outcomeKey = attribute.Key("outcome")
	reasonKey  = attribute.Key("reason")
	classKey   = attribute.Key("status_class")
)

// classes are the values of status_class; "none" is a request without an
// answer.
var classes = [...]string{"none", "1xx", "2xx", "3xx", "4xx", "5xx"}

// meters shows a shipper's counts to an OpenTelemetry meter provider. All but
// the duration of requests are read when the provider asks.
type meters struct {
	stats      func() Stats
	ring       func() int64
	ringBytes  int64
	common     attribute.Set // says which shipper
	durations  metric.Float64Histogram
	answers    [len(classes)]atomic.Int64
	registered metric.Registration

	lines                      metric.Int64ObservableCounter
	retries, repaired, wrapped metric.Int64ObservableCounter
	requests                   metric.Int64ObservableCounter
	pending, ringUsage, ringOf metric.Int64ObservableUpDownCounter
}

// newMeters registers the instruments; nil without a provider.
func newMeters(c Config, q *queue) (m *meters, err error) {
	if c.Meter == nil {
		return nil, nil
	}
	defer func() {
		if r := recover(); r != nil {
			m, err = nil, fmt.Errorf("elk: Meter panicked: %v", r)
		}
	}()
	m = &meters{
		stats:     q.read,
		ring:      q.ringUsage,
		ringBytes: int64(c.RingBytes),
		common: attribute.NewSet(
			attribute.String("data_stream.dataset", c.Dataset),
			attribute.String("data_stream.namespace", c.Namespace)),
	}
	meter := c.Meter.Meter(scope)
	if err := m.create(meter); err != nil {
		return nil, fmt.Errorf("elk: Meter: %w", err)
	}
	m.registered, err = meter.RegisterCallback(m.observe, m.lines, m.retries, m.repaired, m.wrapped, m.requests, m.pending, m.ringUsage, m.ringOf)
	if err != nil {
		return nil, fmt.Errorf("elk: Meter: %w", err)
	}
	return m, nil
}

// ringUsage is how many bytes of Config.RingBytes are in use.
func (q *queue) ringUsage() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return int64(q.ring.limit-q.ring.room()) * (blockBytes + slotBytes)
}

func (m *meters) create(meter metric.Meter) error {
	var errs [9]error
	m.lines, errs[0] = meter.Int64ObservableCounter("spanlog.elk.lines", metric.WithUnit("{line}"),
		metric.WithDescription("Log lines by what became of them. The outcomes accepted and recovered count all; the others, with spanlog.elk.pending, add up to them."))
	m.retries, errs[1] = meter.Int64ObservableCounter("spanlog.elk.retries", metric.WithUnit("{line}"),
		metric.WithDescription("Times that a line had to be sent again."))
	m.requests, errs[2] = meter.Int64ObservableCounter("spanlog.elk.requests", metric.WithUnit("{request}"),
		metric.WithDescription("Requests by the class of the answer's status, none without an answer."))
	m.pending, errs[3] = meter.Int64ObservableUpDownCounter("spanlog.elk.pending", metric.WithUnit("{line}"),
		metric.WithDescription("Log lines that wait to be sent or for their verdict."))
	m.ringUsage, errs[4] = meter.Int64ObservableUpDownCounter("spanlog.elk.ring.usage", metric.WithUnit("By"),
		metric.WithDescription("Memory in use for lines that wait to be sent."))
	m.ringOf, errs[5] = meter.Int64ObservableUpDownCounter("spanlog.elk.ring.limit", metric.WithUnit("By"),
		metric.WithDescription("Memory for lines that wait to be sent."))
	m.durations, errs[6] = meter.Float64Histogram("spanlog.elk.request.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of requests, until the head of the answer."),
		metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30))
	m.repaired, errs[7] = meter.Int64ObservableCounter("spanlog.elk.repaired", metric.WithUnit("{line}"),
		metric.WithDescription("Log lines whose duplicate keys were given new names, or whose numbers beyond 64 bits became strings."))
	m.wrapped, errs[8] = meter.Int64ObservableCounter("spanlog.elk.wrapped", metric.WithUnit("{line}"),
		metric.WithDescription("Log lines that were not JSON and became the message of a document."))
	return errors.Join(errs[:]...)
}

// observe is the provider's callback.
func (m *meters) observe(_ context.Context, o metric.Observer) error {
	s := m.stats()
	for _, c := range s.outcomes() {
		kv := []attribute.KeyValue{outcomeKey.String(c.outcome)}
		if c.reason != "" {
			kv = append(kv, reasonKey.String(c.reason))
		}
		o.ObserveInt64(m.lines, int64(c.lines), metric.WithAttributeSet(m.common), metric.WithAttributes(kv...))
	}
	own := metric.WithAttributeSet(m.common)
	o.ObserveInt64(m.retries, int64(s.Retries), own)
	o.ObserveInt64(m.repaired, int64(s.Repaired), own)
	o.ObserveInt64(m.wrapped, int64(s.Wrapped), own)
	o.ObserveInt64(m.pending, int64(s.Pending), own)
	o.ObserveInt64(m.ringUsage, m.ring(), own)
	o.ObserveInt64(m.ringOf, m.ringBytes, own)
	for i := range m.answers {
		o.ObserveInt64(m.requests, m.answers[i].Load(), own, metric.WithAttributes(classKey.String(classes[i])))
	}
	return nil
}

// close ends the observation.
func (m *meters) close() {
	if m != nil {
		shielded(func() { _ = m.registered.Unregister() })
	}
}

// measured returns a client that counts the requests of the other, or the
// other if there is nobody to tell.
func (m *meters) measured(client Client) Client {
	if m == nil {
		return client
	}
	return measuredClient{client: client, meters: m}
}

type measuredClient struct {
	client Client
	meters *meters
}

func (c measuredClient) Perform(req *http.Request) (*http.Response, error) {
	start := time.Now()
	class := 0
	defer func() { c.meters.count(class, time.Since(start)) }()
	res, err := c.client.Perform(req)
	if err == nil && res != nil {
		class = statusClass(res.StatusCode)
	}
	return res, err
}

func statusClass(status int) int {
	if class := status / 100; class < len(classes) {
		return max(0, class)
	}
	return 0
}

// count records without the request's context: nothing of the caller's trace
// belongs to what the shipper does.
func (m *meters) count(class int, took time.Duration) {
	m.answers[class].Add(1)
	shielded(func() {
		m.durations.Record(context.Background(), took.Seconds(),
			metric.WithAttributeSet(m.common), metric.WithAttributes(classKey.String(classes[class])))
	})
}

// lineCount is one value of spanlog.elk.lines.
type lineCount struct {
	outcome, reason string
	lines           uint64
}

// outcomes splits the counts as the metric does. All but the first two, with
// Pending, add up to these.
func (s Stats) outcomes() []lineCount {
	return append([]lineCount{
		{"accepted", "", s.Accepted},
		{"recovered", "", s.Recovered},
		{"delivered", "", s.Delivered},
		{"diverted", "", s.Diverted},
		{"duplicate", "", s.Duplicate},
		{"dead_lettered", reasonNotObject, s.DeadLettered.NotObject},
		{"dead_lettered", reasonInvalidUTF8, s.DeadLettered.InvalidUTF8},
		{"dead_lettered", reasonTooLong, s.DeadLettered.TooLong},
		{"dead_lettered", reasonRefused, s.DeadLettered.Refused},
		{"dead_lettered", reasonProduct, s.DeadLettered.ProductCheck},
	}, s.Dropped.reasons()...)
}
