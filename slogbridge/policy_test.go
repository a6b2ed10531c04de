package slogbridge_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/slogbridge"
	"github.com/spanlog/spanlog/span"
)

var at = time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)

// line handles one record at a fixed time.
func line(t *testing.T, h slog.Handler, ctx context.Context, level slog.Level, attrs ...slog.Attr) {
	t.Helper()
	r := slog.NewRecord(at, level, "m", 0)
	r.AddAttrs(attrs...)
	if err := h.Handle(ctx, r); err != nil {
		t.Fatal(err)
	}
}

func TestGoldenLines(t *testing.T) {
	resource := []attribute.KeyValue{attribute.String("service.name", "shop"), attribute.String("deployment.environment.name", "prod")}
	for _, row := range []struct {
		name string
		p    *events.Policy
		want string
	}{
		{"OTel", &events.Policy{Resource: resource}, `{"time":"2026-01-02T03:04:05.000006Z","level":"WARN","msg":"m","trace_id":"01000000000000000000000000000000","span_id":"0200000000000000","trace_flags":"00","service.name":"shop","deployment.environment.name":"prod","n":1,"err":"boom"}`},
		{"ECS", &events.Policy{Schema: events.ECS, Resource: resource}, `{"@timestamp":"2026-01-02T03:04:05.000006Z","log.level":"warn","message":"m","trace.id":"01000000000000000000000000000000","span.id":"0200000000000000","trace_flags":"00","ecs.version":"8.17.0","service.name":"shop","service.environment":"prod","error.message":"boom","error.type":"*errors.errorString","n":1}`},
		{"Datadog", &events.Policy{Schema: events.Datadog, Resource: resource}, `{"timestamp":"2026-01-02T03:04:05.000006Z","status":"warn","message":"m","dd.trace_id":"01000000000000000000000000000000","dd.span_id":"144115188075855872","dd.service":"shop","dd.env":"prod","n":1,"err":"boom"}`},
		{"GCP", &events.Policy{Schema: events.GCP, GCPProject: "p", Resource: resource}, `{"time":"2026-01-02T03:04:05.000006Z","severity":"WARNING","message":"m","logging.googleapis.com/trace":"projects/p/traces/01000000000000000000000000000000","logging.googleapis.com/spanId":"0200000000000000","logging.googleapis.com/trace_sampled":false,"service.name":"shop","deployment.environment.name":"prod","n":1,"err":"boom"}`},
		{"custom", &events.Policy{Names: &events.Names{TraceID: "traceId", SpanID: "spanId", Time: "ts", Level: "lvl", Message: "text"}}, `{"ts":"2026-01-02T03:04:05.000006Z","lvl":"WARN","text":"m","traceId":"01000000000000000000000000000000","spanId":"0200000000000000","n":1,"err":"boom"}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			var buf bytes.Buffer
			line(t, slogbridge.NewHandler(&buf, nil, row.p), unsampled(), slog.LevelWarn, slog.Int("n", 1), slog.Any("err", errors.New("boom")))
			if got := strings.TrimSuffix(buf.String(), "\n"); got != row.want {
				t.Errorf("\n got %s\nwant %s", got, row.want)
			}
		})
	}
}

func TestECSErrorsAndRepeatedKeys(t *testing.T) {
	one, two := errors.New("one"), errors.New("two")
	for _, row := range []struct {
		name string
		log  func(l *slog.Logger)
		want string // of the line, from ecs.version on
	}{
		{"error in a group", func(l *slog.Logger) { l.Info("m", slog.Group("g", "err", one), "cause", two) },
			`"error.message":"one","error.type":"*errors.errorString","g":{"err":"one"},"labels.cause":"two"}`},
		{"error in an open group", func(l *slog.Logger) { l.WithGroup("g").Info("m", "err", one) },
			`"error.message":"one","error.type":"*errors.errorString","g":{"err":"one"}}`},
		{"error of With", func(l *slog.Logger) { l.With("err", one).Info("m", "cause", two) },
			`"error.message":"one","error.type":"*errors.errorString","labels.cause":"two"}`},
		{"error of With in a group", func(l *slog.Logger) { l.WithGroup("g").With("err", one).Info("m", "cause", two) },
			`"error.message":"one","error.type":"*errors.errorString","g":{"err":"one","cause":"two"}}`},
		{"string called error", func(l *slog.Logger) { l.Info("m", "error", "text") }, `"error.message":"text"}`},
		{"string called error beside a value", func(l *slog.Logger) { l.Info("m", "error", "text", "cause", one) },
			`"error.message":"one","error.type":"*errors.errorString","labels.error":"text"}`},
		{"string called error of With", func(l *slog.Logger) { l.With("error", "text").Info("m", "cause", one) },
			`"error.message":"text","labels.cause":"one"}`},
		{"repeated keys", func(l *slog.Logger) { l.With("a", 1).Info("m", "a", 2, "a", 3, "a_2", 4) }, `"a":1,"a_2":2,"a_3":3,"a_2_2":4}`},
		{"repeated keys in groups", func(l *slog.Logger) {
			l.WithGroup("g").With("a", 1).Info("m", "a", 2, slog.Group("h", "a", 3, "a", 4), "a", 5)
		}, `"g":{"a":1,"a_2":2,"h":{"a":3,"a_2":4},"a_3":5}}`},
		{"a group that is a field of ours", func(l *slog.Logger) {
			l.Info("m", slog.Group("trace", "id", "bogus", "x", 1), slog.Group("log", "level", "no"))
		},
			`"trace":{"id_2":"bogus","x":1},"log":{"level_2":"no"}}`},
		{"an open group that is a field of ours", func(l *slog.Logger) { l.WithGroup("error").With("message", "a").Info("m", "type", "b") },
			`"error":{"message_2":"a","type_2":"b"}}`},
		{"keys that are one as JSON", func(l *slog.Logger) { l.Info("m", "\x89", 1, "\xa5\xa5", 2) }, "\"\ufffd\":1,\"\ufffd_2\":2}"},
		{"repeated groups", func(l *slog.Logger) { l.Info("m", slog.Group("g", "a", 1), slog.Group("g", "a", 2)) }, `"g":{"a":1},"g_2":{"a":2}}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			var buf bytes.Buffer
			row.log(slog.New(slogbridge.NewHandler(&buf, nil, &events.Policy{Schema: events.ECS})))
			_, got, _ := strings.Cut(strings.TrimSuffix(buf.String(), "\n"), `"ecs.version":"8.17.0",`)
			if got != row.want {
				t.Errorf("\n got %s\nwant %s", got, row.want)
			}
		})
	}
}

