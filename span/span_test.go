package span_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/spanlog/spanlog/span"
)

// root returns a context with a span of a recording provider, and what has ended there.
func root(t *testing.T) (context.Context, trace.Span, *tracetest.SpanRecorder) {
	t.Helper()
	rec := tracetest.NewSpanRecorder()
	tp := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(rec))
	ctx, s := tp.Tracer("test").Start(context.Background(), "root")
	return ctx, s, rec
}

func ended(t *testing.T, rec *tracetest.SpanRecorder, name string) sdktrace.ReadOnlySpan {
	t.Helper()
	for _, s := range rec.Ended() {
		if s.Name() == name {
			return s
		}
	}
	t.Fatalf("no span %q has ended", name)
	return nil
}

func attr(attrs []attribute.KeyValue, key string) string {
	for _, kv := range attrs {
		if string(kv.Key) == key {
			return kv.Value.String()
		}
	}
	return ""
}

func exceptions(s sdktrace.ReadOnlySpan) (n int) {
	for _, e := range s.Events() {
		if attr(e.Attributes, "exception.type") != "" {
			n++
		}
	}
	return n
}

func TestStartNests(t *testing.T) {
	ctx, parent, rec := root(t)
	_, s := span.Start(ctx, "child", attribute.String("order.id", "o1"))
	span.End(s, nil)
	got := ended(t, rec, "child")
	if got.Parent().SpanID() != parent.SpanContext().SpanID() {
		t.Errorf("parent is %s, want %s", got.Parent().SpanID(), parent.SpanContext().SpanID())
	}
	if attr(got.Attributes(), "order.id") != "o1" {
		t.Errorf("attributes are %v, want order.id=o1", got.Attributes())
	}
	if got.Status().Code != codes.Unset {
		t.Errorf("status is %v, want Unset", got.Status())
	}
}

func TestStartIsOnAWholeMicrosecond(t *testing.T) {
	ctx, _, rec := root(t)
	for range 50 {
		_, s := span.Start(ctx, "aligned")
		span.End(s, nil)
	}
	for _, s := range rec.Ended() {
		if s.StartTime().Nanosecond()%1000 != 0 {
			t.Fatalf("span starts at %s, want a whole microsecond", s.StartTime().Format(time.RFC3339Nano))
		}
		if s.EndTime().Before(s.StartTime()) {
			t.Fatal("span ends before it starts")
		}
	}
}

func TestEndRecordsTheErrorOfThatMoment(t *testing.T) {
	ctx, _, rec := root(t)
	f := func() (err error) {
		_, s := span.Start(ctx, "fails")
		defer span.End(s, &err)
		return fmt.Errorf("read: %w", io.ErrUnexpectedEOF)
	}
	if err := f(); err == nil {
		t.Fatal("the error did not come back")
	}
	s := ended(t, rec, "fails")
	if s.Status() != (sdktrace.Status{Code: codes.Error, Description: "read: unexpected EOF"}) {
		t.Errorf("status is %v", s.Status())
	}
	if got := attr(s.Attributes(), "error.type"); got != "*errors.errorString" {
		t.Errorf("error.type is %q", got)
	}
	if len(s.Events()) != 1 || s.Events()[0].Name != "exception" || attr(s.Events()[0].Attributes, "exception.message") != "read: unexpected EOF" {
		t.Errorf("events are %v", s.Events())
	}
}

func TestOneErrorThroughThreeSpansIsToldOnce(t *testing.T) {
	ctx, _, rec := root(t)
	err := span.Do(ctx, "outer", func(ctx context.Context) error {
		return fmt.Errorf("outer: %w", span.Do(ctx, "middle", func(ctx context.Context) error {
			return fmt.Errorf("middle: %w", span.Do(ctx, "inner", func(context.Context) error {
				return errors.New("declined")
			}))
		}))
	})
	if err == nil || err.Error() != "outer: middle: declined" {
		t.Fatalf("error is %v", err)
	}
	for name, want := range map[string]int{"inner": 1, "middle": 0, "outer": 0} {
		s := ended(t, rec, name)
		if got := exceptions(s); got != want {
			t.Errorf("%s has %d exception events, want %d", name, got, want)
		}
		if s.Status().Code != codes.Error {
			t.Errorf("%s has status %v, want Error", name, s.Status())
		}
	}
}

