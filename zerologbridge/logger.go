package zerologbridge

import (
	"io"
	"reflect"

	"github.com/rs/zerolog"

	"github.com/spanlog/spanlog/events"
)

// New returns a logger that writes JSON lines to w, each with its time and, where the context of the call has a span, the
// span's ids. A nil p means the defaults; a nil w discards the lines and leaves the span events.
//
// The time is in RFC 3339 with nanoseconds, whatever zerolog.TimeFieldFormat says; it is asked of zerolog.TimestampFunc.
//
// Where w has a method WriteLine(slog.Level, []byte) (int, error), that is called, also when w is a
// [zerolog.LevelWriterAdapter] around such a writer; a [zerolog.LevelWriter] gets WriteLevel, any other writer Write.
// As with zerolog itself, the calls are not serialised: a w that is not safe for concurrent use needs
// [zerolog.SyncWriter]. The slice that w gets is valid during the call only. After a
// line at Fatal or Panic the policy's Flush is called. A w that is an [io.Closer] is closed when a Fatal call ends the
// program, as zerolog does it.
func New(w io.Writer, p *events.Policy) zerolog.Logger {
	out := newWriter(w, p.Rules())
	h := newHook(out.rules)
	h.stamps, h.leaves, h.idles = true, false, false
	h.renames, h.out = out.rewriter != nil, out
	return zerolog.New(out).Hook(h)
}

// Wrap returns l with a hook that adds the ids, the policy's constant fields and the span events. A nil p means the
// defaults. Of the schema only the names of what is added apply: time, level and message stay as l writes them.
// The policy's redactions apply to the fields, not to the message, and its Flush is never called: the line is written
// behind the hook.
//
// Wrap last: hooks that are added later run after this one, so that what they add is not on the event. A logger made
// by New or Wrap, or derived from one, is returned as it is, with the policy it has.
func Wrap(l zerolog.Logger, p *events.Policy) zerolog.Logger {
	if hooked(l) {
		return l
	}
	return l.Hook(newHook(p.Rules()))
}

// hooked reports whether l has a hook of ours. Reading the type of what an unexported field holds needs no access to it.
func hooked(l zerolog.Logger) bool {
	v := reflect.ValueOf(l)
	at := fieldOf(v.Type(), "hooks")
	if at < 0 || v.Field(at).Kind() != reflect.Slice || v.Field(at).Type().Elem().Kind() != reflect.Interface {
		return false
	}
	hooks := v.Field(at)
	for i := range hooks.Len() {
		if h := hooks.Index(i).Elem(); h.IsValid() && h.Type() == reflect.TypeFor[*hook]() {
			return true
		}
	}
	return false
}
