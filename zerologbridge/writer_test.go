//go:build !binary_log

package zerologbridge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/events"
)

const noon = `"2026-11-25T12:00:00.123456789Z"`

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestNewLine(t *testing.T) {
	atNoon(t)
	var b bytes.Buffer
	l := New(&b, nil)
	l.Info().Int("amount", 42).Msg("charged")
	checkLine(t, b.String(), `{"level":"info","amount":42,"time":`+noon+`,"message":"charged"}`+"\n")
	b.Reset()
	l.Info().Ctx(fixed(0, false)).Int("amount", 42).Msg("charged")
	checkLine(t, b.String(), `{"level":"info","amount":42,"time":`+noon+`,`+fixedIDs+`,"message":"charged"}`+"\n")
	b.Reset()
	fmt.Fprintln(l, "from package log")
	checkLine(t, b.String(), `{"time":`+noon+`,"message":"from package log"}`+"\n")
	withGlobals(t, func() { zerolog.TimestampFunc = nil })
	l.Info().Send()
}

// leveled records the ways in which it is written to.
type leveled struct{ calls []string }

func (w *leveled) note(how string, p []byte) (int, error) {
	w.calls = append(w.calls, how+" "+string(p[:min(len(p), 16)]))
	return len(p), nil
}

type lineOnly struct{ leveled }

func (w *lineOnly) Write(p []byte) (int, error) { return w.note("Write", p) }
func (w *lineOnly) WriteLine(l slog.Level, p []byte) (int, error) {
	return w.note(fmt.Sprintf("WriteLine %d", l), p)
}

type levelOnly struct{ leveled }

func (w *levelOnly) Write(p []byte) (int, error) { return w.note("Write", p) }
func (w *levelOnly) WriteLevel(l zerolog.Level, p []byte) (int, error) {
	return w.note(fmt.Sprintf("WriteLevel %d", l), p)
}

func TestLevelReachesWriter(t *testing.T) {
	line, level := &lineOnly{}, &levelOnly{}
	tests := []struct {
		name  string
		w     io.Writer
		calls *[]string
		want  string
	}{
		{"WriteLine", line, &line.calls, "WriteLine 4"},
		{"in an adapter", zerolog.LevelWriterAdapter{Writer: line}, &line.calls, "WriteLine 4"},
		{"in two adapters", &zerolog.LevelWriterAdapter{Writer: zerolog.LevelWriterAdapter{Writer: line}}, &line.calls, "WriteLine 4"},
		{"WriteLevel", level, &level.calls, "WriteLevel 2"},
		{"MultiLevelWriter", zerolog.MultiLevelWriter(level, io.Discard), &level.calls, "WriteLevel 2"},
		{"SyncWriter", zerolog.SyncWriter(level), &level.calls, "WriteLevel 2"},
		{"Write", struct{ io.Writer }{level}, &level.calls, "Write"},
	}
	for _, tt := range tests {
		for _, schema := range []events.Schema{events.OTel, events.ECS} {
			t.Run(tt.name, func(t *testing.T) {
				*tt.calls = nil
				l := New(tt.w, &events.Policy{Schema: schema})
				l.Warn().Send()
				if got := *tt.calls; len(got) != 1 || !strings.HasPrefix(got[0], tt.want+` {"`) {
					t.Errorf("got %q, want %q", got, tt.want)
				}
			})
		}
	}
}

func TestNoWriter(t *testing.T) {
	for _, w := range []io.Writer{nil, zerolog.LevelWriterAdapter{}, (*zerolog.LevelWriterAdapter)(nil)} {
		tr := recording(t)
		l := New(w, nil)
		l.Info().Ctx(tr.ctx).Msg("m")
		tr.events(t, 1)
	}
}

// closing counts how often it is closed.
type closing struct {
	bytes.Buffer
	closed int
	err    error
}

func (c *closing) Close() error {
	c.closed++
	return c.err
}

func TestFatal(t *testing.T) {
	for _, schema := range []events.Schema{events.OTel, events.ECS} {
		exits := 0
		withGlobals(t, func() { zerolog.FatalExitFunc = func() { exits++ } })
		w := &closing{}
		tr := recording(t)
		l := New(w, &events.Policy{Schema: schema})
		l.Fatal().Ctx(tr.ctx).Msg("the end")
		if w.closed != 1 || exits != 1 || !strings.Contains(w.String(), "the end") {
			t.Errorf("closed %d times, %d exits, wrote %s", w.closed, exits, w)
		}
		if got, _ := attrsOf(tr.events(t, 1)[0]); got != "FATAL" {
			t.Errorf("got %s", got)
		}
	}
}