type account struct {
	Name     string `json:"name"`
	Password string `json:"password"`
}

func TestRedaction(t *testing.T) {
	p := &events.Policy{Redact: []events.Redaction{events.RedactSecrets(), events.RedactPattern(regexp.MustCompile(`\d{16}`))}}
	for name, h := range map[string]func(io.Writer) slog.Handler{
		"own":          func(w io.Writer) slog.Handler { return slogbridge.NewHandler(w, nil, p) },
		"wrapped JSON": func(w io.Writer) slog.Handler { return slogbridge.Wrap(slog.NewJSONHandler(w, nil), p) },
		"wrapped text": func(w io.Writer) slog.Handler { return slogbridge.Wrap(slog.NewTextHandler(w, nil), p) },
	} {
		for _, ctx := range []context.Context{context.Background(), unsampled()} {
			t.Run(name, func(t *testing.T) {
				var buf bytes.Buffer
				l := slog.New(h(&buf)).With("password", "hunter2", "keep", "kept-with")
				l = l.WithGroup("g").With("token", "tok-in-group")
				l.InfoContext(ctx, "card 4242424242424242", "Authorization", "Bearer xyz", "note", "4242424242424242", "keep", "kept-call",
					slog.Any("account", account{"bob", "s3cret"}), slog.Group("h", "cookie", "choc"), "err", errors.New("on 4242424242424242"))
				for _, secret := range []string{"hunter2", "tok-in-group", "Bearer", "4242424242424242", "s3cret", "choc"} {
					if strings.Contains(buf.String(), secret) {
						t.Errorf("%q is on the line %s", secret, buf.String())
					}
				}
				for _, kept := range []string{"kept-with", "kept-call", "bob"} {
					if !strings.Contains(buf.String(), kept) {
						t.Errorf("%q is not on the line %s", kept, buf.String())
					}
				}
			})
		}
	}
}

