package setup

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
)

// otlpChecks are the OTLP settings that the exporters pass over when they
// cannot use them, and what happens then.
func otlpChecks() []otlpCheck {
	return []otlpCheck{
		{"COMPRESSION", checkCompression, "nothing is compressed"},
		{"INSECURE", checkBool, "it counts as false"},
		{"CERTIFICATE", checkCertificate, "the system's certificates are used"},
	}
}

type otlpCheck struct {
	setting string
	check   func(value string) error
	instead string
}

func (e *settings) checkOTLP() {
	for _, c := range otlpChecks() {
		if name, value := e.traces(c.setting); value != "" {
			if err := c.check(value); err != nil {
				e.wrong(name, value, err.Error(), c.instead)
			}
		}
	}
	e.checkClientCertificate()
}

// maxWrongHeaders is how many wrong members make the whole list one that
// nobody meant: the exporter, if it were made, would print each of them.
const maxWrongHeaders = 10

// checkHeaders reports whether requests with these headers can be sent. The
// value may hold a secret, so no message shows it.
func (e *settings) checkHeaders(protocol string) bool {
	name, value := e.traces("HEADERS")
	if value == "" {
		return true
	}
	place, wrong, sendable := 0, 0, true
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
		instead := "it is not sent"
		if errors.Is(err, errHeaderValue) {
			sendable, instead = false, leftOut
		}
		e.failed(name, fmt.Errorf("header %d %w", place, err), instead)
	}
	return sendable
}

var errManyHeaders = fmt.Errorf("has more than %d wrong headers", maxWrongHeaders)

func checkCompression(value string) error {
	if value != "gzip" && value != "none" {
		return errors.New("is neither gzip nor none")
	}
	return nil
}

func checkBool(value string) error {
	if !strings.EqualFold(value, "true") && !strings.EqualFold(value, "false") {
		return errors.New("is neither true nor false")
	}
	return nil
}

func checkCertificate(path string) error {
	pem, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !x509.NewCertPool().AppendCertsFromPEM(pem) {
		return errors.New("holds no certificate in PEM")
	}
	return nil
}

// checkClientCertificate looks at certificate and key of one kind, for traces
// or for all signals, as the exporters do.
func (e *settings) checkClientCertificate() {
	for _, prefix := range []string{"OTEL_EXPORTER_OTLP_TRACES_", "OTEL_EXPORTER_OTLP_"} {
		name := prefix + "CLIENT_CERTIFICATE"
		cert, key := e.get(name), e.get(prefix+"CLIENT_KEY")
		if cert == "" && key == "" {
			continue
		}
		if _, err := tls.LoadX509KeyPair(cert, key); err != nil {
			e.failed(name+" with "+prefix+"CLIENT_KEY", err, "no client certificate is used")
		}
		return
	}
}

// errHeaderValue is what would make each request fail; an exporter only leaves
// out the headers with other faults.
var errHeaderValue = errors.New("has a character in its value that the protocol does not allow")

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
			return errHeaderValue
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
