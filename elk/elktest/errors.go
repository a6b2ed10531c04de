package elktest

import (
	"fmt"
	"net/http"
	"strings"
)

// problem is Elasticsearch's description of an error: of a whole request, or of one item of a bulk.
type problem struct {
	kind, reason string
	extra        object // keys between reason and caused_by
	cause        *problem
}

func (p *problem) summary() object {
	return append(object{{"type", p.kind}, {"reason", p.reason}}, p.extra...)
}

func (p *problem) object() object {
	o := p.summary()
	if p.cause != nil {
		o = append(o, field{"caused_by", p.cause.object()})
	}
	return o
}

// refusal is a request-level error: its status, and what is wrong, or a body of another form.
type refusal struct {
	status  int
	body    object
	problem *problem
}

// in is the body that the profile gives it.
func (r *refusal) in(p Profile) object {
	if r.problem == nil {
		return r.body
	}
	return problemBody(r.status, p.words(r.problem))
}

func (r *refusal) Error() string { return string(appendJSON(nil, r.body)) }

// refuse is the usual body of a request-level error, with its root_cause.
func refuse(status int, p *problem) *refusal {
	return &refusal{status: status, body: problemBody(status, p), problem: p}
}

func problemBody(status int, p *problem) object {
	e := append(object{{"root_cause", array{p.summary()}}}, p.object()...)
	return object{{"error", e}, {"status", status}}
}

// illegal is a request-level 400 with an illegal_argument_exception.
func illegal(format string, args ...any) *refusal {
	return refuse(http.StatusBadRequest, illegalArgument(format, args...))
}

// unknownHere is the type of what elktest refuses because it does not know it. No server has it.
const unknownHere = "elktest_unknown"

// illegalArgument is an error of that type, unless the text says that it is elktest which does not know better.
func illegalArgument(format string, args ...any) *problem {
	return &problem{kind: kindFor(format, "illegal_argument_exception"), reason: fmt.Sprintf(format, args...)}
}

func kindFor(format, kind string) string {
	if strings.HasPrefix(format, "elktest ") {
		return unknownHere
	}
	return kind
}

// invalidRequest is what failed validation gives: every complaint with its number.
func invalidRequest(complaints []string) *refusal {
	reason := "Validation Failed: "
	for i, c := range complaints {
		reason += fmt.Sprintf("%d: %s;", i+1, c)
	}
	return refuse(http.StatusBadRequest, &problem{kind: "action_request_validation_exception", reason: reason})
}

// indexMissing is the error for a name that is nothing.
func indexMissing(name string) *problem {
	return &problem{kind: "index_not_found_exception", reason: "no such index [" + name + "]", extra: object{
		{"resource.type", "index_or_alias"}, {"resource.id", name}, {"index_uuid", "_na_"}, {"index", name},
	}}
}

// sourceQuoted is how many bytes of a source Jackson quotes.
const sourceQuoted = 500

// problem renders a syntax error with its cause, quoting the source unless the request forbids it.
func (e *syntaxError) problem(source []byte, quote bool) *problem {
	inner := fmt.Sprintf("%s\n at [Source: %s; line: 1, column: %d]", e.message, quoted(source, quote), e.at+1)
	if e.cut {
		return &problem{
			kind:   "x_content_e_o_f_exception",
			reason: fmt.Sprintf("[1:%d] Unexpected end of file", e.at+1),
			cause:  &problem{kind: "json_e_o_f_exception", reason: inner},
		}
	}
	return &problem{
		kind:   "x_content_parse_exception",
		reason: fmt.Sprintf("[1:%d] %s", e.at+1, inner),
		cause:  &problem{kind: "json_parse_exception", reason: inner},
	}
}

func quoted(source []byte, quote bool) string {
	switch {
	case !quote:
		return "REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)"
	case len(source) > sourceQuoted:
		return fmt.Sprintf("(byte[])\"%s\"[truncated %d bytes]", source[:sourceQuoted], len(source)-sourceQuoted)
	default:
		return fmt.Sprintf("(byte[])\"%s\"", source)
	}
}

// at puts a position before the text of a document error. Documents are one line, columns count bytes from 1.
func at(offset int, format string, args ...any) *problem {
	return &problem{
		kind:   "document_parsing_exception",
		reason: fmt.Sprintf("[1:%d] ", offset+1) + fmt.Sprintf(format, args...),
	}
}

// parseFailure is the document error that another error caused.
func parseFailure(offset int, cause *problem) *problem {
	p := at(offset, "failed to parse: %s", cause.reason)
	p.cause = cause
	return p
}
