package bridgetest

import (
	"log/slog"
	"testing"

	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"

	"github.com/spanlog/spanlog/events"
)

func wantStatus(t *testing.T, span sdk.ReadOnlySpan, code codes.Code, description string) {
	t.Helper()
	if got, want := span.Status(), (sdk.Status{Code: code, Description: description}); got != want {
		t.Errorf("got status %+v, want %+v", got, want)
	}
}

func wantErrorType(t *testing.T, span sdk.ReadOnlySpan, want any) {
	t.Helper()
	if got := readAttributes(t, span.Attributes())["error.type"]; got != want {
		t.Errorf("error.type: got %v, want %v", got, want)
	}
}

func statusRows() []row {
	return []row{
		{name: "status", says: "a call at Error gives the span status Error, described by message and error, and error.type",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.log(s.ctx, slog.LevelError, "payment failed", f("error", &codeError{7}))
				wantStatus(t, s.end(), codes.Error, "payment failed: code 7")
				wantErrorType(t, s.end(), s.want("*bridgetest.codeError"))
			}},
		{name: "status-with", says: "an error value in With describes the status, too",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.with(f("error", &codeError{7})).log(s.ctx, slog.LevelError, "payment failed")
				wantStatus(t, s.end(), codes.Error, "payment failed: code 7")
			}},
		{name: "status-no-error", says: "without an error value the message describes the status, and error.type is _OTHER",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.log(s.ctx, slog.LevelError, "payment failed", f("a", 1))
				wantStatus(t, s.end(), codes.Error, "payment failed")
				wantErrorType(t, s.end(), "_OTHER")
			}},
		{name: "status-below-level", says: "a call below StatusLevel leaves the span's status alone, error value or not",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.log(s.ctx, slog.LevelWarn, "m", f("error", errPlain))
				wantStatus(t, s.end(), codes.Unset, "")
				wantErrorType(t, s.end(), nil)
			}},
		{name: "level-panics", says: "a level of the user's that panics, the logger's or the policy's, counts as the default one",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{raises: true, policy: &events.Policy{EventLevel: badLevel{}, StatusLevel: badLevel{}}})
				s.log(s.ctx, slog.LevelDebug, "debug")
				s.lines() // zerolog's levels are numbers: there, this is one
				s.log(s.ctx, slog.LevelInfo, "info")
				s.log(s.ctx, slog.LevelError, "error")
				s.wantLines(2)
				s.wantEvents(2)
				wantStatus(t, s.end(), codes.Error, "error")
			}},
		{name: "status-off", says: "StatusLevel Off never touches the status; the event stays",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: &events.Policy{StatusLevel: events.Off}})
				s.log(s.ctx, slog.LevelError, "m", f("error", errPlain))
				wantStatus(t, s.end(), codes.Unset, "")
				wantErrorType(t, s.end(), nil)
				s.wantEvents(1)
			}},
		{name: "status-level", says: "StatusLevel Warn makes a Warn call set the status",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: &events.Policy{StatusLevel: slog.LevelWarn}})
				s.log(s.ctx, slog.LevelWarn, "m")
				wantStatus(t, s.end(), codes.Error, "m")
			}},
		{name: "status-level-dynamic", says: "StatusLevel may change at run time",
			run: func(t *testing.T, with func(setting) *stage) {
				level := new(slog.LevelVar)
				level.Set(slog.LevelError)
				s := with(setting{policy: &events.Policy{StatusLevel: level}})
				s.log(s.ctx, slog.LevelWarn, "before")
				level.Set(slog.LevelWarn)
				s.log(s.ctx, slog.LevelWarn, "after")
				wantStatus(t, s.end(), codes.Error, "after")
			}},
		{name: "status-without-event", says: "a call sets the status even where it makes no event",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{policy: &events.Policy{EventLevel: events.Off}})
				s.log(s.ctx, slog.LevelError, "payment failed", f("error", errPlain))
				wantStatus(t, s.end(), codes.Error, "payment failed: card declined")
				s.wantEvents(0)
			}},
		{name: "status-ok-kept", says: "status Ok is never downgraded",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.span.SetStatus(codes.Ok, "")
				s.log(s.ctx, slog.LevelError, "m", f("error", errPlain))
				wantStatus(t, s.end(), codes.Ok, "")
				s.wantEvents(1)
			}},
	}
}
