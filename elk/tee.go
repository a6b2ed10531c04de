package elk

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"reflect"
	"sync"
)

// TeeWriter writes to several writers, each served on its own: one that
// fails or panics does not keep the line from the next. It adds no lock, so
// it may be used from several goroutines where its writers may.
type TeeWriter struct {
	outputs []output
	once    sync.Once
}

// output is one writer and what else it can do; nil fields are what it cannot
// or must not do.
type output struct {
	io.Writer
	writeLine func(slog.Level, []byte) (int, error)
	sync      func() error
	close     func() error
}

// Tee joins writers, for example os.Stderr and a Shipper. Nil writers, also
// nil pointers in an interface, are skipped. Sync and Close go to the writers
// that have them, but never to os.Stdout or os.Stderr.
func Tee(writers ...io.Writer) *TeeWriter {
	t := &TeeWriter{}
	for _, w := range writers {
		if !isNil(w) {
			t.outputs = append(t.outputs, outputOf(w))
		}
	}
	return t
}

func isNil(w io.Writer) bool {
	if w == nil {
		return true
	}
	v := reflect.ValueOf(w)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

func outputOf(w io.Writer) output {
	o := output{Writer: w}
	if lw, ok := w.(interface {
		WriteLine(slog.Level, []byte) (int, error)
	}); ok {
		o.writeLine = lw.WriteLine
	}
	if f, ok := w.(*os.File); ok && (f == os.Stdout || f == os.Stderr) {
		return o
	}
	if sw, ok := w.(interface{ Sync() error }); ok {
		o.sync = sw.Sync
	}
	if c, ok := w.(io.Closer); ok {
		o.close = c.Close
	}
	return o
}

// Write gives p to every writer. It returns len(p) and what went wrong, all
// of it joined.
func (t *TeeWriter) Write(p []byte) (int, error) {
	return len(p), t.each(func(o *output) error { return o.write(p) })
}

// WriteLine is Write with the level of the line, for the writers that have a
// WriteLine too.
func (t *TeeWriter) WriteLine(level slog.Level, p []byte) (int, error) {
	return len(p), t.each(func(o *output) error {
		if o.writeLine == nil {
			return o.write(p)
		}
		n, err := o.writeLine(level, p)
		return complete(n, p, err)
	})
}

// Sync calls the writers' Sync, each of them, and joins the errors.
func (t *TeeWriter) Sync() error {
	return t.each(func(o *output) error { return call(o.sync) })
}

// Close calls the writers' Close, each of them, and joins the errors. A
// second call returns nil.
func (t *TeeWriter) Close() (err error) {
	if t == nil {
		return nil
	}
	t.once.Do(func() { err = t.each(func(o *output) error { return call(o.close) }) })
	return err
}

// each serves the writers one by one. A nil TeeWriter has none.
func (t *TeeWriter) each(serve func(*output) error) error {
	if t == nil {
		return nil
	}
	var errs []error
	for i := range t.outputs {
		if err := guarded(serve, &t.outputs[i]); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func guarded(serve func(*output) error, o *output) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("elk: a writer of type %T panicked: %v", o.Writer, r)
		}
	}()
	return serve(o)
}

func call(f func() error) error {
	if f == nil {
		return nil
	}
	return f()
}

func (o *output) write(p []byte) error {
	n, err := o.Write(p)
	return complete(n, p, err)
}

// complete makes an error of a short write.
func complete(n int, p []byte, err error) error {
	if err == nil && n < len(p) {
		return io.ErrShortWrite
	}
	return err
}
