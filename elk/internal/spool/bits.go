package spool

import "math/bits"

// set is a set of sequences that are not far from each other.
type set struct {
	base  uint64 // sequence of the first bit
	words []uint64
}

func (s *set) place(seq uint64) (word int, bit uint64, ok bool) {
	at := seq - s.base
	return int(at / 64), 1 << (at % 64), seq >= s.base && at/64 < uint64(len(s.words))
}

func (s *set) has(seq uint64) bool {
	word, bit, ok := s.place(seq)
	return ok && s.words[word]&bit != 0
}

// add reports whether the sequence is new. One that is far off is not taken.
func (s *set) add(seq uint64) bool {
	if seq < s.base || seq-s.base > 2*maxSpan {
		return false
	}
	word, bit, _ := s.place(seq)
	for word >= len(s.words) {
		s.words = append(s.words, 0)
	}
	was := s.words[word]&bit != 0
	s.words[word] |= bit
	return !was
}

// remove reports whether the sequence was there.
func (s *set) remove(seq uint64) bool {
	word, bit, ok := s.place(seq)
	if !ok || s.words[word]&bit == 0 {
		return false
	}
	s.words[word] &^= bit
	return true
}

// each calls f with every member from a sequence up to another, in order.
func (s *set) each(from, to uint64, f func(seq uint64)) {
	for i := range s.words {
		first := s.base + uint64(i)*64
		if first+63 < from || first > to {
			continue
		}
		for left := s.words[i]; left != 0; left &= left - 1 {
			if seq := first + uint64(bits.TrailingZeros64(left)); seq >= from && seq <= to {
				f(seq)
			}
		}
	}
}

// without is how many members are in no other set.
func (s *set) without(other *set) (n int) {
	s.each(0, ^uint64(0), func(seq uint64) {
		if !other.has(seq) {
			n++
		}
	})
	return n
}

func (s *set) count(from, to uint64) (n int) {
	s.each(from, to, func(uint64) { n++ })
	return n
}
