package setup

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// maxWrongHeaders is how many wrong members make the whole list one that
// nobody meant.
const maxWrongHeaders = 10

var errManyHeaders = fmt.Errorf("has more than %d wrong headers", maxWrongHeaders)

// checkHeaders reports whether an exporter may be made with these headers. The
// values may hold secrets, so no message shows them; and because the exporter
// would print what it cannot parse to standard error, in either variable, there
// is none then. It prints nothing of a member that is empty.
func (e *settings) checkHeaders(protocol string) bool {
	general, traces := e.get(otlpPrefix+"HEADERS"), e.get(otlpTracesPrefix+"HEADERS")
	fine := e.checkHeaderList(protocol, otlpPrefix+"HEADERS", general)
	return e.checkHeaderList(protocol, otlpTracesPrefix+"HEADERS", traces) && fine
}

func (e *settings) checkHeaderList(protocol, name, value string) bool {
	if value == "" {
		return true
	}
	place, wrong, usable := 0, 0, true
	for member := range strings.SplitSeq(value, ",") {
		place++
		err := checkHeader(protocol, member)
		if err == nil {
			continue
		}
		if wrong++; wrong > maxWrongHeaders {
			e.failed(name, errManyHeaders, leftOut)
			return false
		}
		instead := leftOut
		if strings.TrimSpace(member) == "" {
			instead = "it is not sent"
		} else {
			usable = false
		}
		e.failed(name, fmt.Errorf("header %d %w", place, err), instead)
	}
	return usable
}

// checkHeader returns what keeps a member from being parsed or, a character of
// its value that the protocol does not allow, would make each request fail.
func checkHeader(protocol, member string) error {
	key, value, found := strings.Cut(member, "=")
	if !found {
		return errors.New("has no =")
	}
	if !isToken(strings.TrimSpace(key)) {
		return errors.New("has a name that HTTP does not allow")
	}
	value, err := url.PathUnescape(value)
	if err != nil {
		return errors.New("has a bad % escape in its value")
	}
	allowed := allowedHTTP
	if protocol == protocolGRPC {
		allowed = allowedGRPC
	}
	for _, b := range []byte(strings.TrimSpace(value)) {
		if !allowed(b) {
			return errors.New("has a character in its value that the protocol does not allow")
		}
	}
	return nil
}

func allowedHTTP(b byte) bool { return b == '\t' || b >= ' ' && b != 0x7f }
func allowedGRPC(b byte) bool { return b >= ' ' && b <= '~' }

// isToken is the token of RFC 9110, section 5.6.2.
func isToken(s string) bool {
	const marks = "!#$%&'*+-.^_`|~"
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		digit := r >= '0' && r <= '9'
		return !letter && !digit && !strings.ContainsRune(marks, r)
	})
}
