//go:build !binary_log

package zerologbridge

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/spanlog/spanlog/events"
)

// logging logs with the same logger and context while it is formatted.
type logging struct {
	l   zerolog.Logger
	ctx context.Context
}

func (v logging) MarshalZerologObject(e *zerolog.Event) {
	v.l.Info().Ctx(v.ctx).Msg("from the object")
	e.Str("a", "b")
}

// asJSON does so where zerolog hands it to encoding/json.
type asJSON struct{ v logging }

func (j asJSON) MarshalJSON() ([]byte, error) {
	v := j.v
	v.l.Info().Ctx(v.ctx).Msg("from MarshalJSON")
	return []byte(`{"c":1}`), nil
}
func (v logging) String() string {
	v.l.Info().Ctx(v.ctx).Msg("from String")
	return "text"
}

func TestValuesThatLog(t *testing.T) {
	for _, schema := range []events.Schema{events.OTel, events.ECS} {
		var b bytes.Buffer
		for name, l := range both(&b, secrets(schema)) {
			t.Run(name, func(t *testing.T) {
				b.Reset()
				tr := recording(t)
				v := logging{l, tr.ctx}
				done := make(chan struct{})
				go func() {
					defer close(done)
					l.Info().Ctx(tr.ctx).Object("o", v).Interface("j", asJSON{v}).Stringer("s", v).Msg("outer")
				}()
				select {
				case <-done:
				case <-time.After(time.Minute):
					t.Fatal("hangs")
				}
				for line := range strings.Lines(b.String()) {
					checkJSON(t, line)
				}
				es := tr.events(t, 4)
				if _, got := attrsOf(es[3]); got != "o.a=b | j.c=1:INT64 | s=text" {
					t.Errorf("got %s", got)
				}
			})
		}
	}
}

// What a value raises is raised by zerolog, before the hook: ours adds nothing, and the logger stays usable.
type raising struct{}

func (raising) String() string { panic("string") }
func (raising) Error() string  { panic("error") }

type raisingObject struct{}

func (raisingObject) MarshalZerologObject(*zerolog.Event) { panic("object") }

func TestValuesThatPanic(t *testing.T) {
	tr := recording(t)
	b, l := plain()
	l = With(tr.ctx, Wrap(l, nil))
	calls := map[string]func(e *zerolog.Event){
		"object": func(e *zerolog.Event) { e.Object("a", raisingObject{}).Send() },
		"string": func(e *zerolog.Event) { e.Stringer("a", raising{}).Send() },
		"error":  func(e *zerolog.Event) { e.Err(raising{}).Send() },
	}
	for want, call := range calls {
		func() {
			defer func() {
				if got := recover(); got != nil && got != want {
					t.Errorf("recovered %v, want what zerolog lets through: %s", got, want)
				}
			}()
			call(l.Info())
		}()
	}
	l.Info().Msg("after")
	if !strings.HasSuffix(b.String(), `"message":"after"}`+"\n") {
		t.Errorf("got %s", b)
	}
}

// What a function of the policy or of zerolog's globals raises does not reach the program.
func TestFunctionsThatPanic(t *testing.T) {
	withGlobals(t, func() { zerolog.TimestampFunc = func() time.Time { panic("no clock") } })
	tr := recording(t)
	var b bytes.Buffer
	l := New(&b, &events.Policy{Schema: events.ECS})
	l.Info().Ctx(tr.ctx).Int("a", 1).Msg("m")
	checkJSON(t, b.String())
	if got := b.String(); !strings.Contains(got, `"a":1`) || !strings.Contains(got, "m") {
		t.Errorf("got %s", got)
	}
}

func TestHugeLines(t *testing.T) {
	big := strings.Repeat("x\u00e9", 10<<20/3)
	for _, text := range []string{big[:1<<20], big} {
		var b bytes.Buffer
		for name, l := range both(&b, &events.Policy{Schema: events.ECS}) {
			t.Run(name, func(t *testing.T) {
				b.Reset()
				tr := recording(t)
				l.Info().Ctx(tr.ctx).Str("short", "s").Str("big", text).Str("error", text[:1<<20]).Strs("list", []string{text[:1<<20], "y"}).Msg(text[:1<<20])
				if !json.Valid(b.Bytes()) || b.Len() < len(text) {
					t.Errorf("%d bytes, valid %v", b.Len(), json.Valid(b.Bytes()))
				}
				e := tr.events(t, 1)[0]
				total := len(e.Name)
				for _, kv := range e.Attributes {
					total += len(kv.Value.String())
				}
				if total > 5*64<<10 || total < 64<<10 {
					t.Errorf("the event has %d bytes", total)
				}
			})
		}
	}
}

