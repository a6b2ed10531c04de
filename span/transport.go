package span

import "net/http"

// Transport carries the request id of [Handler] onward: a request whose context has one, and whose header has none, gets
// the header X-Request-ID. The propagation of the trace is otelhttp's:
//
//	client := http.Client{Transport: span.Transport(otelhttp.NewTransport(nil))}
//
// A nil base is http.DefaultTransport. The request itself is not changed.
func Transport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	return &transport{base}
}

type transport struct{ base http.RoundTripper }

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	id := RequestID(r.Context())
	if id == "" || len(spellings(r.Header, requestIDHeader)) > 0 {
		return t.base.RoundTrip(r)
	}
	carrying := r.WithContext(r.Context()) // a RoundTripper must not change the request
	carrying.Header = r.Header.Clone()
	if carrying.Header == nil {
		carrying.Header = make(http.Header)
	}
	carrying.Header.Set(requestIDHeader, id)
	return t.base.RoundTrip(carrying)
}

// CloseIdleConnections is what http.Client.CloseIdleConnections asks for.
func (t *transport) CloseIdleConnections() {
	if c, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