func TestClose(t *testing.T) {
	want := errors.New("no room")
	rules := (*events.Policy)(nil).Rules()
	if got := newWriter(zerolog.LevelWriterAdapter{Writer: &closing{err: want}}, rules).Close(); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := newWriter(io.Discard, rules).Close(); got != nil {
		t.Errorf("got %v, want nil", got)
	}
	if got := newWriter(panicking{}, rules).Close(); !errors.Is(got, errPanic) {
		t.Errorf("got %v, want %v", got, errPanic)
	}
}

type panicking struct{}

func (panicking) Write([]byte) (int, error) { panic("disk on fire") }
func (panicking) Close() error              { panic("door stuck") }

func TestWriterThatFails(t *testing.T) {
	failing := errors.New("disk full")
	tests := []struct {
		name string
		w    io.Writer
		want error
	}{
		{"panics", panicking{}, errPanic},
		{"nil inside", (*bytes.Buffer)(nil), errPanic},
		{"error", writerFunc(func(p []byte) (int, error) { return 3, failing }), failing},
	}
	for _, tt := range tests {
		for _, schema := range []events.Schema{events.OTel, events.ECS} {
			t.Run(tt.name, func(t *testing.T) {
				var got error
				withGlobals(t, func() { zerolog.ErrorHandler = func(err error) { got = err } })
				l := New(tt.w, &events.Policy{Schema: schema})
				l.Info().Msg("m")
				if !errors.Is(got, tt.want) {
					t.Errorf("got %v, want %v", got, tt.want)
				}
			})
		}
	}
}