// What is hidden by its key does not come back under another name, and a pattern leaves the ids and the time alone.
func TestRedactionUnderECS(t *testing.T) {
	p := &events.Policy{Schema: events.ECS, Redact: []events.Redaction{events.RedactSecrets(), events.RedactPattern(regexp.MustCompile(`[0-9a-f]{8,}|2026`))}}
	var buf bytes.Buffer
	l := slog.New(slogbridge.NewHandler(&buf, nil, p)).With("password", "one")
	r := slog.NewRecord(at, slog.LevelError, "m 12345678", 0)
	r.AddAttrs(slog.String("password", "two"), slog.Any("host", []any{map[string]string{"password": "three"}}), slog.Any("token", errors.New("four")),
		slog.Any("err", errors.New("on 12345678")))
	if err := l.Handler().Handle(unsampled(), r); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"one", "two", "three", "four", "12345678"} {
		if strings.Contains(buf.String(), secret) {
			t.Errorf("%q is on the line %s", secret, buf.String())
		}
	}
	m := object(t, buf.Bytes())
	if m["trace.id"] != "01000000000000000000000000000000" || m["@timestamp"] != "2026-01-02T03:04:05.000006Z" || m["error.message"] != "on [REDACTED]" {
		t.Errorf("line is %s", buf.String())
	}
}

func TestAGroupNamedLikeAnID(t *testing.T) {
	for name, h := range handlers() {
		t.Run(name, func(t *testing.T) {
			var buf bytes.Buffer
			l := slog.New(h(&buf))
			l.WithGroup("trace_id").InfoContext(unsampled(), "m", "k", 1)
			l.WithGroup("span_id").With("a", 1).InfoContext(unsampled(), "m", "k", 2)
			l.InfoContext(unsampled(), "m", slog.Group("trace_id", "k", 3))
			l.WithGroup("trace_id").Info("m", "k", 4)
			for i, m := range objects(t, &buf) {
				key := "labels.trace_id"
				switch i {
				case 1:
					key = "labels.span_id"
				case 3:
					key = "trace_id"
				}
				if g, _ := m[key].(map[string]any); g["k"] != float64(i+1) {
					t.Errorf("line %d is %v", i, m)
				}
			}
			if n := strings.Count(buf.String(), `"trace_id":`); n != 4 {
				t.Errorf("trace_id stands %d times in 4 lines: %s", n, buf.String())
			}
		})
	}
}

func TestReplaceAttrThatPanics(t *testing.T) {
	ctx, end := recording(t)
	var buf bytes.Buffer
	bad := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == "bad" || a.Key == slog.LevelKey {
			panic("replace")
		}
		return a
	}
	slog.New(slogbridge.NewHandler(&buf, &slog.HandlerOptions{ReplaceAttr: bad}, nil)).With("bad", 1).InfoContext(ctx, "m", "bad", 2, "good", 3)
	if m := object(t, buf.Bytes()); m["good"] != 3.0 || m["bad"] != "!PANIC: replace" || m["level"] != "!PANIC: replace" {
		t.Errorf("line is %s", buf.String())
	}
	if got := attrs(end().Events()[0].Attributes); got["good"] != "3" || got["bad"] != "!PANIC: replace" {
		t.Errorf("event has %v", got)
	}
}

func TestResourceNamedLikeABuiltin(t *testing.T) {
	var buf bytes.Buffer
	p := &events.Policy{Schema: events.ECS, Resource: []attribute.KeyValue{attribute.String("message", "r"), attribute.String("@timestamp", "r")}}
	slog.New(slogbridge.NewHandler(&buf, nil, p)).Info("m")
	if m := object(t, buf.Bytes()); m["message"] != "m" || m["labels.message"] != "r" || strings.Count(buf.String(), `"@timestamp"`) != 1 {
		t.Errorf("line is %s", buf.String())
	}
}

func TestContextFields(t *testing.T) {
	for name, h := range handlers() {
		t.Run(name, func(t *testing.T) {
			ctx, end := recording(t)
			ctx = events.ContextWith(ctx, slog.String("tenant", "acme"))
			var buf bytes.Buffer
			l := slog.New(h(&buf)).With("trace_id", "mine").WithGroup("g").With("a", 1)
			l.InfoContext(ctx, "traced", "b", 2)
			l.InfoContext(events.ContextWith(context.Background(), slog.Int("n", 7)), "no span", "b", 2)
			slogbridge.With(ctx, l).Info("bound", "b", 2)
			got := objects(t, &buf)
			if got[0]["tenant"] != "acme" || got[2]["tenant"] != "acme" || got[0]["trace_id"] == "mine" || got[2]["trace_id"] == "mine" {
				t.Errorf("lines are %v", got)
			}
			if got[1]["n"] != 7.0 || got[1]["trace_id"] != "mine" {
				t.Errorf("without a span: %v", got[1])
			}
			for i, m := range got {
				if g := m["g"].(map[string]any); g["a"] != 1.0 || g["b"] != 2.0 || len(g) != 2 {
					t.Errorf("group of line %d is %v", i, g)
				}
			}
			for _, e := range end().Events() {
				if attrs(e.Attributes)["tenant"] != "acme" {
					t.Errorf("event %q has %v", e.Name, attrs(e.Attributes))
				}
			}
		})
	}
}

