package elktest

func (s *scanner) value() (*node, *syntaxError) {
	c, err := s.peek("a value")
	if err != nil {
		return nil, err
	}
	switch {
	case c == '{':
		return s.nested((*scanner).object)
	case c == '[':
		return s.nested((*scanner).array)
	case c == '"':
		return s.stringValue()
	case c == '-' || c >= '0' && c <= '9':
		return s.number()
	default:
		return s.word()
	}
}

// nested enters an object or array, within the depth limit.
func (s *scanner) nested(read func(*scanner, *node) *syntaxError) (*node, *syntaxError) {
	if s.depth++; s.depth > maxDepth {
		return nil, s.fail("Document nesting depth (%d) exceeds the maximum allowed (%d, from `StreamReadConstraints.getMaxNestingDepth()`)", s.depth, maxDepth)
	}
	n := &node{at: s.pos}
	s.token = s.pos
	s.pos++
	if err := read(s, n); err != nil {
		return nil, err
	}
	s.depth--
	n.end, s.token = s.pos, s.pos
	s.pos++
	return n, nil
}

func (s *scanner) object(n *node) *syntaxError {
	n.kind = kindObject
	seen := map[string]bool{}
	for {
		c, err := s.peek("close marker for Object")
		if err != nil {
			return err
		}
		if c == '}' && len(n.members) == 0 {
			return nil
		}
		if err := s.member(n, seen); err != nil {
			return err
		}
		if done, err := s.more('}', "Object entries"); done || err != nil {
			return err
		}
	}
}

func (s *scanner) member(n *node, seen map[string]bool) *syntaxError {
	at := s.pos
	if s.data[s.pos] != '"' {
		return s.unexpected("was expecting double-quote to start field name")
	}
	name, err := s.string()
	if err != nil {
		return err
	}
	if seen[name] {
		return s.fail("Duplicate field '%s'", name)
	}
	seen[name] = true
	s.token = at
	c, err := s.peek("a colon to separate field name and value")
	if err != nil {
		return err
	}
	if c != ':' {
		return s.unexpected("was expecting a colon to separate field name and value")
	}
	s.pos++
	v, err := s.value()
	if err != nil {
		return err
	}
	n.members = append(n.members, member{name, v})
	return nil
}

func (s *scanner) array(n *node) *syntaxError {
	n.kind = kindArray
	for {
		c, err := s.peek("close marker for Array")
		if err != nil {
			return err
		}
		if c == ']' && len(n.items) == 0 {
			return nil
		}
		v, err := s.value()
		if err != nil {
			return err
		}
		n.items = append(n.items, v)
		if done, err := s.more(']', "Array entries"); done || err != nil {
			return err
		}
	}
}

// more stands at the closing byte (done) or goes past a comma and to what follows.
func (s *scanner) more(closing byte, what string) (done bool, err *syntaxError) {
	c, err := s.peek("comma or close marker of " + what)
	switch {
	case err != nil:
		return false, err
	case c == closing:
		return true, nil
	case c != ',':
		return false, s.unexpected("was expecting comma to separate " + what)
	}
	s.pos++
	if c, err = s.peek("the next of " + what); err != nil {
		return false, err
	}
	if c == closing {
		return false, s.unexpected("no trailing comma is allowed in " + what)
	}
	return false, nil
}
