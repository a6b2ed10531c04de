package elk

// bury notes lines of the spool that are dead letters. Their verdict is not
// written down before the letters are durable. Under mu.
func (s *store) bury(lines []uint64) {
	if s != nil {
		s.safe -= len(lines)
		s.buried = append(s.buried, lines...)
	}
}

// exhume returns the lines buried since it was asked last.
func (q *queue) exhume() (lines []uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	lines, q.store.buried = q.store.buried, nil
	return lines
}
