package elk

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"
)

// ErrReplay is wrapped by what Replay returns for each line that it skipped.
var ErrReplay = errors.New("elk: not a dead letter")

// maxReplayErrors bounds the errors that Replay joins; the rest is counted.
const maxReplayErrors = 100

// Replay reads dead letters, as Config.DeadLetter gets them, and writes their
// documents again, byte for byte as the lines were written first, at level
// Info. A document without "@timestamp" gets that of its dead letter, if w is
// a *Shipper. It returns how many it wrote. They count as accepted, and as what
// becomes of them this time: what is refused again is a dead letter again.
//
// When w is a *Shipper each document goes into the data stream that it was
// meant for, and Replay waits, with Flush, whenever a quarter of
// Config.RingBytes is on its way, so that no line is dropped for want of room;
// it does not wait for the last ones. Any other writer gets each document
// with a newline, in one Write.
//
// A line of r that is no dead letter is skipped, and reported with its number
// in an error that wraps ErrReplay; so is one for line_too_long, which has only
// the beginning of its document. Replay stops early when ctx ends, when w
// fails, or when r does; that error, with the number of the line that was not
// written, is joined to the others. Nothing is deleted. Do not read from the
// file that w itself appends dead letters to.
func Replay(ctx context.Context, r io.Reader, w io.Writer) (n int, err error) {
	p := replay{to: writerOf(w)}
	in := bufio.NewReaderSize(r, 64<<10)
	for number := 1; ; number++ {
		line, readErr := in.ReadBytes('\n')
		if stop := p.line(ctx, number, trimSpace(line)); stop != nil {
			return p.n, p.result(fmt.Errorf("elk: replay: line %d: %w", number, stop))
		}
		switch {
		case readErr == io.EOF:
			return p.n, p.result(nil)
		case readErr != nil:
			return p.n, p.result(fmt.Errorf("elk: replay: line %d: %w", number+1, readErr))
		}
	}
}

// replay is one run.
type replay struct {
	to      func(ctx context.Context, d deadLetter) error
	n       int
	errs    []error
	skipped int
}

// line writes the document of one line; an error ends the run.
func (p *replay) line(ctx context.Context, number int, line []byte) error {
	if len(line) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	d, err := parseDeadLetter(line)
	if err == nil {
		err = p.to(ctx, d)
	}
	switch {
	case errors.Is(err, ErrReplay):
		p.skip(fmt.Errorf("line %d: %w", number, err))
		return nil
	case err != nil:
		return err
	}
	p.n++
	return nil
}

func (p *replay) skip(err error) {
	if p.skipped++; p.skipped <= maxReplayErrors {
		p.errs = append(p.errs, err)
	}
}

func (p *replay) result(last error) error {
	if more := p.skipped - maxReplayErrors; more > 0 {
		p.errs = append(p.errs, fmt.Errorf("%w: %d more lines", ErrReplay, more))
	}
	return errors.Join(append(p.errs, last)...)
}

// parseDeadLetter reads one line. A document with a newline could become two.
func parseDeadLetter(line []byte) (deadLetter, error) {
	var d deadLetter
	if err := json.Unmarshal(line, &d); err != nil {
		return d, fmt.Errorf("%w: %w", ErrReplay, err)
	}
	if now := time.Now(); d.Time.Year() < 1970 || d.Time.After(now) {
		d.Time = now
	}
	switch document := trimSpace(d.line()); {
	case d.Reason == reasonTooLong:
		return d, fmt.Errorf("%w: its document is only the beginning of a line that was too long", ErrReplay)
	case len(document) == 0:
		return d, fmt.Errorf("%w: it has no document", ErrReplay)
	case bytes.IndexByte(document, '\n') >= 0:
		return d, fmt.Errorf("%w: its document has a newline", ErrReplay)
	}
	return d, nil
}

// writerOf returns how a document goes to w.
func writerOf(w io.Writer) func(context.Context, deadLetter) error {
	if s, ok := w.(*Shipper); ok {
		return (&replayShipper{shipper: s}).write
	}
	return func(_ context.Context, d deadLetter) error {
		line := slices.Concat(trimSpace(d.line()), []byte{'\n'})
		n, err := w.Write(line)
		if err == nil && n < len(line) {
			err = io.ErrShortWrite
		}
		return err
	}
}

// replayShipper writes no faster than the shipper sends.
type replayShipper struct {
	shipper *Shipper
	onWay   int // bytes since the last Flush
}

func (r *replayShipper) write(ctx context.Context, d deadLetter) error {
	s := r.shipper
	if s.isZero() {
		return ErrClosed
	}
	dataset, namespace, ok := splitTarget(d.Target)
	if !ok {
		return fmt.Errorf("%w: its target %q is no data stream of a shipper", ErrReplay, d.Target)
	}
	t, ok := s.queue.open(dataset, namespace, maxDatasets)
	if !ok {
		return fmt.Errorf("%w: its target %q is one too many for the shipper", ErrReplay, d.Target)
	}
	line := trimSpace(d.line())
	if r.onWay += blocksFor(len(line)) * (blockBytes + slotBytes); r.onWay > s.config.RingBytes/4 {
		if err := s.Flush(ctx); err != nil {
			return err
		}
		r.onWay = 0
	}
	if !s.accept(t, slog.LevelInfo, line, d.Time) {
		return ErrClosed
	}
	return nil
}
