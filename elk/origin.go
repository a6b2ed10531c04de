package elk

// origin is where lines were accepted first: with their sequence there it is
// their identity, which they keep for ever.
type origin struct {
	id   string
	less uint64 // what makes our sequence theirs, modulo 2^64
}

// named returns the identity of a document: the id of the shipper that
// accepted it, and what that knew of it. Without an origin it is this one, id.
func (d *document) named(id string) (string, lineInfo) {
	info := d.lineInfo
	if d.origin == nil {
		return id, info
	}
	info.seq -= d.origin.less
	return d.origin.id, info
}

// appendID appends the id of the document, for a shipper with that id.
func (d *document) appendID(dst []byte, id string) []byte {
	id, info := d.named(id)
	return appendID(dst, id, info.seq)
}

// originOf returns where a line comes from, nil where its sequence is ours.
func (s *store) originOf(seq uint64) *origin {
	id, theirs := s.disk.Identify(seq)
	if id == s.disk.ID() && theirs == seq {
		return nil
	}
	if s.origin == nil || s.origin.id != id {
		s.origin = &origin{id: id, less: seq - theirs}
	}
	return s.origin
}
