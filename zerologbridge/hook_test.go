//go:build !binary_log

package zerologbridge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/spanlog/spanlog/events"
)

func TestWrapIDs(t *testing.T) {
	tests := []struct {
		name string
		ctx  context.Context
		want string
	}{
		{"unsampled", fixed(0, false), `{"level":"info","amount":42,` + fixedIDs + `,"message":"charged"}`},
		{"remote", fixed(0, true), `{"level":"info","amount":42,` + fixedIDs + `,"message":"charged"}`},
		{"sampled", fixed(1, false), `{"level":"info","amount":42,` + strings.Replace(fixedIDs, `"00"`, `"01"`, 1) + `,"message":"charged"}`},
		{"no span", context.Background(), `{"level":"info","amount":42,"message":"charged"}`},
		{"nil", nil, `{"level":"info","amount":42,"message":"charged"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, l := plain()
			l = Wrap(l, nil)
			l.Info().Ctx(tt.ctx).Int("amount", 42).Msg("charged")
			checkLine(t, b.String(), tt.want+"\n")
			b.Reset()
			l = With(tt.ctx, l)
			l.Info().Int("amount", 42).Msg("charged")
			checkLine(t, b.String(), tt.want+"\n")
		})
	}
}

func TestWrapTwice(t *testing.T) {
	tr := recording(t)
	b, l := plain()
	l = Wrap(Wrap(l, nil), nil)
	l.Info().Ctx(tr.ctx).Msg("once")
	checkLine(t, b.String(), `{"level":"info",`+tr.ids()+`,"message":"once"}`+"\n")
	tr.events(t, 1)

	b.Reset()
	l = Wrap(New(b, nil).With().Str("a", "b").Logger(), &events.Policy{Schema: events.ECS})
	l.Info().Ctx(tr.ctx).Msg("once")
	if got := strings.Count(b.String(), "trace"); got != 2 {
		t.Errorf("got %s, want one trace_id and one trace_flags", b)
	}
}

// A hook of ours inside somebody else's is not seen by Wrap; the ids are there once all the same.
func TestHiddenHook(t *testing.T) {
	b, l := plain()
	h := newHook((*events.Policy)(nil).Rules())
	l = Wrap(l.Hook(zerolog.LevelHook{InfoHook: h, NoLevelHook: h}), nil)
	l.Info().Ctx(fixed(0, false)).Msg("once")
	checkJSON(t, b.String())
	b.Reset()
	l.Log().Ctx(fixed(0, false)).Send()
	checkJSON(t, b.String())
}

func TestUserIDsGiveWay(t *testing.T) {
	pad := func(s string) string { return strings.Repeat(" ", len(s)) }
	tests := []struct {
		name, want string
		log        func(zerolog.Logger, context.Context)
	}{
		{"in the middle", `{"level":"info","a":1` + pad(`,"trace_id":"mine"`) + `,"b":2,` + fixedIDs + `}`, func(l zerolog.Logger, ctx context.Context) {
			l.Info().Ctx(ctx).Int("a", 1).Str("trace_id", "mine").Int("b", 2).Send()
		}},
		{"bound", `{"level":"info"` + pad(`,"span_id":7`) + `,"b":2,` + fixedIDs + `}`, func(l zerolog.Logger, ctx context.Context) {
			l = l.With().Int("span_id", 7).Logger()
			l.Info().Ctx(ctx).Int("b", 2).Send()
		}},
		{"first", `{` + pad(`"trace_id":{"x":1},`) + `"b":2,` + fixedIDs + `}`, func(l zerolog.Logger, ctx context.Context) {
			l.Log().Ctx(ctx).Dict("trace_id", zerolog.Dict().Int("x", 1)).Int("b", 2).Send()
		}},
		{"first and second", `{` + pad(`"trace_id":"x","trace_flags":null,`) + `"b":2,` + fixedIDs + `}`, func(l zerolog.Logger, ctx context.Context) {
			l.Log().Ctx(ctx).Str("trace_id", "x").Any("trace_flags", nil).Int("b", 2).Send()
		}},
		{"last", `{"b":2` + pad(`,"trace_id":"x"`) + `,` + fixedIDs + `}`, func(l zerolog.Logger, ctx context.Context) {
			l.Log().Ctx(ctx).Int("b", 2).Str("trace_id", "x").Send()
		}},
		{"all there is", pad(`{"trace_id":"x","span_id":"y"`)[1:] + `{` + fixedIDs + `}`, func(l zerolog.Logger, ctx context.Context) {
			l.Log().Ctx(ctx).Str("trace_id", "x").Str("span_id", "y").Send()
		}},
		{"not at the root", `{"level":"info","d":{"trace_id":"x"},` + fixedIDs + `}`, func(l zerolog.Logger, ctx context.Context) {
			l.Info().Ctx(ctx).Dict("d", zerolog.Dict().Str("trace_id", "x")).Send()
		}},
		{"no span", `{"level":"info","trace_id":"mine"}`, func(l zerolog.Logger, _ context.Context) {
			l.Info().Str("trace_id", "mine").Send()
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, l := plain()
			tt.log(Wrap(l, nil), fixed(0, false))
			checkLine(t, b.String(), tt.want+"\n")
		})
	}
	t.Run("not on the event", func(t *testing.T) {
		tr := recording(t)
		_, l := plain()
		l = Wrap(l, nil)
		l.Info().Ctx(tr.ctx).Str("trace_id", "mine").Int("a", 1).Send()
		if _, got := attrsOf(tr.events(t, 1)[0]); got != "a=1:INT64" {
			t.Errorf("got %s", got)
		}
	})
}

type point struct{ x, y int }

func (p point) MarshalZerologObject(e *zerolog.Event) { e.Int("x", p.x).Int("y", p.y) }

func TestEventFields(t *testing.T) {
	tr := recording(t)
	_, l := plain()
	l = With(tr.ctx, Wrap(l, nil).With().Str("bound", "yes").Logger())
	before := time.Now()
	l.Warn().
		Str("s", "a\"\n\u00e9\U0001F600\xff").Int("i", 1<<53+1).Uint64("u", 1<<63).Float64("f", 0.5).Bool("b", true).
		Any("nil", nil).Dur("dur", 1500*time.Microsecond).Time("t", time.Unix(0, 0).UTC()).Hex("h", []byte{1, 255}).
		Dict("d", zerolog.Dict().Int("a", 1).Dict("e", zerolog.Dict().Str("f", "g"))).
		Array("mixed", zerolog.Arr().Int(1).Str("x")).Strs("strs", []string{"p", "q\t"}).Ints("ints", []int{1, 2}).
		Floats64("floats", []float64{1, 2.5}).Bools("bools", []bool{true, false}).Object("o", point{1, 2}).
		EmbedObject(point{3, 4}).Objects("os", []zerolog.LogObjectMarshaler{point{5, 6}}).Strs("none", nil).
		Msg("all of it")
	e := tr.events(t, 1)[0]
	severity, got := attrsOf(e)
	want := strings.Join([]string{
		"bound=yes", "s=a\"\n\u00e9\U0001F600\ufffd", "i=9007199254740993:INT64", "u=9223372036854775808", "f=0.5:FLOAT64", "b=true:BOOL",
		"nil=null", "dur=1.5:FLOAT64", "t=1970-01-01T00:00:00Z", "h=01ff", "d.a=1:INT64", "d.e.f=g",
		`mixed=[1,"x"]`, `strs=["p","q\t"]:STRINGSLICE`, "ints=[1,2]:INT64SLICE", "floats=[1,2.5]:FLOAT64SLICE", "bools=[true,false]:BOOLSLICE",
		"o.x=1:INT64", "o.y=2:INT64", "x=3:INT64", "y=4:INT64", `os=[{"x":5,"y":6}]`, "none=[]",
	}, " | ")
	if got != want {
		t.Errorf("attributes\n got %s\nwant %s", got, want)
	}
	if severity != "WARN" || e.Name != "all of it" {
		t.Errorf("got %s %q", severity, e.Name)
	}
	if e.Time.Before(before) || e.Time.After(time.Now()) {
		t.Errorf("time %v is not that of the call", e.Time)
	}
}

func TestEventLevels(t *testing.T) {
	tests := []struct {
		level    zerolog.Level
		slog     slog.Level
		severity string
	}{
		{zerolog.TraceLevel, -8, "TRACE"}, {zerolog.DebugLevel, -4, "DEBUG"}, {zerolog.InfoLevel, 0, "INFO"}, {zerolog.NoLevel, 0, "INFO"},
		{zerolog.WarnLevel, 4, "WARN"}, {zerolog.ErrorLevel, 8, "ERROR"}, {zerolog.PanicLevel, 13, "PANIC"}, {zerolog.FatalLevel, 14, "FATAL"},
		{-2, -12, "-2"}, {20, 0, "20"},
	}
	for _, tt := range tests {
		t.Run(tt.severity, func(t *testing.T) {
			for _, least := range []slog.Level{tt.slog, tt.slog + 1} {
				tr := recording(t)
				_, l := plain()
				l = Wrap(l.Level(-10), &events.Policy{EventLevel: least, StatusLevel: events.Off})
				zerolog.SetGlobalLevel(-10)
				l.WithLevel(tt.level).Ctx(tr.ctx).Msg("m")
				zerolog.SetGlobalLevel(zerolog.TraceLevel)
				if least > tt.slog {
					tr.events(t, 0)
				} else if got, _ := attrsOf(tr.events(t, 1)[0]); got != tt.severity {
					t.Errorf("got severity %s, want %s", got, tt.severity)
				}
			}
		})
	}
}

func TestErrorOnSpan(t *testing.T) {
	tr := recording(t)
	_, l := plain()
	l = Wrap(l, nil)
	l.Error().Ctx(tr.ctx).Err(errors.New("card declined")).AnErr("other", errors.New("x")).Msg("charge failed")
	l.Error().Ctx(tr.ctx).Err(errors.New("card declined")).Msg("again")
	l.Error().Ctx(tr.ctx).Err(errors.New("no money")).Msg("another")
	s := tr.ended()
	want := []string{
		"error=card declined | other=x | exception.message=card declined",
		"error=card declined", // the text is the error: it was told
		"error=no money | exception.message=no money",
	}
	for i, e := range s.Events() {
		if _, got := attrsOf(e); got != want[i] {
			t.Errorf("%s: got %s, want %s", e.Name, got, want[i])
		}
	}
	if got := s.Status(); got.Code != codes.Error || got.Description != "another: no money" {
		t.Errorf("got status %v", got)
	}
	if got := s.Attributes(); len(got) != 1 || got[0] != attribute.String("error.type", "_OTHER") {
		t.Errorf("got attributes %v", got)
	}
}

func TestErrorThatIsAnObject(t *testing.T) {
	tr := recording(t)
	_, l := plain()
	l = Wrap(l, nil)
	l.Error().Ctx(tr.ctx).Object(zerolog.ErrorFieldName, point{1, 2}).Msg("m")
	if _, got := attrsOf(tr.events(t, 1)[0]); !strings.Contains(got, `exception.message={"x":1,"y":2}`) || !strings.Contains(got, "error.x=1:INT64") {
		t.Errorf("got %s", got)
	}
}

func TestRenamedGlobals(t *testing.T) {
	withGlobals(t, func() {
		zerolog.LevelFieldName, zerolog.TimestampFieldName, zerolog.ErrorFieldName, zerolog.MessageFieldName, zerolog.CallerFieldName = "l", "ts", "err", "msg", "at"
		zerolog.LevelFieldMarshalFunc = func(l zerolog.Level) string { return strings.ToUpper(l.String()) }
	})
	tr := recording(t)
	b, l := plain()
	l = Wrap(l, nil)
	l.Error().Timestamp().Ctx(tr.ctx).Err(errors.New("x")).Str("at", "a/b.go:12").Str("l", "kept").Str("level", "kept too").Msg("m")
	if !strings.HasPrefix(b.String(), `{"l":"ERROR","ts":`) {
		t.Errorf("got %s", b)
	}
	want := "err=x | code.file.path=a/b.go | code.line.number=12:INT64 | l=kept | level=kept too | "
	if _, got := attrsOf(tr.events(t, 1)[0]); !strings.HasPrefix(got, want) || !strings.Contains(got, "exception.message=x") {
		t.Errorf("got %s, want %s…", got, want)
	}
}

func TestEventName(t *testing.T) {
	tr := recording(t)
	b, l := plain()
	l = Wrap(l, nil)
	l.Info().Ctx(tr.ctx).Str("event.name", "payment.charged").Msg("m")
	l.Info().Ctx(tr.ctx).Send()
	es := tr.events(t, 2)
	if es[0].Name != "payment.charged" || len(es[0].Attributes) != 1 || es[1].Name == "" {
		t.Errorf("got %v", es)
	}
	if !strings.Contains(b.String(), `"event.name":"payment.charged"`) {
		t.Errorf("got %s", b)
	}
}

func TestNoEvent(t *testing.T) {
	tr := recording(t)
	b, l := plain()
	discard := zerolog.HookFunc(func(e *zerolog.Event, _ zerolog.Level, m string) {
		if m == "discard" {
			e.Discard()
		}
	})
	l = Wrap(l.Hook(discard).Level(zerolog.InfoLevel), nil)
	l.Info().Ctx(tr.ctx).Msg("discard")
	l.Info().Ctx(tr.ctx).Discard().Msg("discarded")
	l.Debug().Ctx(tr.ctx).Msg("disabled")
	never := l.Sample(zerolog.RandomSampler(0))
	never.Info().Ctx(tr.ctx).Msg("sampled out")
	var zero zerolog.Logger
	zero = With(tr.ctx, Wrap(zero, nil))
	zero.Info().Msg("zero logger")
	nop := With(tr.ctx, Wrap(zerolog.Nop(), nil))
	nop.Error().Msg("nop")
	if b.Len() != 0 {
		t.Errorf("got %s", b)
	}
	tr.events(t, 0)
}

func TestSampler(t *testing.T) {
	tr := recording(t)
	b, l := plain()
	l = Wrap(l, nil).Sample(&zerolog.BasicSampler{N: 2})
	for i := range 4 {
		l.Info().Ctx(tr.ctx).Msgf("call %d", i)
	}
	if got := strings.Count(b.String(), "\n"); got != 2 {
		t.Errorf("got %d lines, want 2", got)
	}
	tr.events(t, 2)
}

func TestUnsampledHasNoEvent(t *testing.T) {
	b, l := plain()
	l = With(fixed(0, false), Wrap(l, nil))
	l.Error().Msg("m")
	checkLine(t, b.String(), `{"level":"error",`+fixedIDs+`,"message":"m"}`+"\n")
}

// invalid are texts that are no JSON.
var invalid = []string{``, `{ `, `{"x":1`, `bad`, `"open`, `1}`, `[1,`, `1,2`, "\x00", `{"a":{bad}`, `tru`, `-`, `1.`, "\"a\nb\"",
	`"\q"`, `"\u12"`, "\"\xff\"", `{"\q":1}`, `1,"\q":2`, `}`, `"`, `\`, "\n", `{"x":"` + "\x01" + `"}`, `[[]`, `+1`, `01`, `.5`, `NaN`, `1 2`}

func TestInvalidRawJSON(t *testing.T) {
	for _, raw := range append(invalid, `"\ud800"`) {
		t.Run(raw, func(t *testing.T) {
			tr := recording(t)
			_, l := plain()
			l = Wrap(l, nil)
			l.Info().Ctx(tr.ctx).Int("a", 1).RawJSON("raw", []byte(raw)).Int("b", 2).Str("trace_id", "x").Msg("m")
			if _, got := attrsOf(tr.events(t, 1)[0]); !strings.HasPrefix(got, "a=1:INT64 | raw") || !strings.HasSuffix(got, "b=2:INT64") {
				t.Errorf("got %s", got)
			}
		})
	}
}

// New writes a line all the same, under every schema, with or without a span, wherever the raw JSON comes from.
func TestInvalidRawJSONOnALine(t *testing.T) {
	for name, p := range map[string]*events.Policy{"OTel": nil, "ECS": {Schema: events.ECS}, "GCP": {Schema: events.GCP}, "redacting": secrets(events.OTel)} {
		for _, raw := range invalid {
			for place, log := range map[string]func(zerolog.Logger, context.Context){
				"call": func(l zerolog.Logger, ctx context.Context) {
					l.Info().Ctx(ctx).Int("a", 1).RawJSON("raw", []byte(raw)).Int("b", 2).Msg("m")
				},
				"With": func(l zerolog.Logger, ctx context.Context) {
					l = l.With().Int("a", 1).RawJSON("raw", []byte(raw)).Logger()
					l.Info().Ctx(ctx).Int("b", 2).Msg("m")
				},
			} {
				for _, ctx := range []context.Context{context.Background(), fixed(0, false), recording(t).ctx} {
					t.Run(name+"/"+place+"/"+raw, func(t *testing.T) {
						var b bytes.Buffer
						log(New(&b, p), ctx)
						var m map[string]any
						if err := json.Unmarshal(b.Bytes(), &m); err != nil || !utf8.Valid(b.Bytes()) || bytes.Count(b.Bytes(), []byte("\n")) != 1 {
							t.Fatalf("%v: %q", err, b.String())
						}
						if mark := strings.Contains(b.String(), `:"!ERROR:invalid JSON: `); m["a"] != 1.0 || m["b"] != 2.0 || mark == (name == "redacting") {
							t.Errorf("got %s", b.String())
						}
						if traced := strings.Count(b.String(), trace.SpanContextFromContext(ctx).SpanID().String()) == 1; traced != (ctx != context.Background()) {
							t.Errorf("ids: got %s", b.String())
						}
					})
				}
			}
		}
	}
}

