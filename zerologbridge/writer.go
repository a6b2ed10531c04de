package zerologbridge

import (
	"errors"
	"fmt"
	"io"
	"log/slog"

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
	write    func(zerolog.Level, []byte) (int, error)
	closer   io.Closer // nil if there is nothing to close
	rewriter *rewriter // nil if lines are written as zerolog makes them
}

var (
	_ zerolog.LevelWriter = (*writer)(nil)
	_ io.Closer           = (*writer)(nil)
)

func newWriter(w io.Writer, rules *events.Rules) *writer {
	w = unwrap(w)
	out := &writer{write: writeTo(w), rewriter: newRewriter(rules)}
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

// WriteLevel writes a line, under the names of the schema. A writer that panics is an error, which zerolog reports, not
// the end of the program.
func (w *writer) WriteLevel(level zerolog.Level, line []byte) (n int, err error) {
	defer contain(&err)
	if w.rewriter == nil {
		return w.write(level, line)
	}
	t := texts.Get().(*rewritten)
	defer t.free()
	if !t.read(line) {
		return w.write(level, line)
	}
	w.rewriter.rewrite(t, level)
	if n, err = w.write(level, t.out); err != nil {
		return min(n, len(line)), err
	}
	return len(line), nil
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
