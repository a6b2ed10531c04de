package spanstate

import "testing"

// A state that is found without the table is one that the table has.
func TestRecent(t *testing.T) {
	for range 3 * recents {
		_, _, s := newSpan(t)
		st := Of(s)
		if Of(s) != st || recentOf(&st.key) != st {
			t.Fatal("the state is not found again")
		}
		Leave(s)
		if recentOf(&st.key) != nil || recent[st.key.Byte()].Load() == st {
			t.Fatal("the state of a span that has ended is still held")
		}
	}
}