// TestInvalidRawJSONUnderOurNames: what is no JSON stands under its key with a mark, unless a field of ours has that name.
func TestInvalidRawJSONUnderOurNames(t *testing.T) {
	resource := []attribute.KeyValue{attribute.String("service.name", "shop")}
	for schema, names := range map[events.Schema][2]string{events.OTel: {"trace_id", "span_id"}, events.ECS: {"trace.id", "span.id"}} {
		for _, ctx := range []context.Context{context.Background(), fixed(0, false), recording(t).ctx} {
			var b bytes.Buffer
			l := New(&b, &events.Policy{Schema: schema, Resource: resource})
			l = l.With().RawJSON(names[0], []byte("x")).Logger()
			l.Info().Ctx(ctx).Int("a", 1).RawJSON(names[1], []byte(`{"k":`)).RawJSON("service.name", []byte(`[`)).Msg("m")
			var line map[string]any
			if err := json.Unmarshal(b.Bytes(), &line); err != nil {
				t.Fatal(err)
			}
			if _, twice := rootKeys(b.String()); twice != "" {
				t.Errorf("%s stands twice in %s", twice, b.String())
			}
			traceID, spanID := notJSON+"x", notJSON+`{"k":`
			if sc := trace.SpanContextFromContext(ctx); sc.IsValid() {
				traceID, spanID = sc.TraceID().String(), sc.SpanID().String()
			}
			if line[names[0]] != traceID || line[names[1]] != spanID || line["service.name"] != "shop" || line["a"] != 1.0 {
				t.Errorf("got %s", b.String())
			}
			if line["labels.service_name"] != notJSON+"[" {
				t.Errorf("got %s", b.String())
			}
		}
	}
}