func TestMultiHandlerMakesOneEvent(t *testing.T) {
	ctx, end := recording(t)
	l := slog.New(slog.NewMultiHandler(
		slogbridge.Wrap(slog.NewTextHandler(io.Discard, nil), nil),
		slogbridge.NewHandler(io.Discard, nil, &events.Policy{Schema: events.ECS})))
	l = l.With("a", 1)
	for range 2 {
		l.ErrorContext(ctx, "m", "b", 2)
	}
	got := end().Events()
	if len(got) != 2 {
		t.Fatalf("%d events, want one for each of two calls", len(got))
	}
	if m := attrs(got[0].Attributes); m["a"] != "1" || m["b"] != "2" {
		t.Errorf("event has %v", m)
	}
}

func TestMuted(t *testing.T) {
	for name, h := range handlers() {
		t.Run(name, func(t *testing.T) {
			ctx, end := recording(t)
			var buf bytes.Buffer
			slog.New(h(&buf)).ErrorContext(span.Mute(ctx), "m")
			s := end()
			if len(s.Events()) != 0 || s.Status().Code != 0 || object(t, buf.Bytes())["trace_id"] != s.SpanContext().TraceID().String() {
				t.Errorf("events %v, status %v, line %s", s.Events(), s.Status(), buf.String())
			}
		})
	}
}

// selfLogger logs with the same logger and context while it is being formatted.
type selfLogger struct {
	l   *slog.Logger
	ctx context.Context
}

func (s selfLogger) LogValue() slog.Value {
	s.l.InfoContext(s.ctx, "from LogValue")
	return slog.StringValue("valued")
}

func (s selfLogger) Error() string {
	s.l.InfoContext(s.ctx, "from Error")
	return "erred"
}

type badValuer struct{}

func (badValuer) LogValue() slog.Value { panic("log value") }

type badError struct{}

func (badError) Error() string { panic("error text") }

func TestBadAttributes(t *testing.T) {
	cycle := map[string]any{}
	cycle["self"] = cycle
	many := make([]any, 0, 20000)
	for i := range 10000 {
		many = append(many, "k"+string(rune('a'+i%26)), i)
	}
	var nilErr *textError
	for name, h := range handlers() {
		for row, args := range map[string][]any{
			"panics":       {"v", badValuer{}, "e", badError{}, "m", panicMarshal{}, "after", 1},
			"cycle":        {"c", cycle, "after", 1},
			"nil pointers": {"e", nilErr, "p", (*account)(nil), "after", 1},
			"long":         {"s", strings.Repeat("x", 10<<20), "after", 1},
			"many":         append(many, "after", 1),
			"keys":         {"", "empty", "trace_id", "mine", "a.b", "dotted", "\xff", "not UTF-8", "after", 1},
			"numbers":      {"nan", math.NaN(), "inf", math.Inf(1), "after", 1},
			"times":        {"t", time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC), "after", 1},
			"chans, funcs": {"c", make(chan int), "f", func() {}, "after", 1},
			"no value":     {"after", 1, "lonely"},
			"missing key":  {42, "after", 1},
			"unprintable":  {"s", "\x00\x01\u2028\xff", "after", 1},
		} {
			if name == "wrapped" && row == "times" {
				continue // slog's own handler writes no JSON then
			}
			t.Run(name+"/"+row, func(t *testing.T) {
				ctx, end := recording(t)
				var buf bytes.Buffer
				slog.New(h(&buf)).InfoContext(ctx, "m", args...)
				if m := object(t, buf.Bytes()); row != "missing key" && m["after"] != 1.0 {
					t.Errorf("the rest of the line is lost: %.300s", buf.String())
				}
				if row == "panics" && strings.Count(buf.String(), "!PANIC") < 2 {
					t.Errorf("no marks on the line: %s", buf.String())
				}
				if got := end().Events(); len(got) != 1 {
					t.Errorf("%d events, want 1", len(got))
				}
			})
		}
	}
}

func TestValuesThatLog(t *testing.T) {
	for name, h := range handlers() {
		t.Run(name, func(t *testing.T) {
			ctx, end := recording(t)
			var buf bytes.Buffer
			l := slog.New(h(&buf))
			done := make(chan struct{})
			go func() {
				defer close(done)
				l.InfoContext(ctx, "outer", "v", selfLogger{l, ctx}, "e", error(selfLogger{l, ctx}))
				l.With("v", selfLogger{l, ctx}).InfoContext(ctx, "with")
			}()
			select {
			case <-done:
			case <-time.After(time.Minute):
				t.Fatal("the logger hangs")
			}
			end()
			for _, m := range objects(t, &buf) {
				if m["msg"] == "outer" && m["v"] != "valued" {
					t.Errorf("line is %v", m)
				}
			}
		})
	}
}