func TestConsoleWriter(t *testing.T) {
	var b bytes.Buffer
	l := New(zerolog.ConsoleWriter{Out: &b, NoColor: true, PartsExclude: []string{"time"}}, nil)
	l.Info().Ctx(fixed(0, false)).Str("span_id", "mine").Int("amount", 42).Msg("charged")
	want := "INF charged amount=42 span_id=ab00000000000001 trace_flags=00 trace_id=4bf90000000000000000000000000036\n"
	if got := b.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMultiLevelWriter(t *testing.T) {
	var a, b bytes.Buffer
	only := &zerolog.FilteredLevelWriter{Writer: zerolog.LevelWriterAdapter{Writer: &b}, Level: zerolog.ErrorLevel}
	tr := recording(t)
	l := With(tr.ctx, New(zerolog.MultiLevelWriter(&a, only), &events.Policy{Schema: events.ECS}))
	l.Info().Msg("one")
	l.Error().Msg("two")
	if got := strings.Count(a.String(), "\n"); got != 2 {
		t.Errorf("got %d lines, want 2", got)
	}
	if got := strings.Count(b.String(), "\n"); got != 1 {
		t.Errorf("got %d error lines, want 1", got)
	}
	tr.events(t, 2)
}

// ecsLine is a line of a logger with the ECS schema, without its fixed beginning.
func ecsLine(t *testing.T, log func(l zerolog.Logger)) string {
	t.Helper()
	var b bytes.Buffer
	log(New(&b, &events.Policy{Schema: events.ECS}))
	checkJSON(t, b.String())
	return b.String()
}

func TestECS(t *testing.T) {
	atNoon(t)
	const start = `{"@timestamp":` + noon + `,"log.level":"info"`
	const ids = `,"trace.id":"4bf90000000000000000000000000036","span.id":"ab00000000000001","trace_flags":"00"`
	const version = `,"ecs.version":"8.17.0"`
	tests := []struct {
		name, want string
		log        func(e *zerolog.Event)
	}{
		{"plain", start + `,"message":"m"` + version + `,"amount":42}`, func(e *zerolog.Event) { e.Int("amount", 42).Msg("m") }},
		{"ids", start + `,"message":"m"` + ids + version + `,"a":1}`, func(e *zerolog.Event) { e.Ctx(fixed(0, false)).Int("a", 1).Msg("m") }},
		{"no message", start + version + `,"a":1}`, func(e *zerolog.Event) { e.Int("a", 1).Send() }},
		{"nothing", start + version + `}`, func(e *zerolog.Event) { e.Send() }},
		{"error", start + `,"message":"m"` + version + `,"error.message":"card \"declined\""}`, func(e *zerolog.Event) { e.Err(errors.New(`card "declined"`)).Msg("m") }},
		{"two errors", start + version + `,"error.message":"a","labels.error":"b"}`, func(e *zerolog.Event) { e.Err(errors.New("a")).Str("error", "b").Send() }},
		{"an error that is a number", start + version + `,"labels.error":"5"}`, func(e *zerolog.Event) { e.Int("error", 5).Send() }},
		{"an error that is an object", start + version + `,"error":{"x":1,"y":2}}`, func(e *zerolog.Event) { e.Object("error", point{1, 2}).Send() }},
		{"caller", start + version + `,"log.origin.file.name":"C:\\a\\b.go","log.origin.file.line":12}`, func(e *zerolog.Event) { e.Str("caller", `C:\a\b.go:12`).Send() }},
		{"caller without a place", start + version + `,"caller":"me"}`, func(e *zerolog.Event) { e.Str("caller", "me").Send() }},
		{"user's message", start + `,"message":"m"` + version + `,"labels.message":"mine"}`, func(e *zerolog.Event) { e.Str("message", "mine").Msg("m") }},
		{"user's message alone", start + version + `,"labels.message":"mine"}`, func(e *zerolog.Event) { e.Str("message", "mine").Send() }},
		{"user's level", start + version + `,"labels.log_level":"loud","level":"kept"}`, func(e *zerolog.Event) { e.Str("log.level", "loud").Str("level", "kept").Send() }},
		{"user's time", start + version + `,"labels.@timestamp":"then","time":"12:00"}`, func(e *zerolog.Event) { e.Str("@timestamp", "then").Str("time", "12:00").Send() }},
		{"user's version", start + ids + version + `,"labels.ecs_version":"1"}`, func(e *zerolog.Event) { e.Ctx(fixed(0, false)).Str("ecs.version", "1").Send() }},
		{"scalar under an object root", start + version + `,"labels.service":"shop","labels.host":"[1,\"a\"]","labels.event":"7"}`, func(e *zerolog.Event) {
			e.Str("service", "shop").Array("host", zerolog.Arr().Int(1).Str("a")).Int("event", 7).Send()
		}},
		{"object under an object root", start + version + `,"service":{"a":1}}`, func(e *zerolog.Event) { e.Dict("service", zerolog.Dict().Int("a", 1)).Send() }},
		{"user's ids, a span", start + ids + version + `,"a":1}`, func(e *zerolog.Event) {
			e.Ctx(fixed(0, false)).Str("trace.id", "x").Int("a", 1).Str("trace_flags", "y").Send()
		}},
		{"user's ids, no span", start + version + `,"trace.id":"x"}`, func(e *zerolog.Event) { e.Str("trace.id", "x").Send() }},
		{"kinds", start + version + `,"s":"\u001fé","u":18446744073709551615,"f":1e-7,"n":null,"b":false,"a":[1,2],"d":{"e":{}}}`, func(e *zerolog.Event) {
			e.Str("s", "\x1f\u00e9").Uint64("u", 1<<64-1).Float64("f", 1e-7).Any("n", nil).Bool("b", false).Ints("a", []int{1, 2}).Dict("d", zerolog.Dict().Dict("e", zerolog.Dict())).Send()
		}},
		{"odd keys", start + version + `,"a\"b":1,"":2}`, func(e *zerolog.Event) { e.Int(`a"b`, 1).Int("", 2).Send() }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ecsLine(t, func(l zerolog.Logger) { tt.log(l.Info()) })
			checkLine(t, got, tt.want+"\n")
		})
	}
}

func TestECSLevels(t *testing.T) {
	atNoon(t)
	got := ecsLine(t, func(l zerolog.Logger) { fmt.Fprintln(l, "from package log") })
	checkLine(t, got, `{"@timestamp":`+noon+`,"message":"from package log","ecs.version":"8.17.0"}`+"\n")
	got = ecsLine(t, func(l zerolog.Logger) { l.Log().Str("level", "mine").Send() })
	checkLine(t, got, `{"@timestamp":`+noon+`,"ecs.version":"8.17.0","level":"mine"}`+"\n")
	withGlobals(t, func() { zerolog.LevelFieldName, zerolog.MessageFieldName, zerolog.ErrorFieldName = "l", "msg", "err" })
	got = ecsLine(t, func(l zerolog.Logger) { l.Error().Err(io.EOF).Str("message", "x").Msg("m") })
	checkLine(t, got, `{"@timestamp":`+noon+`,"log.level":"error","message":"m","ecs.version":"8.17.0","error.message":"EOF","labels.message":"x"}`+"\n")
	withGlobals(t, func() { zerolog.LevelFieldName = "" })
	got = ecsLine(t, func(l zerolog.Logger) { l.Error().Msg("m") })
	checkLine(t, got, `{"@timestamp":`+noon+`,"message":"m","ecs.version":"8.17.0"}`+"\n")
}