// Later lines use the memory of earlier ones again.
func TestEventOwnsItsText(t *testing.T) {
	tr := recording(t)
	_, l := plain()
	l = With(tr.ctx, Wrap(l, nil))
	for i := range 90 {
		l.Info().Str("s", fmt.Sprintf("text %03d", i)).Msg("m")
	}
	for i, e := range tr.events(t, 90) {
		if got, want := e.Attributes[1].Value.AsString(), fmt.Sprintf("text %03d", i); got != want {
			t.Fatalf("event %d: got %q, want %q", i, got, want)
		}
	}
}

func TestFallback(t *testing.T) {
	tr := recording(t)
	var b bytes.Buffer
	out := newWriter(&b, (&events.Policy{Resource: []attribute.KeyValue{attribute.String("service.name", "shop"), attribute.Int("n", 1)}}).Rules())
	h := newHook(out.rules)
	h.stamps, h.leaves = true, false
	h.buffer = buffer{-1}
	h.inside = inside{-1, -1}
	atNoon(t)
	l := zerolog.New(out).Hook(h)
	l.Info().Ctx(tr.ctx).Int("a", 1).Msg("m")
	checkLine(t, b.String(), `{"level":"info","a":1,"time":"2026-11-25T12:00:00.123456789Z",`+tr.ids()+`,"service.name":"shop","n":1,"message":"m"}`+"\n")
	e := tr.events(t, 1)[0]
	if severity, got := attrsOf(e); severity != "INFO" || got != "" || e.Name != "m" {
		t.Errorf("got %s %s %s", e.Name, severity, got)
	}
}

