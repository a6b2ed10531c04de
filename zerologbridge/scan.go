package zerologbridge

const (
	maxDepth   = 1000 // arrays and objects inside each other before a value counts as broken
	maxRepairs = 64   // broken values of one line before the rest of it counts as one
)

// scanner walks over the members of one JSON object: a line of zerolog's, finished or still without its end, or an
// object inside one. It allocates nothing and leaves the bytes alone.
//
// zerolog takes raw JSON from its caller unseen, so a value may be anything. A broken one reaches to the next place that
// reads as the beginning of a member.
type scanner struct {
	b       []byte
	i       int    // the next byte
	head    header // of the next member; its value is 0 where there is none
	closed  bool   // the object was read to its end
	escaped bool   // the string read last has escapes or is not plain ASCII
	repairs int
}

// header is the key of a member, by its places in the bytes.
type header struct {
	comma  int  // the comma before it, -1 where there is none
	key    int  // its opening quotation mark
	keyEnd int  // behind its closing one
	value  int  // the first byte of the value
	odd    bool // it has escapes or is not plain ASCII
}

// member is one member of an object.
type member struct {
	header
	end     int  // behind the value
	kind    byte // '"' '{' '[' '0' 't' 'f' 'n', or 0: broken
	escaped bool // a string that has escapes or is not plain ASCII
}

// open enters the object that begins at b[at], or behind spaces there.
func open(b []byte, at int) (scanner, bool) {
	s := scanner{b: b, i: at}
	if !s.eat('{') {
		return s, false
	}
	if first := s.i; !s.header(-1) {
		s.i = first
		s.end()
	}
	return s, true
}

// next reads the next member. It returns false at the end, and where no member can be read any more.
func (s *scanner) next(m *member) bool {
	if s.head.value == 0 {
		return false
	}
	if s.plain(m) {
		return true
	}
	s.any(m)
	return true
}

// any is next for any member.
func (s *scanner) any(m *member) {
	m.header = s.head
	s.head.value = 0
	m.kind = s.scan(0)
	m.end, m.escaped = s.i, s.escaped
	if m.kind == 0 || !s.follow() {
		s.repair(m)
	}
}

// follow reads what comes behind a value: the header of the next member or the end.
func (s *scanner) follow() bool {
	if s.peekPast() == ',' {
		s.i++
		return s.header(s.i - 1)
	}
	return s.end()
}

// header reads a key with its colon, behind a comma or the beginning.
func (s *scanner) header(comma int) bool {
	if s.peekPast() != '"' {
		return false
	}
	key := s.i
	if !s.string() {
		return false
	}
	keyEnd, odd := s.i, s.escaped
	if !s.eat(':') {
		return false
	}
	s.space()
	s.head = header{comma, key, keyEnd, s.i, odd}
	return true
}

// end reads the end of the object or of the bytes.
func (s *scanner) end() bool {
	s.closed = s.eat('}')
	s.space()
	s.closed = s.closed && s.i == len(s.b)
	return s.i == len(s.b)
}

// repair takes the bytes up to the next member for the broken value of m.
func (s *scanner) repair(m *member) {
	m.kind, s.closed, s.head.value = 0, false, 0
	s.repairs++
	for at := m.value; at < len(s.b) && s.repairs < maxRepairs; at++ {
		if s.b[at] != ',' {
			continue
		}
		if s.i = at + 1; s.header(at) {
			m.end = at
			return
		}
	}
	m.end = len(s.b)
}

// scan reads a value and returns its kind, 0 where it is broken.
func (s *scanner) scan(depth int) byte {
	if depth > maxDepth {
		return 0
	}
	ok := false
	kind := s.peek()
	switch kind {
	case '"':
		ok = s.string()
	case '{':
		ok = s.object(depth)
	case '[':
		ok = s.array(depth)
	case 't':
		ok = s.word("true")
	case 'f':
		ok = s.word("false")
	case 'n':
		ok = s.word("null")
	default:
		kind, ok = '0', s.number()
	}
	if !ok {
		return 0
	}
	return kind
}

func (s *scanner) object(depth int) bool {
	s.eat('{')
	if s.eat('}') {
		return true
	}
	for s.peekPast() == '"' && s.string() && s.eat(':') && s.element(depth+1) != 0 {
		if !s.eat(',') {
			return s.eat('}')
		}
	}
	return false
}

func (s *scanner) array(depth int) bool {
	s.eat('[')
	if s.eat(']') {
		return true
	}
	for s.element(depth+1) != 0 {
		if !s.eat(',') {
			return s.eat(']')
		}
	}
	return false
}

// element reads a value with space before it.
func (s *scanner) element(depth int) byte {
	s.space()
	return s.scan(depth)
}

// string reads a string, whose first quotation mark is the next byte.
func (s *scanner) string() bool {
	if end := pastPlainText(s.b, s.i+1); end > 0 {
		s.i, s.escaped = end, false
		return true
	}
	s.escaped = false
	for i := s.i + 1; i < len(s.b); i++ {
		switch c := s.b[i]; {
		case c == '"':
			s.i = i + 1
			return true
		case c == '\\':
			s.escaped = true
			i++
		case c < ' ':
			return false
		case c >= 0x80:
			s.escaped = true
		}
	}
	return false
}

// number reads a number by the grammar of RFC 8259.
func (s *scanner) number() bool {
	if s.peek() == '-' {
		s.i++
	}
	if s.peek() == '0' {
		s.i++
	} else if !s.digits() {
		return false
	}
	if s.peek() == '.' {
		s.i++
		if !s.digits() {
			return false
		}
	}
	if c := s.peek(); c != 'e' && c != 'E' {
		return true
	}
	s.i++
	if c := s.peek(); c == '-' || c == '+' {
		s.i++
	}
	return s.digits()
}

func (s *scanner) digits() bool {
	start := s.i
	for s.i < len(s.b) && s.b[s.i]-'0' <= 9 {
		s.i++
	}
	return s.i > start
}

func (s *scanner) word(w string) bool {
	if len(s.b)-s.i < len(w) || string(s.b[s.i:s.i+len(w)]) != w {
		return false
	}
	s.i += len(w)
	return true
}

func (s *scanner) space() {
	if s.i < len(s.b) && s.b[s.i] <= ' ' {
		s.spaces()
	}
}

func (s *scanner) spaces() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return
		}
	}
}

// peek returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	if s.i < len(s.b) {
		return s.b[s.i]
	}
	return 0
}

// peekPast returns the next byte that is no space, 0 at the end.
func (s *scanner) peekPast() byte {
	s.space()
	return s.peek()
}

// eat reads c and the space before it, if it is there.
func (s *scanner) eat(c byte) bool {
	if s.peekPast() != c {
		return false
	}
	s.i++
	return true
}
