package elk

import (
	"bytes"
	"fmt"
	"testing"
)

// TestBodiesOfARequest: whatever became of the documents between them, those
// that are left go out whole and in order, chunk by chunk.
func TestBodiesOfARequest(t *testing.T) {
	r := newRing(1 << 20)
	b := &batch{target: &target{fields: patternFields(), road: r.open()}}
	var want bytes.Buffer
	for i := range 40 {
		line := fmt.Sprintf(`{"number":%d}`, i)
		if i%7 == 3 {
			line = fmt.Sprintf("plain text %d", i)
		}
		r.push(b.target.road, 0, lineInfo{seq: uint64(i + 1), full: len(line)}, []byte(line))
	}
	for b.target.road.lines > 0 {
		from := len(b.docs)
		b.raw = b.raw[:0]
		for range min(10, b.target.road.lines) {
			b.take(r.oldest(b.target.road), &r, b.target.road)
		}
		for i := from; i < len(b.docs); i++ {
			d := &b.docs[i]
			if b.splice(d, "id") != "" {
				b.wrap(d, "id")
			}
			if d.settled = i%5 == 4; !d.settled {
				want.Write(b.body(d))
			}
		}
		b.compactFrom(from)
	}
	var got bytes.Buffer
	if err := writeBodies(&got, b, b.docs); err != nil {
		t.Fatal(err)
	}
	if got.String() != want.String() || got.Len() == 0 {
		t.Errorf("got\n%swant\n%s", &got, &want)
	}
	for i := range b.docs {
		if d := &b.docs[i]; d.own != nil && !bytes.HasPrefix(b.original(d), []byte("plain text ")) {
			t.Errorf("original %q", b.original(d))
		}
	}
}