func TestBufferIsFound(t *testing.T) {
	if b := findBuffer(); b.field < 0 {
		t.Fatal("zerolog.Event has changed: events have no fields any more")
	}
	if in := findInside(); in.writer < 0 || in.done < 0 {
		t.Fatal("zerolog.Event has changed: Output and WithLevel(FatalLevel) are not told apart any more")
	}
}

func TestResource(t *testing.T) {
	b, l := plain()
	p := &events.Policy{Resource: []attribute.KeyValue{attribute.String("service.name", "shop"), attribute.Int("n", 1)}}
	l = Wrap(l, p)
	l.Info().Int("n", 7).Str("service.name", "other").Dict("d", zerolog.Dict().Int("n", 8)).Msg("m")
	want := `{"level":"info"` + strings.Repeat(" ", len(`,"n":7,"service.name":"other"`)) + `,"d":{"n":8},"service.name":"shop","n":1,"labels.n":"7","labels.service_name":"other","message":"m"}` + "\n"
	checkLine(t, b.String(), want)
	b.Reset()
	l.Info().Ctx(fixed(0, false)).Msg("m")
	checkLine(t, b.String(), `{"level":"info",`+fixedIDs+`,"service.name":"shop","n":1,"message":"m"}`+"\n")
}

func TestNames(t *testing.T) {
	b, l := plain()
	l = Wrap(l, &events.Policy{Names: &events.Names{SpanID: "span"}})
	l.Info().Ctx(fixed(0, false)).Str("trace_id", "mine").Str("span", "x").Send()
	checkJSON(t, b.String())
	if got := b.String(); !strings.Contains(got, `"trace_id":"mine"`) || !strings.HasSuffix(got, `,"span":"ab00000000000001"}`+"\n") {
		t.Errorf("got %s", got)
	}
	b.Reset()
	_, l = plain()
	l = Wrap(l.Output(b), &events.Policy{Names: &events.Names{}})
	l.Info().Ctx(fixed(0, false)).Send()
	checkLine(t, b.String(), `{"level":"info"}`+"\n")
}

