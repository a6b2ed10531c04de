package spanstate

import "go.opentelemetry.io/otel/trace"

// Abort notes on s and its local ancestors what the panic was that goes on through them as http.ErrAbortHandler.
func Abort(s trace.Span, cause error) {
	if !s.IsRecording() {
		return
	}
	for st := Of(s); st != nil; st = st.up() {
		st.mu.Lock()
		st.aborted = cause
		st.mu.Unlock()
	}
}

// Aborted returns what Abort has noted, nil if nothing.
func Aborted(s trace.Span) error {
	st := Of(s)
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.aborted
}

// IsServer reports whether s is the span of a request that is served, or does not tell its kind.
func IsServer(s trace.Span) bool {
	known, ok := s.(interface{ SpanKind() trace.SpanKind })
	return !ok || known.SpanKind() == trace.SpanKindServer
}

// Server returns the nearest span of a request above s, if all between were told to Enter and their ends are certain;
// else nil.
func Server(s trace.Span) trace.Span {
	if !s.IsRecording() {
		return nil
	}
	return Of(s).server
}

// serverAbove is the server of a span below parent, whose state is up.
func serverAbove(parent trace.Span, up *State) trace.Span {
	switch {
	case up == nil:
		return nil
	case IsServer(parent):
		return parent
	}
	return up.server
}
