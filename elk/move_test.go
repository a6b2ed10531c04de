package elk

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestMove: lines change roads, or come back to where they were, and are none
// the worse for it; what is reserved is for staged ones only, and those make
// room for nobody.
func TestMove(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRing(16 << 10)
		r.reserve = 20
		road, staged := r.open(), r.open()
		staged.fixed = true
		var loose, fixed []string // in order of sequence
		seq := uint64(0)
		t.Repeat(map[string]func(*rapid.T){
			"push": func(t *rapid.T) {
				seq++
				text := fmt.Sprintf("%d %s", seq, make([]byte, rapid.IntRange(0, 600).Draw(t, "size")))
				// One level: nothing gives way.
				if _, stored := r.push(road, slog.LevelInfo, lineInfo{seq: seq}, []byte(text)); stored {
					loose = append(loose, text)
				}
			},
			"move": func(t *rapid.T) {
				n := rapid.IntRange(0, len(loose)).Draw(t, "lines")
				done := rapid.IntRange(0, n).Draw(t, "done")
				var firsts []uint32
				for range n {
					firsts = append(firsts, r.detach(road, r.oldestLane(road)))
				}
				at := laneOf(slog.LevelInfo)
				for i, first := range firsts[:done] {
					if got := string(r.read(first, nil)); got != loose[i] {
						t.Fatalf("detached %q, want %q", got, loose[i])
					}
					if rapid.Bool().Draw(t, "stage") {
						r.attach(staged, at, first)
						fixed = append(fixed, loose[i])
					} else {
						r.release(first)
					}
				}
				for i := n - 1; i >= done; i-- {
					r.restore(road, at, firsts[i])
				}
				loose = slices.Delete(loose, 0, done)
			},
			"pop": func(t *rapid.T) {
				if len(fixed) > 0 {
					if got := string(r.pop(staged, nil)); got != fixed[0] {
						t.Fatalf("popped %q, want %q", got, fixed[0])
					}
					fixed = fixed[1:]
				}
			},
			"high": func(t *rapid.T) {
				before := staged.lines
				seq++
				gone, stored := r.push(road, slog.LevelError, lineInfo{seq: seq}, make([]byte, 2000))
				if staged.lines != before {
					t.Fatal("a staged line gave way")
				}
				loose = slices.Delete(loose, 0, gone.lines)
				if stored {
					r.unlink(road, laneOf(slog.LevelError))
				}
			},
			"": func(t *rapid.T) {
				used := 0
				for _, text := range slices.Concat(loose, fixed) {
					used += blocksFor(len(text))
				}
				if r.room() != r.limit-used || r.lines != len(loose)+len(fixed) || r.loose.lines != len(loose) || road.lines != len(loose) || staged.lines != len(fixed) {
					t.Fatalf("room %d, lines %d, loose %+v; want %d, %d, %d", r.room(), r.lines, r.loose, r.limit-used, len(loose)+len(fixed), len(loose))
				}
				if len(fixed) == 0 && r.room() < r.reserve {
					t.Fatalf("room %d, of which %d are reserved", r.room(), r.reserve)
				}
			},
		})
	})
}
