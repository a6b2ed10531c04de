package setup

// Stats says what became of the spans that the exporters of an SDK were given
// so far; with several exporters, a span counts for each.
type Stats struct {
	Exported  uint64 // spans that arrived
	Lost      uint64 // spans of exports that failed, or that the collector rejected, or that were waiting when the time of Shutdown was over
	Dropped   uint64 // spans that found the queue full; known once Shutdown has emptied it
	Failures  uint64 // exports that failed, wholly or in part
	LastError error  // of the last of them; nil if there was none
}

// Stats may be called at any time, also after Shutdown. Exporters inside a
// processor of [WithSpanProcessor] are not counted.
// Spans that count as Lost because the time of Shutdown was over do so no longer
// once they arrive in the background.
func (s *SDK) Stats() Stats {
	if s == nil || s.reporter == nil {
		return Stats{}
	}
	s.reporter.mu.Lock()
	defer s.reporter.mu.Unlock()
	return s.reporter.stats
}