func TestOtherErrorIsToldAgain(t *testing.T) {
	ctx, s, rec := root(t)
	_ = span.Fail(ctx, errors.New("one"))
	_ = span.Fail(ctx, errors.New("one"))
	s.End()
	if got := exceptions(ended(t, rec, "root")); got != 2 {
		t.Errorf("%d exception events for two errors with one text, want 2", got)
	}
}

type uncomparable struct{ parts []string }

func (e uncomparable) Error() string { return strings.Join(e.parts, " ") }

func TestUncomparableErrorsAreNeverRepeats(t *testing.T) {
	ctx, s, rec := root(t)
	err := uncomparable{[]string{"a", "b"}}
	_ = span.Fail(ctx, err)
	_ = span.Fail(ctx, fmt.Errorf("wrapped: %w", err))
	s.End()
	if got := exceptions(ended(t, rec, "root")); got != 2 {
		t.Errorf("%d exception events, want 2", got)
	}
}

func TestPanicIsRecordedAndRaisedAgain(t *testing.T) {
	ctx, _, rec := root(t)
	value := errors.New("boom")
	func() {
		defer func() {
			if r := recover(); r != value {
				t.Errorf("recovered %v, want the same value", r)
			}
		}()
		_ = span.Do(ctx, "outer", func(ctx context.Context) error {
			return span.Do(ctx, "inner", func(context.Context) error { panic(value) })
		})
	}()
	inner, outer := ended(t, rec, "inner"), ended(t, rec, "outer")
	if inner.Status() != (sdktrace.Status{Code: codes.Error, Description: "panic: boom"}) || outer.Status().Code != codes.Error {
		t.Errorf("statuses are %v and %v", inner.Status(), outer.Status())
	}
	if exceptions(inner) != 1 || exceptions(outer) != 0 {
		t.Errorf("exception events: inner %d, outer %d, want 1 and 0", exceptions(inner), exceptions(outer))
	}
	if stack := attr(inner.Events()[0].Attributes, "exception.stacktrace"); !strings.Contains(stack, "TestPanicIsRecorded") {
		t.Errorf("the stack does not lead here: %s", stack)
	}
}

// logs is a panic value whose String uses the span: the SDK's own End would wait for itself.
type logs struct{ ctx context.Context }

func (l logs) String() string {
	trace.SpanFromContext(l.ctx).AddEvent("formatting")
	return "formatted"
}

func TestPanicValueThatUsesTheSpanDoesNotHang(t *testing.T) {
	ctx, _, rec := root(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }()
		_ = span.Do(ctx, "hangs", func(ctx context.Context) error { panic(logs{ctx}) })
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatal("End hangs")
	}
	if got := ended(t, rec, "hangs").Status().Description; got != "panic: formatted" {
		t.Errorf("description is %q", got)
	}
}

func TestGoexitIsNoError(t *testing.T) {
	ctx, _, rec := root(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = span.Do(ctx, "exits", func(context.Context) error { runtime.Goexit(); return nil })
	}()
	<-done
	if got := ended(t, rec, "exits").Status().Code; got != codes.Unset {
		t.Errorf("status is %v, want Unset", got)
	}
}

func TestCanceled(t *testing.T) {
	err := fmt.Errorf("call: %w", context.Canceled)
	fails := func(context.Context) error { return err }
	do := func(ctx context.Context, name string) { _ = span.Do(ctx, name, fails) }
	for _, row := range []struct {
		name   string
		cancel bool
		run    func(ctx context.Context, name string)
		want   codes.Code
	}{
		{"Do, caller gone", true, do, codes.Unset},
		{"Do, caller there", false, do, codes.Error},
		{"Get, caller gone", true, func(ctx context.Context, name string) {
			_, _ = span.Get(ctx, name, func(context.Context) (int, error) { return 0, err })
		}, codes.Unset},
		{"Fail, caller gone", true, func(ctx context.Context, name string) {
			ctx, s := span.Start(ctx, name)
			_ = span.Fail(ctx, err)
			s.End()
		}, codes.Unset},
		{"Fail, caller there", false, func(ctx context.Context, name string) {
			ctx, s := span.Start(ctx, name)
			_ = span.Fail(ctx, err)
			s.End()
		}, codes.Error},
		{"End cannot know", false, func(ctx context.Context, name string) {
			_, s := span.Start(ctx, name)
			span.End(s, &err)
		}, codes.Unset},
		{"deadline", true, func(ctx context.Context, name string) {
			_ = span.Do(ctx, name, func(context.Context) error { return context.DeadlineExceeded })
		}, codes.Error},
	} {
		t.Run(row.name, func(t *testing.T) {
			ctx, _, rec := root(t)
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			if row.cancel {
				cancel()
			}
			row.run(ctx, row.name)
			s := ended(t, rec, row.name)
			if s.Status().Code != row.want {
				t.Errorf("status is %v, want %v", s.Status(), row.want)
			}
			if got := attr(s.Attributes(), "error.type"); row.want == codes.Unset && got != "context.Canceled" {
				t.Errorf("error.type is %q", got)
			}
		})
	}
}

