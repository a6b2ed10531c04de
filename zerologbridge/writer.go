package zerologbridge

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"github.com/rs/zerolog"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/internal/spanstate"
)

// errPanic is what a writer that panics has for its error.
var errPanic = errors.New("zerologbridge: the writer panicked")

// lineWriter is a writer that wants to know the level of each line; elk's shipper and Tee are.
type lineWriter interface {
	WriteLine(level slog.Level, line []byte) (int, error)
}

// writer gives each line to the user's writer in the way that it knows best. It holds no lock: zerolog has none.
type writer struct {
	rules    *events.Rules
	write    func(zerolog.Level, []byte) (int, error)
	closer   io.Closer // nil if there is nothing to close
	rewriter *rewriter // nil if lines are written as zerolog makes them, and nothing is hidden
}

var (
	_ zerolog.LevelWriter = (*writer)(nil)
	_ io.Closer           = (*writer)(nil)
)

func newWriter(w io.Writer, rules *events.Rules) *writer {
	w = unwrap(w)
	out := &writer{rules: rules, write: writeTo(w), rewriter: newRewriter(rules)}
	out.closer, _ = w.(io.Closer)
	return out
}

// unwrap returns the writer inside zerolog's adapters, which only hide what it can do.
func unwrap(w io.Writer) io.Writer {
	for {
		switch a := w.(type) {
		case nil:
			return io.Discard
		case zerolog.LevelWriterAdapter:
			w = a.Writer
		case *zerolog.LevelWriterAdapter:
			if a == nil {
				return io.Discard
			}
			w = a.Writer
		default:
			return w
		}
	}
}

func writeTo(w io.Writer) func(zerolog.Level, []byte) (int, error) {
	switch w := w.(type) {
	case lineWriter:
		return func(l zerolog.Level, line []byte) (int, error) { return w.WriteLine(levelOf(l), line) }
	case zerolog.LevelWriter:
		return w.WriteLevel
	}
	return func(_ zerolog.Level, line []byte) (int, error) { return w.Write(line) }
}

// Write writes a line of no level.
func (w *writer) Write(line []byte) (int, error) { return w.WriteLevel(zerolog.NoLevel, line) }

// WriteLevel writes a line, under the names of the schema and without what must not be seen. After one at Fatal or Panic
// it calls the policy's Flush. A writer that panics is an error, which zerolog reports, not the end of the program.
func (w *writer) WriteLevel(level zerolog.Level, line []byte) (int, error) {
	n, err := w.put(level, line)
	if level == zerolog.FatalLevel || level == zerolog.PanicLevel {
		w.rules.FlushLines()
	}
	return n, err
}

// put returns the length of the line that it was given: a caller may compare.
func (w *writer) put(level zerolog.Level, line []byte) (n int, err error) {
	defer contain(&err)
	if cbor {
		return w.write(level, line)
	}
	line = oneLine(line)
	if w.rewriter == nil {
		return w.write(level, line)
	}
	t := texts.Get().(*rewritten)
	defer t.free()
	if n, err = w.write(level, w.form(t, level, line)); err != nil {
		return min(n, len(line)), err
	}
	return len(line), nil
}

// form returns the line as it is to be written. One that a later hook made invalid keeps its names.
func (w *writer) form(t *rewritten, level zerolog.Level, line []byte) []byte {
	if t.read(line) {
		w.rewriter.rewrite(t, level)
		return t.out
	}
	if w.rules.Redacts() {
		line = slices.Clone(line)
		masker{rules: w.rules, line: line}.object("", 0, len(line))
	}
	return w.rules.CleanJSON("", line)
}

// oneLine returns the line without the newlines that raw JSON may have brought in; between its tokens a blank does as well.
func oneLine(line []byte) []byte {
	end := len(line) - 1
	if end < 1 || bytes.IndexByte(line[:end], '\n') < 0 {
		return line
	}
	line = slices.Clone(line) // it is zerolog's
	for i, c := range line[:end] {
		if c == '\n' {
			line[i] = ' '
		}
	}
	return line
}

// Close closes the writer that the logger was made with, if that has a method Close. Zerolog calls it on Fatal.
func (w *writer) Close() (err error) {
	if w.closer == nil {
		return nil
	}
	defer contain(&err)
	return w.closer.Close()
}

func contain(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%w: %s", errPanic, spanstate.Sprint(r))
	}
}
