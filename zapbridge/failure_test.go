package zapbridge

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// personal is a core that calls the methods of errors itself.
type personal struct{ failing }

func (p personal) Check(ent zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	return ce.AddCore(ent, p)
}

func (personal) Write(_ zapcore.Entry, fields []zapcore.Field) error {
	for _, f := range fields {
		if err, ok := f.Interface.(error); ok {
			_ = err.Error()
		}
	}
	return nil
}

// panicsAt is an object that panics at its calls of these numbers, from 1.
func panicsAt(calls ...int) zap.Field {
	n := 0
	return zap.Object("bad", zapcore.ObjectMarshalerFunc(func(enc zapcore.ObjectEncoder) error {
		n++
		if slices.Contains(calls, n) {
			panic("now")
		}
		enc.AddInt("n", n)
		return nil
	}))
}

// TestFailure counts what a panic behind Wrap makes of one entry: the lines of a neighbour in a tee that keeps fields as
// they are, those of one that formats them, and the errors.
func TestFailure(t *testing.T) {
	panics := failing{zapcore.NewNopCore(), func() error { panic("broken") }}
	returns := failing{zapcore.NewNopCore(), func() error { return errors.New("broken") }}
	tests := []struct {
		name                   string
		behind                 zapcore.Core
		field                  zap.Field
		kept, formatted, marks int
		errors                 int
	}{
		{"nothing", zapcore.NewNopCore(), zap.Int("a", 1), 1, 1, 0, 0},
		{"the core returns an error", returns, zap.Int("a", 1), 1, 1, 0, 1},
		{"the core panics", panics, zap.Int("a", 1), 1, 1, 0, 1},
		{"the core panics, an object", panics, zap.Object("o", object(zap.Int("a", 1))), 1, 1, 0, 1},
		{"a field panics", zapcore.NewNopCore(), panicsAt(1, 2, 3, 4), 2, 1, 1, 0},
		{"a field panics, then the core", panics, panicsAt(1, 2, 3, 4), 2, 1, 1, 1},
		{"a field panics once", zapcore.NewNopCore(), panicsAt(1), 2, 1, 1, 0},
		{"a field panics twice, not when it is tried", zapcore.NewNopCore(), panicsAt(1, 3), 2, 1, 1, 0},
		{"a field panics in a core that formats by itself", personal{}, zap.NamedError("bad", badError{}), 2, 2, 2, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b, errs bytes.Buffer
			keeps, kept := observer.New(zap.InfoLevel)
			tee := zapcore.NewTee(keeps, plain(&b), tt.behind)
			l := Wrap(zap.New(tee, zap.ErrorOutput(zapcore.AddSync(&errs))), nil)
			l.Info("m", zap.Int("z", 1), tt.field)
			if kept.Len() != tt.kept || strings.Count(b.String(), "\n") != tt.formatted || strings.Count(b.String(), "PANIC") != tt.marks {
				t.Errorf("entries = %d, want %d, lines %s, want %d with %d marks", kept.Len(), tt.kept, b.String(), tt.formatted, tt.marks)
			}
			if n := strings.Count(errs.String(), "broken"); n != tt.errors {
				t.Errorf("error output %q, want %d errors", errs.String(), tt.errors)
			}
		})
	}
}

// TestFailureOfWrite is the same without Check.
func TestFailureOfWrite(t *testing.T) {
	calls := 0
	core := failing{zapcore.NewNopCore(), func() error { calls++; panic("broken") }}
	err := Wrap(zap.New(core), nil).Core().Write(zapcore.Entry{}, []zap.Field{zap.Int("a", 1)})
	if calls != 1 || err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("calls = %d, error %v", calls, err)
	}
}
