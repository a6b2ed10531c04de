package zerologbridge

import (
	"sync"

	"github.com/rs/zerolog"

	"github.com/spanlog/spanlog/events"
)

// maxKept is the largest line, in bytes, whose memory is used again.
const maxKept = 16 << 10

// rewritten is a line on its way through a rewriter.
type rewritten struct {
	raw     []byte // the line as zerolog made it
	line    string // the same
	members []member
	out     []byte
	names   names // at the root of out

	ours    [2]int // first member of ours and the one behind the last: time, ids, contexts' and constant fields
	message int    // the member that is the message, -1 if there is none
	leveled bool   // the first member is the level
	traced  bool   // there are ids among ours
	told    bool   // error.message is taken
	inner   string // the first error inside an object, as JSON; it takes error.message
	placed  bool   // the source position is taken
}

var texts = sync.Pool{New: func() any { return new(rewritten) }}

func (t *rewritten) free() {
	if cap(t.out) <= maxKept && len(t.line) <= maxKept {
		t.names.reset()
		*t = rewritten{members: t.members[:0], out: t.out[:0], names: t.names}
		texts.Put(t)
	}
}

// read takes the line apart. It reports false where that is not one whole JSON object: such a line stays as it is.
func (t *rewritten) read(line []byte) bool {
	s, _ := open(line, 0)
	var m member
	for s.next(&m) {
		if m.kind == 0 {
			return false
		}
		t.members = append(t.members, m)
	}
	t.raw, t.line = line, string(line)
	return s.closed
}

func (t *rewritten) key(i int) string {
	m := &t.members[i]
	return text(t.line, m.key, m.keyEnd, m.odd)
}

// startsWithLevel reports whether the first member is what zerolog writes for the level.
func (t *rewritten) startsWithLevel() bool {
	ours := t.ours[0] == 0 && t.ours[1] > 0
	return len(t.members) > 0 && !ours && t.key(0) == zerolog.LevelFieldName
}

// find finds what the hook wrote between its marks. Only the fields of later hooks and the message come behind.
func (t *rewritten) find(timeKey string) {
	last := len(t.members) - 1
	t.message = -1
	for i := last; i >= 0; i-- {
		if m := &t.members[i]; t.raw[m.value-1] == mark && t.key(i) == timeKey {
			t.ours = [2]int{i, t.behind(i)}
			if last >= t.ours[1] && t.key(last) == zerolog.MessageFieldName {
				t.message = last
			}
			return
		}
	}
}

// behind returns the member behind ours, which begin at i.
func (t *rewritten) behind(i int) int {
	for ; i < len(t.members); i++ {
		if end := t.members[i].end; end < len(t.raw) && t.raw[end] == mark {
			return i + 1
		}
	}
	return i
}

func (t *rewritten) name(name string) {
	if len(t.out) > 1 {
		t.out = append(t.out, ',')
	}
	t.out = append(events.AppendJSONString(t.out, name), ':')
}
