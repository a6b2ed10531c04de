package spanstate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

func newSpan(t *testing.T) (context.Context, trace.Tracer, trace.Span) {
	t.Helper()
	tracer := sdktrace.NewTracerProvider().Tracer("test")
	ctx, s := tracer.Start(context.Background(), "s")
	return ctx, tracer, s
}

func TestIDs(t *testing.T) {
	sc := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{0xab, 15: 1}, SpanID: trace.SpanID{0xcd, 7: 2}, TraceFlags: 0xf1})
	traceID, spanID := IDs(sc)
	if traceID != "ab000000000000000000000000000001" || spanID != "cd00000000000002" || Flags(sc) != "f1" {
		t.Errorf("got %s %s %s", traceID, spanID, Flags(sc))
	}
}

func TestRecordMarksLocalAncestors(t *testing.T) {
	ctx, tracer, grandparent := newSpan(t)
	ctx, parent := tracer.Start(ctx, "parent")
	Enter(grandparent, parent, false)
	_, child := tracer.Start(ctx, "child")
	Enter(parent, child, false)
	err := errors.New("x")
	if !Record(child, err) {
		t.Fatal("a new error is a repeat")
	}
	Leave(child)
	for name, s := range map[string]trace.Span{"parent": parent, "grandparent": grandparent} {
		if Record(s, fmt.Errorf("wrapped: %w", err)) {
			t.Errorf("%s: the wrapped error is new, want a repeat", name)
		}
		if Record(s, errors.Join(errors.New("other"), err)) {
			t.Errorf("%s: the joined error is new, want a repeat", name)
		}
	}
}

func TestRecordFindsTheParentOfARawSpan(t *testing.T) {
	ctx, tracer, parent := newSpan(t)
	_, child := tracer.Start(ctx, "raw")
	Record(parent, errors.New("first")) // the parent is known from now on
	err := errors.New("x")
	Record(child, err)
	if Record(parent, err) {
		t.Error("the error of the child is new to the parent")
	}
}

func TestRecordOfASiblingIsNew(t *testing.T) {
	ctx, tracer, parent := newSpan(t)
	_, a := tracer.Start(ctx, "a")
	_, b := tracer.Start(ctx, "b")
	Enter(parent, a, false)
	Enter(parent, b, false)
	err := errors.New("x")
	Record(a, err)
	if !Record(b, err) {
		t.Error("the error of a sibling is a repeat")
	}
}

func TestErrorsKnownByTextOnly(t *testing.T) {
	_, _, s := newSpan(t)
	err := errors.New("declined")
	if !Record(s, FromText("declined")) {
		t.Fatal("a new text is a repeat")
	}
	if Record(s, fmt.Errorf("charge: %w", err)) {
		t.Error("the error of that text is new")
	}
	if Record(s, FromText("declined")) {
		t.Error("the same text is new")
	}
	got := AppendException(nil, FromText("declined"))
	if len(got) != 1 || got[0].Key != "exception.message" {
		t.Errorf("attributes are %v, want exception.message only", got)
	}
}

// endless is an error that wraps itself.
type endless struct{}

func (e *endless) Error() string { return "endless" }
func (e *endless) Unwrap() error { return e }

type badUnwrap struct{}

func (badUnwrap) Error() string { return "bad" }
func (badUnwrap) Unwrap() error { panic("unwrap") }

func TestRecordSurvivesBadErrors(t *testing.T) {
	_, _, s := newSpan(t)
	for _, err := range []error{&endless{}, badUnwrap{}, nil} {
		if got, want := Record(s, err), err != nil; got != want {
			t.Errorf("Record(%T) = %v, want %v", err, got, want)
		}
	}
}

func TestTableIsBounded(t *testing.T) {
	_, tracer, first := newSpan(t)
	Record(first, errors.New("x"))
	for range 3 * shards * perShard {
		_, s := tracer.Start(context.Background(), "s")
		Enter(nil, s, false)
	}
	n := 0
	for i := range table {
		n += len(table[i].live)
		if len(table[i].order) > 2*perShard {
			t.Errorf("shard %d keeps %d names", i, len(table[i].order))
		}
	}
	if n > shards*perShard {
		t.Errorf("%d entries, want at most %d", n, shards*perShard)
	}
}

func TestNamesOfGoneEntriesDoNotPileUp(t *testing.T) {
	_, tracer, _ := newSpan(t)
	for range 20 * shards * perShard {
		_, s := tracer.Start(context.Background(), "s")
		Enter(nil, s, false)
		Leave(s)
	}
	for i := range table {
		if len(table[i].order) > 2*perShard {
			t.Errorf("shard %d keeps %d names", i, len(table[i].order))
		}
	}
}

func TestCut(t *testing.T) {
	for _, row := range []struct {
		in    string
		limit int
		want  string
	}{
		{"short", 5, "short"},
		{"longer", 5, "lo…"},
		{"ääää", 6, "ä…"},
		{"abc", 2, "…"},
		{"bad\xffutf8", 20, "bad\ufffdutf8"},
	} {
		got := Cut(row.in, row.limit)
		if got != row.want || !utf8.ValidString(got) {
			t.Errorf("Cut(%q, %d) = %q, want %q", row.in, row.limit, got, row.want)
		}
	}
}

type stacked struct{ error }

func (s stacked) Format(f fmt.State, verb rune) {
	fmt.Fprintf(f, "%s\nmain.main\n\tmain.go:1", s.error.Error())
}

type errorStack struct{ error }

func (errorStack) ErrorStack() string { return "stack \xff" }

func TestStackTrace(t *testing.T) {
	if got := StackTrace(fmt.Errorf("outer: %w", stacked{errors.New("x")})); !strings.Contains(got, "main.go:1") {
		t.Errorf("stack is %q", got)
	}
	if got := StackTrace(errorStack{errors.New("x")}); got != "stack \ufffd" {
		t.Errorf("stack is %q", got)
	}
	if got := StackTrace(errors.New("x")); got != "" {
		t.Errorf("stack is %q, want none", got)
	}
}

func TestTextOfAPanickingError(t *testing.T) {
	if got := Text(panics{}); got != "!PANIC: no text" {
		t.Errorf("text is %q", got)
	}
	if got := Text((*nilPointer)(nil)); got != "<nil>" {
		t.Errorf("text is %q", got)
	}
}

type panics struct{}

func (panics) Error() string { panic("no text") }

type nilPointer struct{ s string }

func (p *nilPointer) Error() string { return p.s }

// A chain of spans of which each begins before the last one ends must not grow: nobody will ask the ended ones.
func TestChainsDoNotGrow(t *testing.T) {
	ctx, tracer, s := newSpan(t)
	Enter(nil, s, false)
	for range 1000 {
		next, n := tracer.Start(ctx, "n")
		Enter(s, n, false)
		Leave(s)
		s.End()
		ctx, s = next, n
	}
	depth := 0
	for st := Of(s); st != nil; st = st.parent.Load() {
		depth++
	}
	if depth > 3 {
		t.Errorf("%d states are held", depth)
	}
}

// An error still reaches an ancestor that lives, past one that has ended.
func TestRecordSkipsEndedAncestors(t *testing.T) {
	ctx, tracer, grandparent := newSpan(t)
	ctx, parent := tracer.Start(ctx, "parent")
	Enter(grandparent, parent, false)
	_, child := tracer.Start(ctx, "child")
	Enter(parent, child, false)
	Leave(parent)
	parent.End()
	err := errors.New("x")
	Record(child, err)
	if Record(grandparent, err) {
		t.Error("the error is new to the grandparent")
	}
}