func TestConcurrent(t *testing.T) {
	tr := recording(t)
	var mu sync.Mutex
	var lines []string
	w := writerFunc(func(p []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, string(p))
		return len(p), nil
	})
	l := New(w, &events.Policy{Schema: events.ECS})
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			bound := With(tr.ctx, l)
			for i := range 20 {
				bound.Info().Int("g", g).Int("i", i).Str("trace.id", "x").Msg("m")
			}
		})
	}
	wg.Wait()
	for _, line := range lines {
		checkJSON(t, line)
	}
	if len(lines) != 80 {
		t.Errorf("got %d lines", len(lines))
	}
	tr.events(t, 80)
}

func TestPanicKeepsPanicking(t *testing.T) {
	tr := recording(t)
	_, l := plain()
	l = With(tr.ctx, Wrap(l, nil))
	func() {
		defer func() {
			if got := recover(); got != "boom" {
				t.Errorf("recovered %v, want boom", got)
			}
		}()
		l.Panic().Msg("boom")
	}()
	if got, _ := attrsOf(tr.events(t, 1)[0]); got != "PANIC" {
		t.Errorf("got %s", got)
	}
}

func TestWith(t *testing.T) {
	b, l := plain()
	l = Wrap(l, nil)
	bound := With(fixed(0, false), l)
	var none context.Context
	other := trace.ContextWithSpanContext(context.Background(), trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{9}, SpanID: trace.SpanID{9}}))
	tests := []struct {
		name string
		log  func()
		want string
	}{
		{"the call's context wins", func() { bound.Info().Ctx(other).Send() }, idsOf(trace.SpanContextFromContext(other))},
		{"the last binding wins", func() { l := With(other, bound); l.Info().Send() }, idsOf(trace.SpanContextFromContext(other))},
		{"the last binding wins without a span", func() { l := With(context.Background(), bound); l.Info().Send() }, ""},
		{"nil binds nothing", func() { l := With(none, bound); l.Info().Send() }, fixedIDs},
		{"zerolog.Ctx", func() { zerolog.Ctx(bound.WithContext(context.Background())).Info().Send() }, fixedIDs},
		{"derived", func() { l := bound.With().Logger(); l.Info().Send() }, fixedIDs},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b.Reset()
			tt.log()
			want := `{"level":"info"`
			if tt.want != "" {
				want += "," + tt.want
			}
			checkLine(t, b.String(), want+"}\n")
		})
	}
}

// Line and event of a logger of New have the same time.
func TestEventTime(t *testing.T) {
	atNoon(t)
	tr := recording(t)
	l := New(nil, nil)
	l.Info().Ctx(tr.ctx).Msg("m")
	if got := tr.events(t, 1)[0].Time; !got.Equal(zerolog.TimestampFunc()) {
		t.Errorf("got %v, want %v", got, zerolog.TimestampFunc())
	}
}