func TestManyFields(t *testing.T) {
	for _, key := range []string{"k%d", "same"} {
		for _, schema := range []events.Schema{events.OTel, events.ECS} {
			var b bytes.Buffer
			for name, l := range both(&b, &events.Policy{Schema: schema}) {
				t.Run(name, func(t *testing.T) {
					b.Reset()
					tr := recording(t)
					e, d := l.Info().Ctx(tr.ctx), zerolog.Dict()
					for i := range 10000 {
						k := key
						if strings.Contains(key, "%") {
							k = fmt.Sprintf(key, i)
						}
						e.Int(k, i)
						d.Int(k, i)
					}
					e.Dict("d", d).Msg("m")
					if !json.Valid(b.Bytes()) {
						t.Error("not JSON")
					}
					if got := tr.events(t, 1)[0]; len(got.Attributes) != 128 || got.DroppedAttributeCount != 20001-128 {
						t.Errorf("%d attributes, %d dropped", len(got.Attributes), got.DroppedAttributeCount)
					}
				})
			}
		}
	}
}

func TestOddValues(t *testing.T) {
	b, l := plain()
	l = Wrap(l, nil)
	tr := recording(t)
	ctx, cancel := context.WithCancel(tr.ctx)
	cancel()
	l.Info().Ctx(ctx).
		Float64("nan", math.NaN()).Float64("inf", math.Inf(-1)).Float32("f", 0.1).
		Int("", 1).Int("trace_id", 2).Int("a.b", 3).Int("\xff", 4).Str("bad", "\xfe").
		Uint64("max", math.MaxUint64).Int64("exact", 1<<53+1).Interface("chan", make(chan int)).Time("t", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)).
		Interface("nil", (*int)(nil)).Object("nilobj", nil).Err(nil).Bytes("bytes", []byte{0xff, 'a'}).
		Msg("\xffmessage")
	checkJSON(t, b.String())
	_, got := attrsOf(tr.events(t, 1)[0])
	for _, want := range []string{
		"nan=NaN", "inf=-Inf", "f=0.1:FLOAT64", "_=1:INT64", "a.b=3:INT64", "\ufffd=4:INT64", "bad=\ufffd",
		"max=18446744073709551615", "exact=9007199254740993:INT64", "nil=null",
	} {
		if !strings.Contains(" | "+got+" | ", " | "+want+" | ") {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if strings.Contains(got, "trace_id") {
		t.Errorf("an id of the user's on the event: %s", got)
	}
}

func TestEndedSpan(t *testing.T) {
	var b bytes.Buffer
	for name, l := range both(&b, nil) {
		b.Reset()
		tr := recording(t)
		tr.span.End()
		l.Error().Ctx(tr.ctx).Msg("late")
		if !strings.Contains(b.String(), tr.ids()) {
			t.Errorf("%s: got %s", name, b.String())
		}
	}
}

// Loggers derived from one are used at once, with all that a policy can do. Run with -race.
func TestConcurrentDerived(t *testing.T) {
	tp := sdktrace.NewTracerProvider()
	p := secrets(events.ECS)
	p.Resource = append(p.Resource, attribute.String("host.name", "h"))
	w := zerolog.SyncWriter(io.Discard)
	for _, base := range []zerolog.Logger{New(w, p), Wrap(zerolog.New(w), p)} {
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				ctx, span := tp.Tracer("test").Start(context.Background(), "work")
				defer span.End()
				l := With(ctx, base.With().Int("g", g).Str("service.name", "mine").Logger())
				for i := range 50 {
					d := l.With().Int("i", i).Logger()
					leak(d.Warn())
				}
			})
		}
		wg.Wait()
	}
}
