package bridgetest

import (
	"context"
	"io"
	"log/slog"
	"reflect"
	"sync"
	"time"

	"github.com/spanlog/spanlog/events"
)

// logger is what the three libraries have in common. Levels are those of slog; see design, "Levels between libraries".
type logger interface {
	// log logs with this context in the call, be it nil.
	log(ctx context.Context, level slog.Level, message string, fields ...field)
	// bare logs without a context.
	bare(level slog.Level, message string, fields ...field)
	with(fields ...field) logger
	// open puts what follows into a group. zerolog has no such thing: there, what follows is a dict in the call.
	open(group string) logger
	// bind is the bridge's With.
	bind(ctx context.Context) logger
	// again is the bridge's Wrap around what is wrapped already, with another policy.
	again() logger
	// die logs at Fatal or Panic as a program does that is to end then, and comes back all the same. slog has no such levels.
	die(ctx context.Context, level slog.Level, message string)
}

// options are what a flavour's logger is made with.
type options struct {
	policy *events.Policy
	clock  func() time.Time // nil: time.Now
	spy    *spy
	second *output        // of a logger with two
	latter *events.Policy // of the second output; nil: policy
	gap    func()         // of a logger with two: called between them; nil: nothing is
	source bool           // the place of the call is logged
	away   bool           // of a sampler: it lets one call through, and no more
	raises bool           // the loggers' level panics when it is asked
}

// flavour is one way in which a bridge is used.
type flavour struct {
	name     string
	family   string // the bridge: slog, zap, zerolog
	own      bool   // made by New…, which obeys the whole schema; else by Wrap
	bound    bool   // the context comes by With, not in the call
	levels   []severity
	disabled slog.Level // a level that the loggers are made without
	make     func(w io.Writer, o options) logger
	foreign  func(w io.Writer) logger          // a logger that is not ours, and that With has not seen yet; nil: see zerolog's doc
	read     func(text string) (object, error) // nil: parse
	begin    func() (restore func())           // sets what is global; nil: nothing is
	two      bool                              // has two outputs, and what options say of them
	samples  bool                              // has a sampler that obeys options.away
}

// severity is a level with the name that an event gives it.
type severity struct {
	level slog.Level
	name  string
}

const (
	levelTrace  = slog.Level(-8)
	levelDPanic = slog.Level(12)
	levelPanic  = slog.Level(13)
	levelFatal  = slog.Level(14)
)

// withBound returns each flavour, and behind it the same with the context bound.
func withBound(flavours ...flavour) (all []flavour) {
	for _, fl := range flavours {
		all = append(all, fl)
		unbound := fl.make
		fl.name, fl.bound, fl.foreign = fl.name+"-bound", true, nil
		fl.make = func(w io.Writer, o options) logger { return boundLogger{unbound(w, o)} }
		all = append(all, fl)
	}
	return all
}

// boundLogger binds the context of each call and logs without one.
type boundLogger struct{ logger }

func (b boundLogger) log(ctx context.Context, level slog.Level, message string, fields ...field) {
	b.bind(ctx).bare(level, message, fields...)
}

func (b boundLogger) die(ctx context.Context, level slog.Level, message string) {
	b.bind(ctx).die(noContext, level, message)
}

func (b boundLogger) again() logger               { return boundLogger{b.logger.again()} }
func (b boundLogger) with(fields ...field) logger { return boundLogger{b.logger.with(fields...)} }
func (b boundLogger) open(group string) logger    { return boundLogger{b.logger.open(group)} }

// spy remembers the slices that were given to a bridge, to their full capacity, and what was in them.
type spy struct {
	mu     sync.Mutex
	checks []func() bool
}

// watch copies s into a slice with spare places, remembers it, and returns it.
func watch[T any](s *spy, given []T) []T {
	slice := make([]T, len(given), len(given)+3)
	copy(slice, given)
	before := append([]T(nil), slice[:cap(slice)]...)
	if s != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.checks = append(s.checks, func() bool { return reflect.DeepEqual(before, slice[:cap(slice)]) })
	}
	return slice
}

// written counts the slices that were changed, of how many.
func (s *spy) written() (changed, of int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, same := range s.checks {
		if !same() {
			changed++
		}
	}
	return changed, len(s.checks)
}