func TestECSBound(t *testing.T) {
	atNoon(t)
	got := ecsLine(t, func(l zerolog.Logger) {
		l = With(fixed(0, false), l.With().Str("trace.id", "x").Int("event", 1).Timestamp().Logger())
		l.Info().Msg("m")
	})
	want := `{"@timestamp":` + noon + `,"log.level":"info","message":"m","trace.id":"4bf90000000000000000000000000036","span.id":"ab00000000000001","trace_flags":"00","ecs.version":"8.17.0","labels.event":"1","time":"2026-11-25T12:00:00Z"}`
	checkLine(t, got, want+"\n")
}

func TestECSHookBehindOurs(t *testing.T) {
	atNoon(t)
	var b bytes.Buffer
	l := New(&b, &events.Policy{Schema: events.ECS}).Hook(zerolog.HookFunc(func(e *zerolog.Event, _ zerolog.Level, _ string) {
		e.Str("trace.id", "theirs").Str("late", "x")
	}))
	l.Info().Ctx(fixed(0, false)).Msg("m")
	checkJSON(t, b.String())
	if got := b.String(); strings.Contains(got, "theirs") || !strings.Contains(got, `"late":"x"`) {
		t.Errorf("got %s", got)
	}
}

func TestECSResource(t *testing.T) {
	atNoon(t)
	var b bytes.Buffer
	l := New(&b, &events.Policy{Schema: events.ECS, Resource: []attribute.KeyValue{
		attribute.String("service.name", "mail"), attribute.String("deployment.environment.name", "prod"),
	}})
	l.Info().Str("service.name", "x").Msg("m")
	checkLine(t, b.String(), `{"@timestamp":`+noon+`,"log.level":"info","message":"m","ecs.version":"8.17.0","service.name":"mail","service.environment":"prod","labels.service_name":"x"}`+"\n")
}

func TestOTelResource(t *testing.T) {
	atNoon(t)
	var b bytes.Buffer
	l := New(&b, &events.Policy{Resource: []attribute.KeyValue{attribute.String("service.name", "mail")}})
	l.Info().Ctx(fixed(0, false)).Str("a", "b").Msg("m")
	checkLine(t, b.String(), `{"level":"info","a":"b","time":`+noon+`,`+fixedIDs+`,"service.name":"mail","message":"m"}`+"\n")
}

func TestCustomNames(t *testing.T) {
	atNoon(t)
	var b bytes.Buffer
	l := New(&b, &events.Policy{Names: &events.Names{TraceID: "t", Time: "at", Level: "severity", Message: "text"}})
	l.Warn().Ctx(fixed(0, false)).Str("a", "b").Err(io.EOF).Msg("m")
	checkLine(t, b.String(), `{"at":`+noon+`,"severity":"warn","text":"m","t":"4bf90000000000000000000000000036","a":"b","error":"EOF"}`+"\n")
}

// What is not one JSON object is none of the rewriter's business.
func TestRewriteLeavesAlone(t *testing.T) {
	for _, line := range []string{"", "\n", "plain text\n", "[1]\n", `{"a"}`, `{"a":1`, `{"a":1}}`, `{"a":1}{"b":2}`, `{"a":}`, `{"a":1,}`, `{,"a":1}`, `{"a":bad}`, "\xbf\x00", `{"a":1} x`} {
		var got string
		w := newWriter(writerFunc(func(p []byte) (int, error) { got = string(p); return len(p), nil }), (&events.Policy{Schema: events.ECS}).Rules())
		if n, err := w.Write([]byte(line)); n != len(line) || err != nil || got != line {
			t.Errorf("%q: got %q, %d, %v", line, got, n, err)
		}
	}
}

// The hook writes the time also where another writer takes the lines.
func TestOutput(t *testing.T) {
	atNoon(t)
	var b bytes.Buffer
	l := New(nil, &events.Policy{Schema: events.ECS}).Output(&b)
	l.Info().Ctx(context.Background()).Msg("m")
	const want = `{"level":"info","@timestamp":` + noon + `,"ecs.version":"8.17.0","message":"m"}` + "\n"
	checkLine(t, b.String(), want)
	other := new(levelBuffer)
	l = l.Output(other)
	l.Info().Ctx(context.Background()).Msg("m")
	checkLine(t, other.String(), want)
}

// levelBuffer is a writer that zerolog takes as it is, a pointer like that of New.
type levelBuffer struct{ bytes.Buffer }

