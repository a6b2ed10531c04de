package elktest

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"strings"
)

// readBody reads and inflates the body. When it returns false, the request has got its answer, or none on purpose.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	if r.ContentLength > s.maxContentLength {
		s.tooLargeByHeader(w, r)
		return nil, false
	}
	body, err := s.inflate(r)
	switch {
	case err != nil:
		s.keepParts(r, body)
		panic(http.ErrAbortHandler) // net/http's way to close a connection without an answer
	case int64(len(body)) > s.maxContentLength:
		s.keepParts(r, body)
		w.Header().Set("Connection", "close")
		tooLarge(w)
		return nil, false
	}
	return body, true
}

// tooLargeByHeader answers before the body is read, then drops the body so that the connection lives on.
func (s *Server) tooLargeByHeader(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	_ = control.EnableFullDuplex()
	tooLarge(w)
	_ = control.Flush()
	if r.Header.Get("Expect") == "" {
		_, _ = io.Copy(io.Discard, r.Body)
	}
}

// tooLarge is 413 as Elasticsearch sends it: no body, no content type, no product header.
func tooLarge(w http.ResponseWriter) {
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusRequestEntityTooLarge)
}

// inflate returns at most one byte more than the limit, and with an error what came before it. An encoding that
// Elasticsearch does not know is read as it is. The body is read first, so that a client that hangs up is not taken for a
// compressed stream that ends early.
func (s *Server) inflate(r *http.Request) ([]byte, error) {
	limit := s.maxContentLength + 1
	raw, err := io.ReadAll(io.LimitReader(r.Body, limit))
	if err != nil {
		if r.Header.Get("Content-Encoding") != "" {
			raw, _, _ = gunzip(bytes.NewReader(raw), limit)
		}
		return raw, err
	}
	switch strings.ToLower(r.Header.Get("Content-Encoding")) {
	case "gzip", "x-gzip":
		body, cut, err := gunzip(bytes.NewReader(raw), limit)
		if cut && s.profile == Elasticsearch9 && isBulk(r) {
			body = body[:bytes.LastIndexByte(body, '\n')+1]
		}
		return body, err
	case "deflate", "x-deflate":
		z, err := zlib.NewReader(bytes.NewReader(raw))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(io.LimitReader(z, limit))
	case "snappy":
		return nil, errors.New("snappy is refused by closing the connection")
	default:
		return raw, nil
	}
}

// gunzip reads every member. Elasticsearch takes a stream that ends early for complete and ignores what follows the last member;
// a wrong checksum or corrupt data is an error.
func gunzip(in *bytes.Reader, limit int64) (out []byte, cut bool, err error) {
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, isCut(err), unlessCut(err)
	}
	for {
		z.Multistream(false)
		member, err := io.ReadAll(io.LimitReader(z, limit-int64(len(out))))
		out = append(out, member...)
		if err != nil || int64(len(out)) == limit {
			return out, isCut(err), unlessCut(err)
		}
		if z.Reset(in) != nil {
			return out, false, nil
		}
	}
}

func isCut(err error) bool { return err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) }

func unlessCut(err error) error {
	if isCut(err) {
		return nil
	}
	return err
}
