package elk

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

// modelLine is a line in a model of the ring that is a plain slice.
type modelLine struct {
	road, lane, blocks int
	seq                uint64
	text               []byte
}

type ringModel struct {
	limit   int
	lines   []modelLine // in order of arrival
	refused []bool      // by road
}

func (m *ringModel) used() (n int) {
	for _, l := range m.lines {
		n += l.blocks
	}
	return n
}

// victim is the index of the next line to make room for another: the oldest
// of the lowest lane that may go, or -1.
func (m *ringModel) victim(incoming modelLine) int {
	found := -1
	for i, l := range m.lines {
		yields := l.lane == incoming.lane && m.refused[l.road] && !m.refused[incoming.road]
		if (l.lane < incoming.lane || yields) && (found < 0 || l.lane < m.lines[found].lane) {
			found = i
		}
	}
	return found
}

func (m *ringModel) push(l modelLine) (gone evictions, stored bool) {
	before := slices.Clone(m.lines)
	for m.used()+l.blocks > m.limit {
		i := m.victim(l)
		if i < 0 {
			m.lines = before
			return evictions{}, false
		}
		if gone.lines++; m.refused[m.lines[i].road] {
			gone.refused++
		}
		m.lines = slices.Delete(m.lines, i, i+1)
	}
	m.lines = append(m.lines, l)
	return gone, true
}

// oldest is the index of the first line of a road, or -1.
func (m *ringModel) oldest(road int) int {
	return slices.IndexFunc(m.lines, func(l modelLine) bool { return l.road == road })
}

// TestRingAgainstModel: the ring and a plain list agree on every line kept,
// evicted and refused.
func TestRingAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bytesLimit := rapid.IntRange(minRingBytes, 3*minRingBytes).Draw(t, "bytes")
		r := newRing(bytesLimit)
		m := ringModel{limit: r.limit}
		for range rapid.IntRange(1, 4).Draw(t, "roads") {
			r.open()
			m.refused = append(m.refused, false)
		}
		anyRoad := rapid.IntRange(0, len(m.refused)-1)
		seq := uint64(0)
		t.Repeat(map[string]func(*rapid.T){
			"push": func(t *rapid.T) {
				seq++
				road := anyRoad.Draw(t, "road")
				level := slog.Level(rapid.IntRange(-10, 20).Draw(t, "level"))
				text := bytes.Repeat([]byte{byte(seq)}, rapid.IntRange(1, ringCapacity(bytesLimit)).Draw(t, "size"))
				gone, stored := r.push(r.roads[road], level, lineInfo{seq: seq, full: len(text)}, text)
				wantGone, wantStored := m.push(modelLine{road, laneOf(level), blocksFor(len(text)), seq, text})
				if gone != wantGone || stored != wantStored {
					t.Fatalf("push = %+v, %t, want %+v, %t", gone, stored, wantGone, wantStored)
				}
			},
			"refuse": func(t *rapid.T) {
				road := anyRoad.Draw(t, "road")
				m.refused[road] = !m.refused[road]
				r.roads[road].refused = m.refused[road]
			},
			"pop": func(t *rapid.T) {
				road := anyRoad.Draw(t, "road")
				first := r.oldest(r.roads[road])
				at := m.oldest(road)
				if (first != nil) != (at >= 0) {
					t.Fatalf("oldest = %v with %d lines", first, len(m.lines))
				}
				if first == nil {
					return
				}
				info := *first
				got := r.pop(r.roads[road], nil)
				if want := m.lines[at]; info.seq != want.seq || !bytes.Equal(got, want.text) {
					t.Fatalf("pop = line %d of %d bytes, want line %d of %d bytes", info.seq, len(got), want.seq, len(want.text))
				}
				m.lines = slices.Delete(m.lines, at, at+1)
			},
			"": func(t *rapid.T) {
				if r.lines != len(m.lines) || r.room() != m.limit-m.used() {
					t.Fatalf("ring has %d lines and room %d, want %d and %d", r.lines, r.room(), len(m.lines), m.limit-m.used())
				}
			},
		})
	})
}

func TestRingKeepsItsBound(t *testing.T) {
	const limit = 1 << 20
	r := newRing(limit)
	to := r.open()
	line := bytes.Repeat([]byte("x"), 300)
	for i := range 20000 {
		r.push(to, slog.LevelInfo, lineInfo{seq: uint64(i)}, line)
	}
	held := 0
	for _, c := range r.chunks {
		held += len(c.data) + len(c.slots)*int(unsafe.Sizeof(slot{}))
	}
	if held > limit {
		t.Errorf("ring holds %d bytes, limit %d", held, limit)
	}
	if r.lines != r.limit/2 {
		t.Errorf("ring holds %d lines of two blocks, want %d", r.lines, r.limit/2)
	}
}

// TestRingEvictsLowestLevelFirst is the rule in its plainest form.
func TestRingEvictsLowestLevelFirst(t *testing.T) {
	r := newRing(minRingBytes)
	to := r.open()
	seq := uint64(0)
	push := func(level slog.Level) (int, bool) {
		seq++
		gone, stored := r.push(to, level, lineInfo{seq: seq}, fmt.Appendf(nil, "%s %d", level, seq))
		return gone.lines, stored
	}
	for r.room() > 2 {
		push(slog.LevelInfo)
	}
	push(slog.LevelDebug)
	push(slog.LevelWarn)
	for _, step := range []struct {
		level   slog.Level
		evicted int
		stored  bool
	}{
		{slog.LevelDebug, 0, false}, // equals do not evict each other
		{slog.LevelInfo, 1, true},   // the Debug line goes
		{slog.LevelInfo, 0, false},
		{slog.LevelError, 1, true}, // the oldest Info line goes
	} {
		if evicted, stored := push(step.level); evicted != step.evicted || stored != step.stored {
			t.Errorf("push at %s = %d, %t, want %d, %t", step.level, evicted, stored, step.evicted, step.stored)
		}
	}
	if got := string(r.pop(to, nil)); got != "INFO 2" {
		t.Errorf("oldest line is %q, want INFO 2", got)
	}
}