func (b *levelBuffer) WriteLevel(_ zerolog.Level, line []byte) (int, error) { return b.Write(line) }

// Whoever checks for short writes compares with the line that was given, not with the one that was written.
func TestWriteReturnsLength(t *testing.T) {
	for _, schema := range []events.Schema{events.OTel, events.ECS} {
		w := newWriter(io.Discard, (&events.Policy{Schema: schema}).Rules())
		line := []byte(`{"level":"info","service":1,"@timestamp":"t","ecs.version":"1","message":"m"}` + "\n")
		if n, err := w.WriteLevel(zerolog.InfoLevel, line); n != len(line) || err != nil {
			t.Errorf("got %d, %v, want %d", n, err, len(line))
		}
	}
}

// A constant field is never taken for the message, whatever it is called.
func TestConstantCalledMessage(t *testing.T) {
	atNoon(t)
	zerolog.MessageFieldName = "text"
	var b bytes.Buffer
	l := New(&b, &events.Policy{Schema: events.ECS, Resource: []attribute.KeyValue{attribute.String("text", "constant")}})
	l.Info().Send()
	checkLine(t, b.String(), `{"@timestamp":`+noon+`,"log.level":"info","ecs.version":"8.17.0","text":"constant"}`+"\n")
}

// A resource that has names of zerolog's own leaves zerolog its names.
func TestResourceCalledLikeOurs(t *testing.T) {
	atNoon(t)
	const labels = `"labels.level":"gold","labels.time":"UTC","labels.message":"hello"`
	resource := []attribute.KeyValue{attribute.String("level", "gold"), attribute.String("time", "UTC"), attribute.String("message", "hello")}
	var b bytes.Buffer
	tests := []struct {
		name string
		l    func(*events.Policy) zerolog.Logger
		p    events.Policy
		want string
	}{
		{"New", func(p *events.Policy) zerolog.Logger { return New(&b, p) }, events.Policy{},
			`{"level":"info","a":1,"time":` + noon + `,` + labels + `,"message":"m"}`},
		{"New redacting", func(p *events.Policy) zerolog.Logger { return New(&b, p) }, events.Policy{Redact: []events.Redaction{events.RedactKeys("password")}},
			`{"level":"info","a":1,"time":` + noon + `,` + labels + `,"message":"m"}`},
		{"New with Output", func(p *events.Policy) zerolog.Logger { return New(nil, p).Output(&b) }, events.Policy{Schema: events.GCP},
			`{"level":"info","a":1,"time":` + noon + `,` + labels + `,"message":"m"}`},
		{"New, GCP", func(p *events.Policy) zerolog.Logger { return New(&b, p) }, events.Policy{Schema: events.GCP},
			`{"time":` + noon + `,"severity":"INFO","message":"m",` + labels + `,"a":1}`},
		{"Wrap", func(p *events.Policy) zerolog.Logger { return Wrap(zerolog.New(&b), p) }, events.Policy{},
			`{"level":"info","a":1,` + labels + `,"message":"m"}`},
		{"Wrap, ECS", func(p *events.Policy) zerolog.Logger { return Wrap(zerolog.New(&b), p) }, events.Policy{Schema: events.ECS},
			`{"level":"info","a":1,"ecs.version":"8.17.0",` + labels + `,"message":"m"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b.Reset()
			tt.p.Resource = resource
			l := tt.l(&tt.p)
			l.Info().Int("a", 1).Msg("m")
			checkLine(t, b.String(), tt.want+"\n")
		})
	}
}

// A line that the hook was not at is renamed as far as it can be told.
func TestLineWithoutOurs(t *testing.T) {
	var b bytes.Buffer
	w := newWriter(&b, (&events.Policy{Schema: events.ECS}).Rules())
	if _, err := w.WriteLevel(zerolog.InfoLevel, []byte(`{"level":"info","service":1}`+"\n")); err != nil {
		t.Fatal(err)
	}
	checkLine(t, b.String(), `{"log.level":"info","labels.service":"1"}`+"\n")
}

func TestRawJSONWithNewlines(t *testing.T) {
	for name, p := range map[string]*events.Policy{"OTel": nil, "ECS": {Schema: events.ECS}} {
		t.Run(name, func(t *testing.T) {
			var buf bytes.Buffer
			l := New(&buf, p)
			l.Info().RawJSON("r", []byte("{\n  \"a\": 1\n}\n")).Msg("m")
			if n := bytes.Count(buf.Bytes(), []byte("\n")); n != 1 || !json.Valid(buf.Bytes()) {
				t.Errorf("%d newlines: %s", n, buf.String())
			}
		})
	}
}
