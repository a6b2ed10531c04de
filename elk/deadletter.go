package elk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
	"unicode/utf8"
)

// The reasons of dead letters.
const (
	reasonNotObject   = "not_json_object"
	reasonInvalidUTF8 = "invalid_utf8"
	reasonTooLong     = "line_too_long"
	reasonRefused     = "refused"
	reasonProduct     = "product_check"
)

var errDeadLetterPanic = errors.New("elk: the dead-letter writer panicked")

// deadLetter is one line of Config.DeadLetter.
type deadLetter struct {
	Time        time.Time `json:"@timestamp"`
	Reason      string    `json:"reason"`
	Status      int       `json:"status,omitempty"`
	ErrorType   string    `json:"error.type,omitempty"`
	ErrorReason string    `json:"error.reason,omitempty"`
	Target      string    `json:"target"`
	Document    string    `json:"document"`
	// Base64 holds the exact bytes where a JSON string cannot.
	Base64 []byte `json:"document_base64,omitempty"`
}

// line is the document, byte for byte as it was written; under line_too_long
// only its beginning.
func (d deadLetter) line() []byte {
	if d.Base64 != nil {
		return d.Base64
	}
	return []byte(d.Document)
}

func (d deadLetter) withDocument(line []byte) deadLetter {
	d.Document = string(line)
	if !utf8.Valid(line) {
		d.Base64 = line
	}
	return d
}

// letterWriter writes dead letters for all workers, one at a time.
type letterWriter struct {
	mu  sync.Mutex
	to  io.Writer   // nil: they are counted only
	own *letterFile // to, if it is the package's
}

func newLetters(c Config) *letterWriter {
	if c.DeadLetter == nil && c.SpoolDir != "" {
		own := newLetterFile(c.SpoolDir, letterBytes, c.spoolFS)
		return &letterWriter{to: own, own: own}
	}
	return &letterWriter{to: c.DeadLetter}
}

// write writes one whole line in one Write.
func (l *letterWriter) write(d deadLetter) (err error) {
	if l.to == nil {
		return nil
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(d); err != nil {
		return fmt.Errorf("elk: dead letter: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	defer func() {
		if r := recover(); r != nil {
			err = errDeadLetterPanic
		}
	}()
	n, err := l.to.Write(buf.Bytes())
	if err == nil && n < buf.Len() {
		err = io.ErrShortWrite
	}
	return err
}

// sync makes durable what the package's own file got. It does not wait for a
// writer of the caller's, who may hang.
func (l *letterWriter) sync() error {
	if l.own == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.own.Sync()
}

// close closes the package's own file, which sync has made durable. A disk
// that hangs for longer than grace is left behind.
func (l *letterWriter) close(grace time.Duration) {
	if l.own == nil {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.mu.Lock()
		defer l.mu.Unlock()
		_ = l.own.Close()
	}()
	waitFor(done, grace)
}

// unkept is what is lost where dead letters are not kept.
func (l *letterWriter) unkept(s Stats) error {
	if n := s.DeadLettered.Total(); n > 0 && l.to == nil {
		return fmt.Errorf("%w: %d of %d are dead letters, and Config.DeadLetter is nil", ErrLost, n, s.Accepted+s.Recovered)
	}
	return nil
}

// text says why, without the document.
func (d deadLetter) text() string {
	if d.ErrorType == "" {
		return d.Reason
	}
	return fmt.Sprintf("%s: status %d: %s", d.Reason, d.Status, cause{Type: d.ErrorType, Reason: d.ErrorReason})
}
