package elktest

import (
	"compress/gzip"
	"errors"
	"net/http"
	"strconv"
	"strings"
)

// handle answers one request: body, media types, route, parameters, in Elasticsearch's order.
func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	w.Header()["Date"] = nil
	body, ok := s.readBody(w, r)
	if !ok {
		return
	}
	mediaType, err := s.profile.media(r, len(body) > 0)
	if err != nil {
		s.fail(w, r, "application/json", err)
		return
	}
	answer, err := s.answer(r, body)
	if err != nil {
		s.fail(w, r, mediaType, err)
		return
	}
	s.write(w, r, http.StatusOK, mediaType, answer, isBulk(r) && s.profile != OpenSearch3)
}

// answer finds the handler, runs it and filters its result. Errors are never filtered.
func (s *Server) answer(r *http.Request, body []byte) (any, error) {
	route, args, refused := find(r)
	if refused != nil {
		return nil, refused
	}
	params, err := route.readParams(r, s.profile)
	if err != nil {
		return nil, err
	}
	if len(body) > 0 && !route.body {
		return nil, illegal("request [%s %s] does not support having a body", r.Method, r.URL.Path)
	}
	filter, err := parseFilterPath(params["filter_path"])
	if err != nil {
		return nil, err
	}
	result, err := route.handle(s, &call{request: r, args: args, params: params, body: body})
	if err != nil {
		return nil, err
	}
	return filter.apply(result), nil
}

func (s *Server) fail(w http.ResponseWriter, r *http.Request, mediaType string, err error) {
	var refused *refusal
	if !errors.As(err, &refused) {
		refused = refuse(http.StatusInternalServerError, &problem{kind: "exception", reason: err.Error()})
	}
	s.write(w, r, refused.status, mediaType, refused.in(s.profile), false)
}

// write sends an answer with the server's headers: a length for errors, chunks for Elasticsearch's bulks, gzip whenever it is accepted.
func (s *Server) write(w http.ResponseWriter, r *http.Request, status int, mediaType string, answer any, chunked bool) {
	h := w.Header()
	s.profile.headers(h, status, mediaType)
	body := appendJSON(nil, answer)
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = compress(body)
	}
	if !chunked {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	if chunked {
		_ = http.NewResponseController(w).Flush()
	}
	_, _ = w.Write(body)
}

func compress(body []byte) []byte {
	var out strings.Builder
	z := gzip.NewWriter(&out)
	_, _ = z.Write(body) // a Builder never fails
	_ = z.Close()
	return []byte(out.String())
}