func TestCanceledAfterADeadlineIsAnError(t *testing.T) {
	ctx, _, rec := root(t)
	ctx, cancel := context.WithDeadline(ctx, time.Now().Add(-time.Second))
	defer cancel()
	_ = span.Do(ctx, "late", func(context.Context) error { return context.Canceled })
	if got := ended(t, rec, "late").Status().Code; got != codes.Error {
		t.Errorf("status is %v, want Error: nobody cancelled", got)
	}
}

func TestOkIsNotDowngraded(t *testing.T) {
	ctx, s, rec := root(t)
	s.SetStatus(codes.Ok, "")
	_ = span.Fail(ctx, errors.New("late"))
	s.End()
	if got := ended(t, rec, "root").Status().Code; got != codes.Ok {
		t.Errorf("status is %v, want Ok", got)
	}
}

func TestGetReturnsValueAndError(t *testing.T) {
	ctx, _, rec := root(t)
	v, err := span.Get(ctx, "get", func(context.Context) (int, error) { return 42, nil })
	if v != 42 || err != nil {
		t.Errorf("got %d, %v", v, err)
	}
	if got := ended(t, rec, "get").Status().Code; got != codes.Unset {
		t.Errorf("status is %v", got)
	}
}

func TestIDs(t *testing.T) {
	ctx, s, _ := root(t)
	traceID, spanID := span.IDs(ctx)
	if traceID != s.SpanContext().TraceID().String() || spanID != s.SpanContext().SpanID().String() {
		t.Errorf("ids are %q, %q", traceID, spanID)
	}
	if traceID, spanID := span.IDs(context.Background()); traceID != "" || spanID != "" {
		t.Errorf("ids without a span are %q, %q", traceID, spanID)
	}
}

func TestBadInput(t *testing.T) {
	ctx, s, _ := root(t)
	s.End()
	err := errors.New("x")
	var none context.Context
	rows := map[string]func(){
		"nil context":     func() { _, s := span.Start(none, "x"); span.End(s, &err) },
		"nil context ids": func() { span.IDs(none) },
		"nil context err": func() { _ = span.Fail(none, err) },
		"nil span":        func() { span.End(nil, &err) },
		"nil error":       func() { _ = span.Fail(ctx, nil) },
		"ended span":      func() { _ = span.Fail(ctx, err); span.End(s, &err) },
		"no-op span":      func() { span.End(noop.Span{}, &err) },
		"nil context all": func() {
			span.Set(none, attribute.Bool("x", true))
			_, _ = span.Keep(none, "x"), span.URL(none)
			_ = span.RequestID(none)
			_, s := span.Detached(none, "x")
			span.End(s, nil)
			_ = span.Do(none, "x", func(context.Context) error { return err })
		},
		"set on an ended span": func() { span.Set(ctx, attribute.Bool("x", true)); span.Keep(ctx, "x") },
		"panicking Error":      func() { _ = span.Fail(ctx, (*nilError)(nil)) },
	}
	for name, f := range rows {
		t.Run(name, func(*testing.T) { f() })
	}
}

type nilError struct{ text string }

func (e *nilError) Error() string { return e.text }

func TestNilPointerErrorIsFormatted(t *testing.T) {
	ctx, s, rec := root(t)
	_ = span.Fail(ctx, (*nilError)(nil))
	s.End()
	if got := ended(t, rec, "root").Status().Description; got != "<nil>" {
		t.Errorf("description is %q, want <nil>", got)
	}
}

