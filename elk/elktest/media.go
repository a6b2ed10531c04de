package elktest

import (
	"fmt"
	"mime"
	"net/http"
	"strings"
)

// media checks Content-Type (when there is a body) and Accept, and returns the type of the answer.
func media(r *http.Request, hasBody bool) (string, error) {
	for accept := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		if !accepted(strings.TrimSpace(accept)) {
			return "", mediaHeader("Accept")
		}
	}
	if !hasBody {
		return "application/json", nil
	}
	compatible, err := contentType(r.Header.Get("Content-Type"))
	switch {
	case err != nil:
		return "", err
	case compatible != strings.Contains(r.Header.Get("Accept"), "compatible-with"): // both headers or neither
		return "", mediaHeader("Content-Type, Accept")
	case compatible:
		return "application/vnd.elasticsearch+json;compatible-with=8", nil
	}
	return "application/json", nil
}

// contentType accepts JSON and its newline-delimited form, also with compatible-with=8.
func contentType(header string) (compatible bool, err error) {
	name, params, parseErr := mime.ParseMediaType(header)
	switch {
	case header == "":
		return false, notSupported(header)
	case parseErr != nil || !strings.Contains(name, "/"):
		return false, mediaHeader("Content-Type")
	}
	switch name {
	case "application/json", "application/x-ndjson":
		return false, nil
	case "application/vnd.elasticsearch+json", "application/vnd.elasticsearch+x-ndjson":
		if params["compatible-with"] != "8" {
			return false, mediaHeader("Content-Type")
		}
		return true, nil
	}
	return false, notSupported(header)
}

func accepted(header string) bool {
	switch strings.ReplaceAll(header, " ", "") {
	case "", "*/*", "application/*", "application/json", "application/x-ndjson",
		"application/vnd.elasticsearch+json;compatible-with=8", "application/vnd.elasticsearch+x-ndjson;compatible-with=8":
		return true
	}
	return false
}

func notSupported(header string) *refusal {
	text := fmt.Sprintf("Content-Type header [%s] is not supported", header)
	return &refusal{http.StatusNotAcceptable, object{{"error", text}, {"status", http.StatusNotAcceptable}}}
}

func mediaHeader(name string) *refusal {
	return refuse(http.StatusBadRequest, &problem{kind: "media_type_header_exception", reason: "Invalid media-type value on headers [" + name + "]"})
}