func TestCancelledAndEnded(t *testing.T) {
	for name, h := range handlers() {
		t.Run(name, func(t *testing.T) {
			ctx, end := recording(t)
			cancelled, cancel := context.WithCancel(ctx)
			cancel()
			var buf bytes.Buffer
			l := slog.New(h(&buf))
			l.InfoContext(cancelled, "cancelled")
			s := end()
			l.InfoContext(ctx, "ended")
			for _, m := range objects(t, &buf) {
				if m["trace_id"] != trace.SpanContextFromContext(ctx).TraceID().String() {
					t.Errorf("line is %v", m)
				}
			}
			if len(s.Events()) != 1 {
				t.Errorf("%d events, want that of the cancelled context", len(s.Events()))
			}
		})
	}
}

func TestStampedByOthers(t *testing.T) {
	for name, h := range handlers() {
		t.Run(name, func(t *testing.T) {
			var buf bytes.Buffer
			r := slog.NewRecord(at, 0, "m", 0)
			r.AddAttrs(slog.String("trace_id", "injected"), slog.String("span_id", "injected"), slog.Int("n", 1))
			if err := h(&buf).Handle(unsampled(), r); err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(buf.String(), "trace_id"); n != 1 || strings.Contains(buf.String(), "injected") || object(t, buf.Bytes())["n"] != 1.0 {
				t.Errorf("line is %s", buf.String())
			}
		})
	}
}

type lvPanics struct{}

func (lvPanics) LogValue() slog.Value { panic("boom") }

// What a panicking LogValue leaves is a text in its place, not the error of the call.
func TestPanickingLogValueIsNoError(t *testing.T) {
	for name, h := range handlers() {
		t.Run(name, func(t *testing.T) {
			ctx, end := recording(t)
			var buf bytes.Buffer
			slog.New(h(&buf)).ErrorContext(ctx, "m", "v", lvPanics{}, "err", errors.New("the cause"))
			if got := attrs(end().Events()[0].Attributes); got["v"] != "!PANIC: boom" || got["exception.message"] != "the cause" {
				t.Errorf("event has %v", got)
			}
			if m := object(t, buf.Bytes()); name == "own" && m["v"] != "!PANIC: boom" {
				t.Errorf("line is %s", buf.String())
			}
		})
	}
}

// endless is a LogValuer whose group holds itself.
type endless struct{}

func (e endless) LogValue() slog.Value { return slog.GroupValue(slog.Any("again", e)) }

func TestEndlessLogValuer(t *testing.T) {
	for _, p := range []*events.Policy{nil, {Schema: events.ECS}} {
		ctx, end := recording(t)
		var buf bytes.Buffer
		slog.New(slogbridge.NewHandler(&buf, nil, p)).InfoContext(ctx, "m", "v", endless{}, "after", 1)
		if m := object(t, buf.Bytes()); m["after"] != 1.0 || len(end().Events()) != 1 {
			t.Errorf("line of %d bytes is wrong", buf.Len())
		}
	}
}

func TestContextFieldsThatCollide(t *testing.T) {
	for name, h := range handlers() {
		t.Run(name, func(t *testing.T) {
			var buf bytes.Buffer
			ctx := events.ContextWith(unsampled(), slog.String("trace_id", "cw"), slog.String("tenant", "cw"))
			slog.New(h(&buf)).InfoContext(ctx, "m")
			if n := strings.Count(buf.String(), `"trace_id"`); n != 1 || object(t, buf.Bytes())["trace_id"] == "cw" {
				t.Errorf("line is %s", buf.String())
			}
		})
	}
	var buf bytes.Buffer
	p := &events.Policy{Schema: events.ECS}
	ctx := events.ContextWith(context.Background(), slog.String("tenant", "cw"), slog.String("message", "cw"))
	l := slog.New(slogbridge.NewHandler(&buf, nil, p)).With("tenant", "with")
	l.InfoContext(ctx, "m", "tenant", "call")
	l.WithGroup("g").With("a", 1).InfoContext(ctx, "m", "a", 2)
	for i, m := range objects(t, &buf) {
		if m["tenant"] != "with" || m["tenant_2"] != "cw" || m["labels.message"] != "cw" || m["message"] != "m" || i == 0 && m["tenant_3"] != "call" {
			t.Errorf("line %d is %v", i, m)
		}
	}
}
