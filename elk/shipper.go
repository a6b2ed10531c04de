package elk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spanlog/spanlog/elk/internal/spool"
)

var (
	// ErrClosed is what a Write after Close returns.
	ErrClosed = errors.New("elk: the shipper is closed")
	// ErrPending is wrapped by what Flush and Sync return while lines have no
	// verdict.
	ErrPending = errors.New("elk: lines are not yet delivered")
	// ErrLost is wrapped by what Close and Shutdown return when lines were
	// dropped.
	ErrLost = errors.New("elk: lines were lost")
)

// closeGrace is how long Shutdown waits, beyond its context, for the sender
// to notice.
const closeGrace = 250 * time.Millisecond

var _ io.WriteCloser = (*Shipper)(nil)

// Shipper sends lines to an Elasticsearch data stream, and with Dataset to
// others beside it. Make it with Open.
// Its methods may be called at any time from any goroutine; on a nil or zero
// Shipper they do what they do after Close.
type Shipper struct {
	config Config
	queue  *queue
	home   *target // of Config.Dataset
	sender *sender
	keeper *keeper // nil without Config.SpoolDir
	alarms *alarms
	own    *ownClient // nil with Config.Client
	meters *meters    // nil without Config.Meter
	cancel context.CancelFunc
	ended  chan struct{} // closed when Shutdown is through
}

// Open starts a shipper. It does no network I/O: a server that is down is no
// error, a configuration that cannot work is, and so is a Config.SpoolDir that
// cannot be written to. It reads what ended processes have left there.
func Open(config Config) (*Shipper, error) {
	c, err := config.resolved()
	if err != nil {
		return nil, err
	}
	hidden := newSecrets(&c)
	s := &Shipper{config: c, ended: make(chan struct{})}
	client := c.Client
	if client == nil {
		if s.own, err = newOwnClient(c); err != nil {
			return nil, err
		}
		client = s.own
	}
	id := newID()
	disk, err := openSpool(c, id)
	if err != nil {
		return nil, err
	}
	s.queue = newQueue(c, disk)
	s.home, _ = s.queue.open(c.Dataset, c.Namespace, 1)
	if disk != nil {
		s.queue.recover(disk)
	}
	if s.meters, err = newMeters(c, s.queue); err != nil {
		return nil, errors.Join(err, closeSpool(disk))
	}
	s.alarms = newAlarms(c.OnAlarm, hidden)
	s.sender = newSender(c, id, s.queue, s.alarms, s.meters.measured(client))
	s.keeper = newKeeper(c, s.queue, s.alarms, s.sender.letters)
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(context.Background())
	s.keeper.start()
	go s.sender.run(ctx)
	return s, nil
}

// newID makes what distinguishes this shipper's documents from all others'.
func newID() string { return spool.NewID() }

// Write accepts each non-empty line of p as one document, at level Info. It
// copies p, waits for nothing unless Config.Block says so, and while the shipper is open
// returns len(p) and nil, also when it had to drop a line: Stats and
// Config.OnAlarm tell. After Close it returns ErrClosed.
func (s *Shipper) Write(p []byte) (int, error) { return s.WriteLine(slog.LevelInfo, p) }

// WriteLine is Write with the level of the lines, which decides what goes
// first when there is no more room.
func (s *Shipper) WriteLine(level slog.Level, p []byte) (int, error) {
	if s.isZero() {
		return 0, ErrClosed
	}
	return s.writeLine(s.home, level, p)
}

func (s *Shipper) writeLine(to *target, level slog.Level, p []byte) (int, error) {
	if s.isZero() || s.queue.isClosed() {
		return 0, ErrClosed
	}
	now := time.Now()
	for done := 0; done < len(p); {
		line, rest, _ := bytes.Cut(p[done:], []byte{'\n'})
		if !s.accept(to, level, trimSpace(line), now) {
			return done, ErrClosed
		}
		done = len(p) - len(rest)
	}
	return len(p), nil
}

// accept takes one line and reports whether the shipper is open.
func (s *Shipper) accept(to *target, level slog.Level, line []byte, now time.Time) bool {
	if len(line) == 0 {
		return true
	}
	dropped, open := s.queue.putPatiently(to, level, line, s.config.MaxLineBytes, now)
	if dropped > 0 {
		s.alarms.raise(alarmRingFull, "lines are dropped: more arrive than leave, and RingBytes is used up")
	}
	return open
}

func (s *Shipper) isZero() bool { return s == nil || s.queue == nil }

