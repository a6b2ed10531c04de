package bridgetest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"testing"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

var (
	errPlain   = errors.New("card declined")
	everything = &events.Policy{EventLevel: slog.Level(-100)}
)

func digits(i int) string { return strconv.Itoa(i) }

// stackError carries a stack, as the errors of github.com/pkg/errors do.
type stackError struct{ error }

func (stackError) StackTrace() []uintptr { return nil }
func (e stackError) Format(s fmt.State, verb rune) {
	fmt.Fprint(s, e.Error())
	if verb == 'v' && s.Flag('+') {
		fmt.Fprint(s, "\nmain.pay\n\tpay.go:7")
	}
}

// codeError has a type of its own.
type codeError struct{ code int }

func (e *codeError) Error() string { return "code " + digits(e.code) }

// What the rows about errors may expect in place of the contract.
const (
	absent   = "absent"       // no exception.* at all
	textOnly = "message only" // exception.message without exception.type
	again    = "told again"   // exception.* once more
)

// wantException fails unless the event has exception.* of this error, as far as the flavour can know it.
func (s *stage) wantException(e event, typ, message string) {
	s.t.Helper()
	switch want := s.want(typ); want {
	case absent:
		wantNoAttr(s.t, e, "exception.type")
		wantNoAttr(s.t, e, "exception.message")
	case textOnly:
		wantNoAttr(s.t, e, "exception.type")
		wantAttr(s.t, e, "exception.message", message)
	default:
		wantAttr(s.t, e, "exception.type", want)
		wantAttr(s.t, e, "exception.message", message)
	}
}

// wantToldBefore fails if the event repeats an error that was told before, unless the flavour cannot help it.
func (s *stage) wantToldBefore(e event) {
	s.t.Helper()
	text, _ := e.attrs["error"].(string)
	if s.want(absent) == again {
		wantAttr(s.t, e, "exception.message", text)
	} else {
		wantNoAttr(s.t, e, "exception.message")
	}
}

func wantNoAttr(t *testing.T, e event, key string) {
	t.Helper()
	if v, there := e.attrs[key]; there {
		t.Errorf("%s: got %v, want none", key, v)
	}
}

func errorRows() []row {
	return []row{
		{name: "exception", says: "an error value also gives exception.type and exception.message",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.info("m", f("error", &codeError{7}))
				e := s.event()
				wantAttr(t, e, "error", "code 7")
				s.wantException(e, "*bridgetest.codeError", "code 7")
			}},
		{name: "exception-any-key", says: "it does so under any key",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.info("m", f("cause", &codeError{7}))
				e := s.event()
				wantAttr(t, e, "cause", "code 7")
				s.wantException(e, "*bridgetest.codeError", "code 7")
			}},
		{name: "exception-with", says: "so does an error value in With",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.with(f("error", &codeError{7})).log(s.ctx, 0, "m")
				e := s.event()
				wantAttr(t, e, "error", "code 7")
				s.wantException(e, "*bridgetest.codeError", "code 7")
			}},
		{name: "exception-root-in-group", says: "exception.* is at the event's root even inside groups",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.open("g").log(s.ctx, 0, "m", f("error", &codeError{7}))
				e := s.event()
				wantAttr(t, e, "g.error", "code 7")
				s.wantException(e, "*bridgetest.codeError", "code 7")
			}},
		{name: "exception-stack", says: "exception.stacktrace is there when the error carries a stack",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.info("m", f("error", fmt.Errorf("paying: %w", stackError{errPlain})))
				e := s.event()
				wantAttr(t, e, "exception.message", "paying: card declined")
				if want := s.want("card declined\nmain.pay\n\tpay.go:7"); want == textOnly {
					wantNoAttr(t, e, "exception.stacktrace")
				} else {
					wantAttr(t, e, "exception.stacktrace", want)
				}
			}},
		{name: "exception-none", says: "without an error value there is no exception.*",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.log(s.ctx, slog.LevelError, "m", f("a", 1))
				e := s.event()
				wantNoAttr(t, e, "exception.type")
				wantNoAttr(t, e, "exception.message")
			}},
		{name: "two-errors", says: "two errors in one call are both there; exception.* is of the first",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.info("m", f("error", &codeError{1}), f("second", errPlain))
				line, e := s.line(), s.event()
				wantMember(t, line, "error", "code 1")
				wantMember(t, line, "second", "card declined")
				wantAttr(t, e, "error", "code 1")
				wantAttr(t, e, "second", "card declined")
				s.wantException(e, "*bridgetest.codeError", "code 1")
			}},
		{name: "exception-once", says: "an error that was recorded on the span before gives no second exception.*",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				spanstate.Record(s.span, errPlain)
				s.info("m", f("error", errPlain))
				e := s.event()
				wantAttr(t, e, "error", "card declined")
				s.wantToldBefore(e)
			}},
		{name: "exception-once-logged", says: "an error that is logged twice on a span gives exception.* once",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.info("m", f("error", errPlain))
				s.info("m", f("error", errPlain))
				all := s.end().Events()
				if len(all) != 2 {
					t.Fatalf("got %d events, want 2", len(all))
				}
				wantAttr(t, readEvent(t, all[0]), "exception.message", "card declined")
				wantNoAttr(t, readEvent(t, all[1]), "exception.message")
			}},
		{name: "exception-once-wrapped", says: "an error that wraps one logged before gives no second exception.*",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.info("m", f("error", errPlain))
				s.info("m", f("error", fmt.Errorf("paying: %w", errPlain)))
				wantOneException(t, s)
			}},
		{name: "exception-once-below", says: "an error logged in a child span gives no second exception.* in its parent",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				spanstate.Enter(nil, s.span, false)
				ctx, child := s.tracer.Start(s.ctx, "child")
				spanstate.Enter(s.span, child, false)
				s.log(ctx, 0, "m", f("error", errPlain))
				s.info("m", f("error", fmt.Errorf("paying: %w", errPlain)))
				e := s.event()
				wantAttr(t, e, "error", "paying: card declined")
				s.wantToldBefore(e)
			}},
		{name: "exception-each-span", says: "an error that was recorded on another span is told on this one",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				_, other := s.tracer.Start(context.Background(), "other")
				spanstate.Record(other, errPlain)
				s.info("m", f("error", errPlain))
				wantAttr(t, s.event(), "exception.message", "card declined")
			}},
	}
}

// wantOneException fails unless the first of two events, and only that, tells of the error.
func wantOneException(t *testing.T, s *stage) {
	t.Helper()
	all := s.end().Events()
	if len(all) != 2 {
		t.Fatalf("got %d events, want 2", len(all))
	}
	wantAttr(t, readEvent(t, all[0]), "exception.message", "card declined")
	second := readEvent(t, all[1])
	wantAttr(t, second, "error", "paying: card declined")
	s.wantToldBefore(second)
}
