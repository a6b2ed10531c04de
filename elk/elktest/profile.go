package elktest

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Profile is the server that is imitated.
type Profile int

// The profiles. Each answers as the named version was seen to answer.
const (
	Elasticsearch8 Profile = iota // 8.19.16
	Elasticsearch9                // 9.2.4
	OpenSearch3                   // 3.8.0
)

// String is the server's name and version.
func (p Profile) String() string {
	if p == OpenSearch3 {
		return "OpenSearch " + p.version()
	}
	return "Elasticsearch " + p.version()
}

func (p Profile) version() string {
	switch p {
	case Elasticsearch9:
		return "9.2.4"
	case OpenSearch3:
		return "3.8.0"
	default:
		return "8.19.16"
	}
}

// WithProfile chooses the server that is imitated; the default is Elasticsearch8.
func WithProfile(p Profile) Option {
	return func(s *Server) { s.profile, s.store.profile = p, p }
}

// headers are those of an answer with a body. Some of Elasticsearch's have no product header: a request-level 401, 403 and 413.
func (p Profile) headers(h http.Header, status int, mediaType string) {
	h.Set("Content-Type", mediaType)
	switch {
	case p == OpenSearch3:
		h.Set("X-OpenSearch-Version", "OpenSearch/3.8.0 (opensearch)")
		h.Set("Content-Type", mediaType+"; charset=UTF-8")
	case status != http.StatusUnauthorized && status != http.StatusForbidden:
		h.Set("X-Elastic-Product", "Elasticsearch")
	}
}

// indexName is the name of a stream's backing index of that generation, from 1.
func (p Profile) indexName(stream string, generation int) string {
	if p == OpenSearch3 {
		return fmt.Sprintf(".ds-%s-%06d", stream, generation)
	}
	return fmt.Sprintf(".ds-%s-%s-%06d", stream, time.Now().UTC().Format("2006.01.02"), generation)
}

// took is the time that a bulk took: Elasticsearch's clock is coarse.
func (p Profile) took(d time.Duration) int {
	if p == OpenSearch3 {
		return int(d / time.Millisecond)
	}
	return int(d/clockStep) * int(clockStep/time.Millisecond)
}

// compatible tells whether a media type may ask for compatibility with that major version.
func (p Profile) compatible(major string) bool {
	switch p {
	case Elasticsearch8:
		return major == "8"
	case Elasticsearch9:
		return major == "8" || major == "9"
	default:
		return false
	}
}

// unrecognized quotes a parameter that the server does not know, with the suggestion where one was recorded.
func (p Profile) unrecognized(parameter string) string {
	if p.lacks(parameter) && parameter == "require_data_stream" {
		return "[require_data_stream] -> did you mean [require_alias]?"
	}
	return "[" + parameter + "]"
}

// lacks tells whether the server refuses a parameter that Elasticsearch knows.
func (p Profile) lacks(parameter string) bool {
	return p == OpenSearch3 && slices.Contains([]string{"require_data_stream", "include_source_on_error"}, parameter)
}