// A typed nil of these has an Unwrap that panics, and so has errors.Is with it.
func TestNilPointerErrorThatUnwraps(t *testing.T) {
	for name, err := range map[string]error{"url": (*url.Error)(nil), "path": (*fs.PathError)(nil)} {
		ctx, _, rec := root(t)
		if got := span.Do(ctx, name, func(context.Context) error { return err }); got != err {
			t.Errorf("%s: Do returns %v", name, got)
		}
		if got := ended(t, rec, name).Status(); got.Code != codes.Error || got.Description != "<nil>" {
			t.Errorf("%s: status is %v", name, got)
		}
	}
}

// An exporter that speaks protobuf refuses a whole batch for one string that is not UTF-8.
func TestEverythingOnTheSpanIsUTF8(t *testing.T) {
	ctx, _, rec := root(t)
	func() {
		defer func() { _ = recover() }()
		_ = span.Do(ctx, "panics", func(context.Context) error { panic("bad \xff byte") })
	}()
	_ = span.Do(ctx, "fails", func(context.Context) error { return badText{} })
	bad := []attribute.KeyValue{attribute.String("\xff", "\xff"), attribute.StringSlice("list", []string{"\xff"})}
	in, s := span.Start(ctx, "name \xff", bad...)
	span.Set(in, attribute.String("set", "\xff"))
	span.Keep(in, "\xff")
	span.End(s, nil)
	for _, name := range []string{"panics", "fails", "name \ufffd"} {
		s := ended(t, rec, name)
		all := s.Status().Description
		attrs := s.Attributes()
		for _, e := range s.Events() {
			attrs = append(attrs, e.Attributes...)
		}
		for _, kv := range attrs {
			all += string(kv.Key) + kv.Value.AsString() + strings.Join(kv.Value.AsStringSlice(), "")
		}
		if !utf8.ValidString(all) {
			t.Errorf("%s: %q", name, all)
		}
	}
}

type badText struct{}

func (badText) Error() string      { return "\xff" }
func (badText) ErrorType() string  { return "type\xff" }
func (badText) ErrorStack() string { return "stack\xff" }

func TestLongErrorsAreCut(t *testing.T) {
	ctx, s, rec := root(t)
	_ = span.Fail(ctx, errors.New(strings.Repeat("x", 1<<20)))
	s.End()
	if got := len(attr(ended(t, rec, "root").Events()[0].Attributes, "exception.message")); got != 64<<10 {
		t.Errorf("exception.message has %d bytes, want 64 KiB", got)
	}
}

func TestConcurrentSpans(t *testing.T) {
	ctx, _, rec := root(t)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 200 {
				_ = span.Do(ctx, "work", func(ctx context.Context) error { return fmt.Errorf("error %d of %d", i, g) })
			}
		})
	}
	wg.Wait()
	if got := len(rec.Ended()); got != 1600 {
		t.Errorf("%d spans ended, want 1600", got)
	}
}

func TestCanceledBesideAnotherErrorIsAFailure(t *testing.T) {
	ctx, _, rec := root(t)
	f := func() (err error) {
		_, s := span.Start(ctx, "joined")
		defer span.End(s, &err)
		return errors.Join(errors.New("database corrupt"), context.Canceled)
	}
	_ = f()
	if got := ended(t, rec, "joined"); got.Status().Code != codes.Error || exceptions(got) != 1 {
		t.Errorf("status %v, events %v", got.Status(), got.Events())
	}
}

func TestNestedValuesAreUTF8(t *testing.T) {
	ctx, _, rec := root(t)
	_, s := span.Start(ctx, "nested", attribute.Slice("s", attribute.StringValue("\xff")), attribute.Map("m", attribute.String("k\xff", "\xff")))
	span.End(s, nil)
	for _, kv := range ended(t, rec, "nested").Attributes() {
		if !utf8.ValidString(kv.Value.String()) || strings.Contains(kv.Value.String(), `\xff`) {
			t.Errorf("%s is %q", kv.Key, kv.Value.String())
		}
	}
}

// Many exceptions in a span whose end is certain fill its places, and the rest is counted.
func TestManyExceptions(t *testing.T) {
	ctx, _, rec := root(t)
	_ = span.Do(ctx, "many", func(ctx context.Context) error {
		for i := range 200 {
			_ = span.Fail(ctx, fmt.Errorf("item %d", i))
		}
		return nil
	})
	s := ended(t, rec, "many")
	if dropped := attr(s.Attributes(), "log.events.dropped"); len(s.Events()) != 128 || dropped != "72" {
		t.Errorf("%d events, %q dropped, want 128 and 72", len(s.Events()), dropped)
	}
}
