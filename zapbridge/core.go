package zapbridge

import (
	"fmt"
	"io"
	"log/slog"
	"sync"

	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// Core is a [zapcore.Core] that writes JSON lines with the ids of the span. It is made by [NewCore].
type Core struct {
	*output
	bound
	plain  zapcore.Encoder // holds the fields of With
	traced zapcore.Encoder // the same without fields that the ids of a span take the place of; the same encoder if there are none
	state  rootState       // where the fields of With left the line
	short  short
	static bool // the level is least, and stays so: asking costs a call less
	least  zapcore.Level
}

// output is what all cores derived from one NewCore share.
type output struct {
	rules  *events.Rules
	level  zapcore.LevelEnabler
	levels levelTexts

	mu        sync.Mutex // serialises writeLine and sync
	writeLine func(slog.Level, []byte) (int, error)
	sync      func() error
}

var _ zapcore.Core = (*Core)(nil)

// lineWriter is a writer that wants to know the level of each line; elk's shipper and Tee are.
type lineWriter interface {
	WriteLine(level slog.Level, line []byte) (int, error)
}

// NewCore returns a core that writes one JSON line per entry to w. Without a span and with a nil policy its lines are
// those of zap's production configuration. A nil level, and one that panics, means Info, a nil p the default policy; a nil w discards the lines
// and leaves the span events.
//
// Where w has a method WriteLine(slog.Level, []byte) (int, error), it is called instead of Write. Where it has a method
// Sync() error (a [zapcore.WriteSyncer] has), the core's Sync calls it, and so does each entry above Error. Calls on w
// never overlap. A writer that panics gives an error.
//
// An entry of Fatal or Panic (and of DPanic where the logger panics) is followed by the export of the span's provider and
// by the policy's Flush, each within FlushTimeout, before the program or the goroutine ends. Fatal ends the span first.
func NewCore(w io.Writer, level zapcore.LevelEnabler, p *events.Policy) *Core {
	if w == nil {
		w = io.Discard
	}
	level = careful(level)
	o := &output{rules: p.Rules(), level: level, writeLine: writeTo(w), sync: func() error { return nil }}
	o.levels = levelTextsOf(o.rules)
	if s, ok := w.(interface{ Sync() error }); ok {
		o.sync = s.Sync
	}
	cfg := o.encoderConfig()
	enc := zapcore.NewJSONEncoder(cfg)
	root := rootState{ecsState: ecsState{seen: names{rules: o.rules}}}
	c := &Core{output: o, bound: start(p), plain: enc, traced: enc, state: root, short: newShort(o, &cfg)}
	c.least, c.static = level.(zapcore.Level)
	return c
}

func writeTo(w io.Writer) func(slog.Level, []byte) (int, error) {
	if lw, ok := w.(lineWriter); ok {
		return lw.WriteLine
	}
	return func(_ slog.Level, line []byte) (int, error) { return w.Write(line) }
}

// severity is zap's level on slog's scale: Debug -4, Info 0, Warn 4, Error 8, DPanic 12, Panic 13, Fatal 14.
func severity(l zapcore.Level) slog.Level {
	switch {
	case l <= zapcore.DPanicLevel:
		return 4 * slog.Level(l)
	case l == zapcore.PanicLevel:
		return 13
	}
	return 14
}

// Enabled asks the level that the core was made with.
func (c *Core) Enabled(l zapcore.Level) bool {
	if c.static {
		return l >= c.least
	}
	return c.level.Enabled(l)
}

// Level returns the lowest enabled level, for [zapcore.LevelOf].
func (c *Core) Level() zapcore.Level { return zapcore.LevelOf(c.level) }

// Check adds the core to ce if the entry's level is enabled.
func (c *Core) Check(ent zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	switch {
	case !c.Enabled(ent.Level):
		return ce
	case ent.Level == zapcore.DPanicLevel:
		d := &dpanic{Core: c}
		d.ce = ce.AddCore(ent, d)
		return d.ce
	}
	return ce.AddCore(ent, c)
}

// With returns a core that adds fields to every line and event. A [Context] field binds the core to its span.
func (c *Core) With(fields []zapcore.Field) zapcore.Core {
	if len(fields) == 0 || answer(fields) {
		return c
	}
	n := *c
	_, hides := n.bound.with(c.rules, fields)
	if contextOnly(fields) { // as With(ctx, logger) binds it, once per request: the line has no more fields than before
		return &n
	}
	n.plain, n.state = c.extend(c.plain, fields, false)
	n.traced = n.plain
	if c.traced != c.plain || hides < len(fields) {
		n.traced, _ = c.extend(c.traced, fields, true)
	}
	n.short.extend(n.plain, n.traced, n.state.open)
	return &n
}

// Write writes the entry as one line and adds it to the span of the call's [Context] field, or else of the bound one.
func (c *Core) Write(ent zapcore.Entry, fields []zapcore.Field) error {
	return c.write(ent, fields, false)
}

func (c *Core) write(ent zapcore.Entry, fields []zapcore.Field, dpanics bool) error {
	scope := c.scopeOf(c.rules, fields)
	l := lines.Get().(*line)
	e := c.begin(&scope, c.rules, &ent)
	told, short := l.short(c, &ent, fields, scope.Traced(), e)
	if e != nil {
		if told < len(fields) {
			c.convert(e, c.rules, &l.converter, fields[told:])
		}
		endEvent(e, &ent)
	}
	var err error
	if short {
		l.end(c.rules, &scope)
	} else {
		err = l.encode(c, &ent, fields, &scope)
	}
	if err == nil {
		err = c.put(severity(ent.Level), l.b)
	}
	l.free()
	if err == nil && ent.Level > zapcore.ErrorLevel {
		_ = c.Sync() // the program may be about to end; as zap's own core
	}
	flush(c.rules, &scope, ent.Level, dpanics)
	return err
}

// put writes the line. A writer that panics is an error, not the end of the program.
func (o *output) put(level slog.Level, b []byte) (err error) {
	defer contain(&err)
	o.mu.Lock()
	defer o.mu.Unlock()
	_, err = o.writeLine(level, b)
	return err
}

// Sync calls the writer's Sync, if it has one.
func (c *Core) Sync() (err error) {
	defer contain(&err)
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sync()
}

func contain(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("zapbridge: the writer panicked: %s", spanstate.Sprint(r))
	}
}
