package zapbridge

import (
	"sync"

	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
)

// oneShot is the core that stands in a CheckedEntry for what the wrapped core agreed to write. It is good for one entry.
//
// It is in two entries: the caller's, and, as the last core, the wrapped one's, where it only learns that the others
// have been written. A panic before that is one of a user's method, a later one is meant: the entry's own hook.
type oneShot struct {
	w     *wrapper
	outer *zapcore.CheckedEntry // the caller's; valid until it is written
	in    *zapcore.CheckedEntry // the wrapped core's; nil where it is written to directly
	scope events.Scope          // of the call
	begun bool
	done  bool // the wrapped core's cores have written
	memory
}

var _ zapcore.Core = (*oneShot)(nil)

var oneShots = sync.Pool{New: func() any { return new(oneShot) }}

func (o *oneShot) Enabled(zapcore.Level) bool        { return true }
func (o *oneShot) With([]zapcore.Field) zapcore.Core { return o }
func (o *oneShot) Sync() error                       { return nil }
func (o *oneShot) Check(_ zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	return ce
}

// Write makes the event and writes what the wrapped core agreed to. Errors of its cores go to the logger's error output.
func (o *oneShot) Write(ent zapcore.Entry, fields []zapcore.Field) error {
	if o.begun {
		o.written(ent.Level)
		return nil
	}
	o.begun = true
	w := o.w
	o.scope = w.scopeOf(w.rules, fields)
	w.addTo(&o.scope, w.rules, &ent, fields)
	w.clean(&ent)
	err := o.put(&ent, fields)
	if !o.done {
		o.written(ent.Level)
	}
	o.free()
	return err
}

// put writes the line.
func (o *oneShot) put(ent *zapcore.Entry, fields []zapcore.Field) error {
	if o.in == nil {
		return o.w.put(ent, &o.scope, fields)
	}
	line, ok := o.w.unchanged(&o.scope, fields, false)
	if ok {
		return o.deliver(ent, line)
	}
	return o.deliver(ent, o.w.line(&o.memory, &o.scope, fields, false))
}

// written is told after the last core has written, and before what the entry's hook does.
func (o *oneShot) written(level zapcore.Level) {
	o.done = true
	flush(o.w.rules, &o.scope, level, level == zapcore.DPanicLevel && ends(o.outer))
}

// deliver writes the entry; after the panic of a field once more. A core that had written before writes twice then.
func (o *oneShot) deliver(ent *zapcore.Entry, line []zapcore.Field) error {
	o.in.Entry, o.in.ErrorOutput = *ent, o.outer.ErrorOutput
	clean := *o.in // zap refuses an entry that has been written
	failed := o.try(o.in, line)
	if failed == nil {
		return nil
	}
	return failed.again(line, func(line []zapcore.Field) (*failure, error) {
		again := new(zapcore.CheckedEntry)
		*again = clean
		return o.try(again, line), nil
	})
}

func (o *oneShot) try(in *zapcore.CheckedEntry, line []zapcore.Field) (failed *failure) {
	defer func() {
		if !o.done {
			failed = failureOf(recover())
		}
	}()
	in.Write(line...)
	return nil
}

func (o *oneShot) free() {
	m := o.memory.cleared()
	*o = oneShot{}
	o.memory.fields = m
	oneShots.Put(o)
}

// guardedObject is an inline object of the user's whose members are placed one by one.
type guardedObject struct {
	field  zapcore.Field
	placer placer
}

// MarshalLogObject may be called by several cores.
func (g *guardedObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	p := g.placer
	p.add(enc, &g.field)
	return nil
}
