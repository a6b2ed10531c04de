package elk

import (
	"bytes"
	"strconv"
)

// maxDepth is how deep objects and arrays may be nested in a document that is
// repaired; Elasticsearch takes no more than 1000.
const maxDepth = 1000

// flaw is what a document was refused for and can be sent without.
type flaw int

const (
	flawNone flaw = iota
	flawDuplicateKey
	flawBigNumber
)

// repair gives the later of equal keys in one object new names, key_2, key_3
// and so on, at any depth, as the bridges do it under ECS; for a number beyond
// 64 bits in a field of which the server knew nothing, it also makes strings
// of such numbers. It reports false if there was nothing to repair, or it was
// done before. The id stays.
func (b *batch) repair(d *document, f flaw, id string) bool {
	if f <= d.repaired || !d.spliced {
		return false
	}
	line := b.original(d)
	r := repairer{scanner: scanner{data: line, fields: b.target.fields}, quotes: f == flawBigNumber}
	if !r.object(0) || r.pos != len(line) || r.renamed+r.quoted == 0 {
		return false
	}
	// The scan of the repaired line, since a key that is there twice may have
	// been one of ours.
	sh, ok := scan(r.out, b.target.fields)
	if !ok {
		return false
	}
	id, info := d.named(id)
	own := appendPrefix(make([]byte, 0, b.target.fields.prefix+len(r.out)+1), id, info, sh, b.target.fields)
	own = append(own, r.out[1:]...)
	d.own = append(own, '\n')
	d.repaired = f
	return true
}

// repairer copies a document and renames keys on the way. White space between
// the tokens is left out.
type repairer struct {
	scanner
	out     []byte
	renamed int
	quotes  bool // numbers that a long does not hold
	quoted  int
}

func (r *repairer) object(depth int) bool {
	if depth > maxDepth || !r.eat('{') {
		return false
	}
	r.out = append(r.out, '{')
	taken := r.keysFrom(r.pos)
	seen := map[string]int{}
	return r.list('}', func() bool { return r.peek() == '"' && r.member(seen, taken, depth) })
}

// list copies what one stands for, with commas between, up to the end.
func (r *repairer) list(end byte, one func() bool) bool {
	for r.space(); r.peek() != end; r.space() {
		if !one() {
			return false
		}
		r.space()
		if r.peek() != ',' {
			break
		}
		r.pos++
		r.out = append(r.out, ',')
	}
	r.out = append(r.out, end)
	return r.eat(end)
}

// keysFrom returns the keys of the object that begins at pos, so that a new
// name is not one that comes later.
func (r *repairer) keysFrom(pos int) map[string]bool {
	look := scanner{data: r.data, pos: pos}
	taken := map[string]bool{}
	for look.space(); look.peek() == '"'; look.space() {
		key, ok := look.key()
		if !ok {
			break
		}
		taken[string(key)] = true
		look.space()
		if !look.eat(':') {
			break
		}
		look.space()
		if !look.value() {
			break
		}
		look.space()
		if !look.eat(',') {
			break
		}
	}
	return taken
}

// member copies one member. Seen has, for each key, the last number that was
// given to it.
func (r *repairer) member(seen map[string]int, taken map[string]bool, depth int) bool {
	from := r.pos
	key, ok := r.key()
	if !ok {
		return false
	}
	raw := r.data[from:r.pos]
	if last := seen[string(key)]; last > 0 {
		raw, seen[string(key)] = renamedKey(raw, string(key), last+1, taken)
		r.renamed++
	} else {
		seen[string(key)] = 1
	}
	r.space()
	if !r.eat(':') {
		return false
	}
	r.space()
	r.out = append(append(r.out, raw...), ':')
	return r.value(depth + 1)
}

// renamedKey returns the key, as it was encoded, with the first free number
// behind it, and that number. Numbers below n are known to be taken.
func renamedKey(raw []byte, key string, n int, taken map[string]bool) ([]byte, int) {
	for ; ; n++ {
		suffix := "_" + strconv.Itoa(n)
		if !taken[key+suffix] {
			taken[key+suffix] = true
			return append(append(bytes.Clone(raw[:len(raw)-1]), suffix...), '"'), n
		}
	}
}

func (r *repairer) value(depth int) bool {
	switch r.peek() {
	case '{':
		return r.object(depth)
	case '[':
		return r.array(depth)
	}
	from := r.pos
	if !r.scanner.value() {
		return false
	}
	raw := r.data[from:r.pos]
	if r.quotes && beyondLong(raw) {
		r.quoted++
		r.out = append(append(append(r.out, '"'), raw...), '"')
		return true
	}
	r.out = append(r.out, raw...)
	return true
}

// beyondLong reports whether a value is a whole number that is not an int64.
func beyondLong(raw []byte) bool {
	const longest = len("-9223372036854775808")
	if len(raw) < longest-1 {
		return false
	}
	digits := bytes.TrimPrefix(raw, []byte{'-'})
	for _, c := range digits {
		if c < '0' || c > '9' {
			return false
		}
	}
	_, err := strconv.ParseInt(string(raw), 10, 64)
	return err != nil
}

func (r *repairer) array(depth int) bool {
	if depth > maxDepth || !r.eat('[') {
		return false
	}
	r.out = append(r.out, '[')
	return r.list(']', func() bool { return r.value(depth + 1) })
}
