package elktest

import (
	"regexp"
	"strings"
)

// position is what Elasticsearch puts before the reason of a document error, and OpenSearch does not.
const position = `^\[\d+:\d+\] `

// words returns the problem as the profile says it. Problems are made in Elasticsearch's words.
func (p Profile) words(e *problem) *problem {
	if p != OpenSearch3 || e == nil {
		return e
	}
	return openSearchWords(e)
}

func openSearchWords(e *problem) *problem {
	switch e.kind {
	case "document_parsing_exception":
		return mapperParsing(e)
	case "x_content_parse_exception", "x_content_e_o_f_exception":
		if e.cause != nil && strings.HasPrefix(e.cause.kind, "json_") { // the parser's own error comes without a cover
			return &problem{kind: parserError(e), reason: e.cause.reason}
		}
	case "illegal_argument_exception":
		return openSearchIllegal(e)
	case "index_not_found_exception":
		return &problem{kind: e.kind, reason: e.reason, extra: openSearchKeys(e.extra), cause: e.cause}
	}
	return e
}

// openSearchIllegal has the errors that Elasticsearch calls illegal arguments and OpenSearch does not.
func openSearchIllegal(e *problem) *problem {
	switch {
	case strings.HasPrefix(e.reason, "Malformed content, found extra data"):
		return &problem{kind: "mapper_parsing_exception", reason: e.reason}
	case strings.HasPrefix(e.reason, "unknown setting ["):
		return &problem{kind: "settings_exception", reason: e.reason}
	}
	return e
}

// openSearchKeys sorts "index" before the others, as OpenSearch does.
func openSearchKeys(extra object) object {
	var sorted object
	for _, f := range extra {
		if f.key == "index" {
			sorted = append(object{f}, sorted...)
			continue
		}
		sorted = append(sorted, f)
	}
	return sorted
}

func parserError(e *problem) string {
	if e.kind == "x_content_e_o_f_exception" {
		return "unexpected_end_of_input_exception"
	}
	return "json_parse_exception"
}

// mapperParsing has OpenSearch's words for a refused document.
func mapperParsing(e *problem) *problem {
	reason := regexp.MustCompile(position).ReplaceAllString(e.reason, "")
	cause := e.cause
	switch {
	case cause != nil && strings.HasPrefix(cause.reason, "Limit of total fields"):
		text, _, _ := strings.Cut(cause.reason, " while adding")
		return illegalArgument("%s", text)
	case cause != nil && strings.HasPrefix(cause.reason, "Document contains at least one immense term"):
		return illegalArgument("%s", cause.reason)
	case cause != nil && strings.HasPrefix(cause.reason, "data stream timestamp field"):
		cause = illegalArgument("documents must contain a single-valued timestamp field '@timestamp' of date type")
		reason = "failed to parse"
	case strings.HasPrefix(reason, "failed to parse: "):
		reason = "failed to parse"
	case reason == "Malformed content, must start with an object":
		reason, cause = "failed to parse", &problem{kind: "not_x_content_exception", reason: "Compressor detection can only be called on some xcontent bytes or compressed xcontent bytes"}
	}
	return &problem{kind: "mapper_parsing_exception", reason: reason, extra: e.extra, cause: openSearchCause(cause)}
}

func openSearchCause(cause *problem) *problem {
	if cause == nil {
		return nil
	}
	if at, ok := strings.CutPrefix(cause.reason, "Expected text at "); ok {
		at, _, _ = strings.Cut(at, " ")
		return &problem{kind: "illegal_state_exception", reason: "Can't get text on a START_OBJECT at " + at}
	}
	return openSearchWords(cause)
}
