package elk

import "bytes"

const (
	maxPatternNodes = 512
	maxPatternBytes = 32 << 10
	maxPatternLine  = 8 << 10
	maxBranches     = 16
	patternPause    = 4096
)

// patterns knows lines by how they are built. The lines of one log call have
// the same keys in the same order, and so the same shape; only values differ.
// So what scan found out about one line holds for all that equal it but for
// what stands in their strings and numbers, and to see that is far cheaper
// than to scan.
//
// It is a tree. A node is the text between two values, and its children are
// the texts that have followed the value behind it. A path from the root to an
// end is the pattern of a line that scan has accepted. Whatever matches no
// path is scanned, so patterns never decides on its own.
//
// The size is bounded. Where lines have no pattern, as when each has a list of
// another length, it rests for a while and begins anew.
type patterns struct {
	fields *fields
	nodes  []pattern
	texts  []byte
	rest   int // lines not to be compared
	hits   int
	misses int
}

type pattern struct {
	from, to int32 // of its text in texts
	children int32 // the first one, 0 for none
	sibling  int32 // the next child of the same parent, 0 for none
	slot     slotKind
	shape    shape // at the end of a line
}

// slotKind is what stands behind a pattern's text.
type slotKind byte

const (
	slotEnd    slotKind = iota // of the line
	slotString                 // a string, without its quotes
	slotScalar                 // a number, or true or false
)

// scan is the function scan for a line that gets fields.
func (p *patterns) scan(line []byte, fields *fields) (shape, bool) {
	if p.fields != fields {
		p.forget(fields)
	}
	if p.rest > 0 || len(line) > maxPatternLine {
		p.rest = max(0, p.rest-1)
		return scan(line, fields)
	}
	if at := p.match(line); at > 0 {
		p.hits++
		return p.nodes[at].shape, true
	}
	sh, ok := scan(line, fields)
	if p.misses++; p.misses > maxPatternNodes+p.hits/2 || ok && !p.learn(line, sh) {
		p.forget(fields)
		p.rest = patternPause
	}
	return sh, ok
}

// forget begins anew.
func (p *patterns) forget(fields *fields) {
	*p = patterns{fields: fields, nodes: p.nodes[:0], texts: p.texts[:0]}
}

// match returns the end that a line leads to, 0 if there is none. All lines go
// through here, so it calls little.
func (p *patterns) match(line []byte) int32 {
	nodes, texts := p.nodes, p.texts
	if len(nodes) == 0 {
		return 0
	}
	for at, child := 0, nodes[0].children; child != 0; {
		n := &nodes[child]
		end := at + int(n.to-n.from)
		if end > len(line) || string(line[at:end]) != string(texts[n.from:n.to]) || !n.fits(line, end) {
			child = n.sibling
			continue
		}
		switch n.slot {
		case slotEnd:
			return child
		case slotString:
			// As stringEnd, but for the call: 30 ns of 210 for a line of 500 bytes.
			size := bytes.IndexByte(line[end:], '"')
			if at = end + size; size > 0 && line[at-1] == '\\' {
				at = textEnd(line, end-1) - 1
			}
			if at < end {
				return 0
			}
		case slotScalar:
			at = scalarEnd(line, end)
		}
		child = n.children
	}
	return 0
}

// fits reports whether a line goes on, behind a node's text, as the node says.
func (n *pattern) fits(line []byte, at int) bool {
	return n.slot == slotString || n.slot == slotScalar && at < len(line) && isSlot(line[at]) || n.slot == slotEnd && at == len(line)
}

// stringEnd returns where the closing quote is of a string whose opening one
// is before at, negative if there is none.
func stringEnd(line []byte, at int) int {
	n := bytes.IndexByte(line[at:], '"')
	if n > 0 && line[at+n-1] == '\\' {
		return textEnd(line, at-1) - 1
	}
	if n < 0 {
		return -1
	}
	return at + n
}

// scalarEnd returns where the number or literal at a place ends.
func scalarEnd(line []byte, at int) int {
	for at < len(line) && isScalar(line[at]) {
		at++
	}
	return at
}

// isSlot reports whether a scalar that begins so may be any other. What may be
// null is text: to a scan null is not like other values.
func isSlot(c byte) bool { return isScalar(c) && c != 'n' }

// learn adds the pattern of a line that scan has accepted. It reports false
// when there is no more room.
func (p *patterns) learn(line []byte, sh shape) bool {
	if len(p.nodes) == 0 {
		p.nodes = append(p.nodes, pattern{})
	}
	after := slotScalar
	for parent, at := int32(0), 0; ; {
		size, slot := nextSlot(line[at:], after)
		if parent = p.grow(parent, line[at:at+size], slot); parent == 0 {
			return false
		}
		if slot == slotEnd {
			p.nodes[parent].shape = sh
			return true
		}
		if after, at = slot, at+size; slot == slotString {
			at = stringEnd(line, at)
		} else {
			at = scalarEnd(line, at)
		}
	}
}

// grow returns the child of a node with a text and slot, made if need be, 0
// when there is no room for it.
func (p *patterns) grow(parent int32, text []byte, slot slotKind) int32 {
	branches := 0
	last := &p.nodes[parent].children
	for ; *last != 0; last = &p.nodes[*last].sibling {
		if n := p.nodes[*last]; n.slot == slot && bytes.Equal(p.texts[n.from:n.to], text) {
			return *last
		}
		branches++
	}
	if branches == maxBranches || len(p.nodes) == maxPatternNodes || len(p.texts)+len(text) > maxPatternBytes {
		return 0
	}
	*last = int32(len(p.nodes))
	from := int32(len(p.texts))
	p.texts = append(p.texts, text...)
	p.nodes = append(p.nodes, pattern{from: from, to: int32(len(p.texts)), slot: slot})
	return int32(len(p.nodes) - 1)
}

// nextSlot returns how long the text up to the next value is, and what the
// value is. The line, of which it gets the rest behind a value or all, is one
// that scan accepts.
func nextSlot(line []byte, after slotKind) (size int, slot slotKind) {
	at := 0
	if after == slotString {
		at = 1 // its closing quote
	}
	for at < len(line) {
		switch c := line[at]; {
		case c == '"':
			end := textEnd(line, at)
			if end < 0 || !isKey(line[end:]) {
				return at + 1, slotString
			}
			at = end
		case isSlot(c):
			return at, slotScalar
		case isScalar(c):
			at = scalarEnd(line, at)
		default:
			at++
		}
	}
	return at, slotEnd
}

// isKey reports whether a string before rest is a key.
func isKey(rest []byte) bool {
	for len(rest) > 0 && isSpace(rest[0]) {
		rest = rest[1:]
	}
	return len(rest) > 0 && rest[0] == ':'
}
