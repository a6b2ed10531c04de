package elk

import (
	"fmt"
	"log/slog"
	"strings"
	"time"
)

const (
	// announceEvery is the least time between two documents about dropped
	// lines.
	announceEvery = time.Minute

	// announceLevel lets such a document find room in a full ring.
	announceLevel = slog.LevelError
)

// announced is what was told of dropped lines in a document. Under queue.mu.
type announced struct {
	dropped Dropped
	at      time.Time
}

// announce writes a document about the lines that were dropped since the last
// one, into the shipper's own stream, where somebody who misses lines looks
// for them. It is a line like any other, and counted, but costs no other its
// place. The last one does not wait for its minute.
func (q *queue) announce(now time.Time, last bool) {
	q.mu.Lock()
	due, movable := q.announceLocked(now, last)
	q.mu.Unlock()
	q.tell(due, movable)
}

func (q *queue) announceLocked(now time.Time, last bool) (due, movable bool) {
	a := &q.announced
	if q.closed || q.stats.Dropped == a.dropped || !last && !a.at.IsZero() && now.Sub(a.at) < announceEvery {
		return false, false
	}
	line := []byte(announcement(q.stats.Dropped.since(a.dropped)))
	if blocksFor(len(line)) > q.ring.space() || len(line) > q.config.MaxLineBytes {
		return false, false
	}
	*a = announced{q.stats.Dropped, now}
	_, due, movable = q.accept(q.targets[0], announceLevel, line, len(line), now)
	return due, movable
}

func (d Dropped) since(before Dropped) Dropped {
	d.RingFull -= before.RingFull
	d.Unavailable -= before.Unavailable
	d.Close -= before.Close
	d.DeadLetter -= before.DeadLetter
	d.Corrupt -= before.Corrupt
	return d
}

// announcement is the document.
func announcement(d Dropped) string {
	var reasons []string
	for _, c := range d.reasons() {
		if c.lines > 0 {
			reasons = append(reasons, fmt.Sprintf("%s %d", c.reason, c.lines))
		}
	}
	return fmt.Sprintf(`{"log.level":"warn","log.logger":"spanlog/elk","message":"%d log lines were lost here: %s","spanlog.elk.dropped":%d}`,
		d.Total(), strings.Join(reasons, ", "), d.Total())
}

// reasons splits the count.
func (d Dropped) reasons() []lineCount {
	return []lineCount{
		{"dropped", "ring_full", d.RingFull},
		{"dropped", "unavailable", d.Unavailable},
		{"dropped", "close", d.Close},
		{"dropped", "dead_letter", d.DeadLetter},
		{"dropped", "corrupt", d.Corrupt},
	}
}