// Flush waits until every line accepted before it has a verdict: stored, or
// dead-lettered, or dropped. It cuts a pause after a failure short, once and at
// most once a second, but not a Retry-After. When ctx ends first, or Config.FlushTimeout if
// ctx has no deadline, the error wraps ErrPending and the context's.
func (s *Shipper) Flush(ctx context.Context) error {
	if s.isZero() {
		return nil
	}
	ctx, cancel := s.flushContext(ctx)
	defer cancel()
	done := s.queue.wait()
	defer s.queue.forget(done)
	s.hurry()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: %d pending: %w", ErrPending, s.Stats().Pending, ctx.Err())
	}
}

// hurry makes lines leave now, and cuts short the pause after a failure.
func (s *Shipper) hurry() (pending uint64) {
	pending, cut := s.queue.hurry(time.Now())
	if cut {
		s.sender.gate.hurry()
	}
	return pending
}

func (s *Shipper) flushContext(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx == nil {
		ctx = context.Background()
	}
	if _, ok := ctx.Deadline(); ok {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, s.config.FlushTimeout)
}

// Sync returns nil once every line accepted before it is on disk, in
// Config.SpoolDir, or has its verdict; else what keeps it from that. How
// durable it then is says Config.SpoolSync. Once after lines that were on disk
// turned out to be lost, the error wraps ErrLost.
//
// Without SpoolDir there is nothing to wait for but the network, and it does not:
// the error wraps ErrPending while any line has no verdict. In either case it
// sends what is waiting, as Flush does. Use Flush to wait for the server.
func (s *Shipper) Sync() error {
	if s.isZero() {
		return nil
	}
	pending := s.hurry()
	if s.keeper != nil {
		return s.keeper.sync()
	}
	if pending > 0 {
		return fmt.Errorf("%w: %d pending", ErrPending, pending)
	}
	return nil
}

// Close is Shutdown with Config.CloseTimeout.
func (s *Shipper) Close() error {
	if s.isZero() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), s.config.CloseTimeout)
	defer cancel()
	return s.Shutdown(ctx)
}

// Shutdown ends intake, sends what is left, and stops. It tries until ctx
// ends, at least once if ctx allows; what then has no verdict stays in
// Config.SpoolDir, or is dropped without one. It
// returns nil when in its whole life the shipper lost nothing, that is, when
// every line was stored or dead-lettered or is on disk, else an error that wraps ErrLost
// and names the counts, or what the disk said. A disk that hangs is waited for 5 s
// beyond ctx. Dead letters that nobody keeps are lost, see Config.DeadLetter.
// A second call waits for the first and returns nil.
func (s *Shipper) Shutdown(ctx context.Context) error {
	if s.isZero() {
		return nil
	}
	if ctx == nil {
		ctx = context.Background()
	}
	s.queue.announce(time.Now(), true)
	if !s.queue.close() {
		select {
		case <-s.ended:
		case <-ctx.Done():
		}
		return nil
	}
	defer close(s.ended)
	s.sender.gate.cut()
	s.keeper.save()
	err := s.stop(ctx)
	end := s.queue.end()
	if end.Pending == 0 {
		err = nil
	}
	return errors.Join(lossError(end), s.sender.letters.unkept(end), err)
}

// stop ends the goroutines. One that hangs in the caller's code is left
// behind: its verdicts no longer count.
func (s *Shipper) stop(ctx context.Context) error {
	s.queue.signal()
	select {
	case <-s.sender.done:
		s.cancel()
	case <-ctx.Done():
		s.cancel()
		waitFor(s.sender.done, closeGrace)
	}
	if s.own != nil {
		s.own.close()
	}
	err := s.keeper.close(ctx)
	s.sender.letters.close(closeGrace)
	s.meters.close()
	s.alarms.close(closeGrace)
	return err
}

func lossError(s Stats) error {
	if s.Dropped.Total() == 0 {
		return nil
	}
	return fmt.Errorf("%w: %d of %d (ring full %d, refused and ring full %d, no answer before close %d, dead letter not written %d, damaged on disk %d)",
		ErrLost, s.Dropped.Total(), s.Accepted+s.Recovered, s.Dropped.RingFull, s.Dropped.Unavailable, s.Dropped.Close, s.Dropped.DeadLetter, s.Dropped.Corrupt)
}

// Stats returns the counts so far; after Close, the final ones.
func (s *Shipper) Stats() Stats {
	if s.isZero() {
		return Stats{}
	}
	return s.queue.read()
}
