package spanstate

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

const (
	maxChain       = 100 // errors followed by Unwrap before a chain counts as endless
	maxMarked      = 16  // errors remembered on one span
	maxDescription = 256 // bytes of a status description
)

// Record reports whether err is new to s, and remembers it on s and its local ancestors. An error is a repeat if it, or
// any error that it wraps, was recorded on s or on a span below it before: an error is told once on its way up, however
// often it is wrapped. Errors that cannot be compared are never repeats.
func Record(s trace.Span, err error) bool {
	if s == nil || err == nil || !s.IsRecording() {
		return false
	}
	chain := chainOf(err)
	st := Of(s)
	if anySame(st.marks(), chain) {
		return false
	}
	if reflect.ValueOf(err).Comparable() {
		for ; st != nil; st = st.up() {
			st.mark(err)
		}
	}
	return true
}

func (st *State) marks() []error {
	st.mu.Lock()
	defer st.mu.Unlock()
	return slices.Clone(st.marked)
}

func anySame(marked, chain []error) bool {
	for _, m := range marked {
		for _, e := range chain {
			if same(m, e) {
				return true
			}
		}
	}
	return false
}

// same compares identities; where one of them is known by its text only, texts.
func same(a, b error) bool {
	_, textA := a.(*textOnly)
	_, textB := b.(*textOnly)
	if textA || textB {
		return Text(a) == Text(b)
	}
	return a == b
}

// textOnly is an error of which only the message is known.
type textOnly struct{ text string }

func (e *textOnly) Error() string { return e.text }

// FromText returns an error for a message that was read from a line. It has no type, and counts as the same error as
// any other of that message on the same span.
func FromText(text string) error { return &textOnly{text} }

func (st *State) mark(err error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if len(st.marked) == maxMarked {
		st.marked = append(st.marked[:0], st.marked[1:]...)
	}
	st.marked = append(st.marked, err)
}

// chainOf lists err and what it wraps, as far as it can be compared. An Unwrap that panics ends the list.
func chainOf(err error) (chain []error) {
	defer func() { _ = recover() }()
	open := []error{err}
	for n := 0; len(open) > 0 && n < maxChain; n++ {
		e := open[0]
		open = open[1:]
		if e == nil {
			continue
		}
		if reflect.ValueOf(e).Comparable() {
			chain = append(chain, e)
		}
		switch u := e.(type) {
		case interface{ Unwrap() error }:
			open = append(open, u.Unwrap())
		case interface{ Unwrap() []error }:
			open = append(open, u.Unwrap()...)
		}
	}
	return chain
}

// Text returns err's message; a panic in Error gives its place a mark, as fmt does: "<nil>" for a nil pointer, else
// "!PANIC: " and the value.
func Text(err error) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = panicText(err, r)
		}
	}()
	return Valid(err.Error())
}

func panicText(v, r any) string {
	if rv := reflect.ValueOf(v); rv.Kind() == reflect.Pointer && rv.IsNil() {
		return "<nil>"
	}
	return "!PANIC: " + Sprint(r)
}

// Sprint formats a value of the user's; a String or Error method that panics in turn gives its place a mark.
func Sprint(v any) (text string) {
	defer func() {
		if recover() != nil {
			text = fmt.Sprintf("!PANIC: %T", v)
		}
	}()
	return Valid(fmt.Sprint(v))
}

// ErrorType returns the value of error.type and exception.type for err, as the semantic conventions have it: what its
// ErrorType method says, else the Go type behind the wrappers of package fmt; where it wraps more than a hundred errors, the
// Go type of err. It is empty for an error made by FromText.
func ErrorType(err error) (name string) {
	if _, ok := err.(*textOnly); ok {
		return ""
	}
	defer func() {
		if recover() != nil {
			name = fmt.Sprintf("%T", err)
		}
	}()
	if left := maxChain; !ends(err, &left) { // semconv asks errors.As, which would follow it for ever
		return Valid(fmt.Sprintf("%T", err))
	}
	return Valid(semconv.ErrorType(err).Value.AsString())
}

// ends reports whether there are no more errors than left in what err wraps, itself among them.
func ends(err error, left *int) bool {
	for err != nil {
		if *left--; *left < 0 {
			return false
		}
		switch u := err.(type) {
		case interface{ Unwrap() error }:
			err = u.Unwrap()
		case interface{ Unwrap() []error }:
			for _, e := range u.Unwrap() {
				if !ends(e, left) {
					return false
				}
			}
			return true
		default:
			return true
		}
	}
	return true
}

// StackTrace returns the stack that err, or the first error in its chain that has one, carries. Errors of
// github.com/pkg/errors and its descendants print it with %+v, below the message; those of github.com/go-errors/errors
// return it from ErrorStack.
func StackTrace(err error) (stack string) {
	defer func() { _ = recover() }()
	for n := 0; err != nil && n < maxChain; n++ {
		switch e := err.(type) {
		case interface{ ErrorStack() string }:
			return Valid(e.ErrorStack())
		case fmt.Formatter:
			if s := fmt.Sprintf("%+v", err); strings.Contains(s, "\n\t") {
				return Valid(s)
			}
		}
		err = errors.Unwrap(err)
	}
	return ""
}

// AppendException appends exception.type, exception.message and, where err carries one, exception.stacktrace.
func AppendException(dst []attribute.KeyValue, err error) []attribute.KeyValue {
	if typ := ErrorType(err); typ != "" {
		dst = append(dst, semconv.ExceptionType(typ))
	}
	dst = append(dst, semconv.ExceptionMessage(Cut(Text(err), MaxString)))
	if stack := StackTrace(err); stack != "" {
		dst = append(dst, semconv.ExceptionStacktrace(Cut(stack, MaxString)))
	}
	return dst
}

// Fail gives s status Error with the description, and error.type. The SDK never downgrades Ok. An empty errorType
// stands for "_OTHER", the conventions' word for an error of no known type.
func Fail(s trace.Span, description, errorType string) {
	if errorType == "" {
		errorType = semconv.ErrorTypeOther.Value.AsString()
	}
	s.SetStatus(codes.Error, Cut(description, maxDescription))
	s.SetAttributes(semconv.ErrorTypeKey.String(errorType))
}
