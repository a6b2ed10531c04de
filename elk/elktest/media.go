package elktest

import (
	"fmt"
	"mime"
	"net/http"
	"strings"
)

// media checks Content-Type (when there is a body) and Accept, and returns the type of the answer.
func (p Profile) media(r *http.Request, hasBody bool) (string, error) {
	if p == OpenSearch3 {
		return p.openSearchMedia(r, hasBody)
	}
	for accept := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		if !p.accepted(strings.TrimSpace(accept)) {
			return "", mediaHeader("Accept")
		}
	}
	if !hasBody {
		return "application/json", nil
	}
	compatible, err := p.contentType(r.Header.Get("Content-Type"))
	switch {
	case err != nil:
		return "", err
	case (compatible != "") != strings.Contains(r.Header.Get("Accept"), "compatible-with"): // both headers or neither
		return "", mediaHeader("Content-Type, Accept")
	case compatible != "":
		return "application/vnd.elasticsearch+json;compatible-with=" + compatible, nil
	}
	return "application/json", nil
}

// openSearchMedia ignores Accept, and takes no media type of Elasticsearch's own.
func (p Profile) openSearchMedia(r *http.Request, hasBody bool) (string, error) {
	header := r.Header.Get("Content-Type")
	switch {
	case !hasBody:
		return "application/json", nil
	case strings.Contains(header, "compatible-with"):
		return "", notSupported(header)
	}
	_, err := p.contentType(header)
	return "application/json", err
}

// contentType accepts JSON and its newline-delimited form, also with compatible-with; it returns that version.
func (p Profile) contentType(header string) (compatible string, err error) {
	name, params, parseErr := mime.ParseMediaType(header)
	switch {
	case header == "":
		return "", notSupported(header)
	case parseErr != nil || !strings.Contains(name, "/"):
		return "", mediaHeader("Content-Type")
	}
	switch name {
	case "application/json", "application/x-ndjson":
		return "", nil
	case "application/vnd.elasticsearch+json", "application/vnd.elasticsearch+x-ndjson":
		if !p.compatible(params["compatible-with"]) {
			return "", mediaHeader("Content-Type")
		}
		return params["compatible-with"], nil
	}
	return "", notSupported(header)
}

// accepted: Elasticsearch refuses what is no media type and versions that it cannot speak, and ignores the others.
func (p Profile) accepted(header string) bool {
	if header == "" {
		return true
	}
	name, major, _ := strings.Cut(strings.ReplaceAll(header, " ", ""), ";compatible-with=")
	switch name {
	case "application/vnd.elasticsearch+json", "application/vnd.elasticsearch+x-ndjson":
		return p.compatible(major)
	}
	return strings.Contains(name, "/")
}

func notSupported(header string) *refusal {
	text := fmt.Sprintf("Content-Type header [%s] is not supported", header)
	return &refusal{status: http.StatusNotAcceptable, body: object{{"error", text}, {"status", http.StatusNotAcceptable}}}
}

func mediaHeader(name string) *refusal {
	return refuse(http.StatusBadRequest, &problem{kind: "media_type_header_exception", reason: "Invalid media-type value on headers [" + name + "]"})
}
