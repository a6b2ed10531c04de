package elk

// The lines of a ring can change roads without being copied: detach takes one
// out and names it by its first block, which attach, restore or release must
// get. In between it is in no count.

// detach takes the first line of a lane out of its road.
func (r *ring) detach(from *road, at int) (first uint32) {
	l := &from.lanes[at]
	first = l.head
	head := r.slot(first)
	if l.head = head.nextLine; l.lines == 1 {
		from.filled &^= 1 << at
	}
	r.count(from, at, -1, -blocksFor(int(head.size)), -int(head.size))
	return first
}

// attach puts a line at the end of a lane.
func (r *ring) attach(to *road, at int, first uint32) {
	r.slot(first).nextLine = none
	l := &to.lanes[at]
	if l.lines > 0 {
		r.slot(l.tail).nextLine = first
	} else {
		l.head = first
		to.filled |= 1 << at
	}
	l.tail = first
	r.enter(to, at, first)
}

// restore puts a line at the beginning of a lane, where it was.
func (r *ring) restore(to *road, at int, first uint32) {
	l := &to.lanes[at]
	if l.lines > 0 {
		r.slot(first).nextLine = l.head
	} else {
		r.slot(first).nextLine = none
		l.tail = first
		to.filled |= 1 << at
	}
	l.head = first
	r.enter(to, at, first)
}

func (r *ring) enter(to *road, at int, first uint32) {
	size := int(r.slot(first).size)
	r.count(to, at, 1, blocksFor(size), size)
}

// release frees the blocks of a line.
func (r *ring) release(first uint32) {
	for block := first; block != none; {
		next := r.slot(block).next
		r.give(block)
		block = next
	}
}
