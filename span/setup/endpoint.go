package setup

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
)

// plaintext reports that nothing is said about where to send and how to secure
// it. The specification's default is then http://localhost, the exporters' own
// https://localhost, which no collector answers unless it is configured to.
func (e *settings) plaintext() bool {
	for _, setting := range []string{"ENDPOINT", "INSECURE", "CERTIFICATE", "CLIENT_CERTIFICATE"} {
		if _, value := e.traces(setting); value != "" {
			return false
		}
	}
	return true
}

// contradicted returns the URL to send to when INSECURE denies the endpoint's
// scheme, else "". By the specification the scheme decides; the exporters let
// INSECURE decide, and then send to an https:// endpoint in the clear.
func (e *settings) contradicted() string {
	name, value := e.traces("ENDPOINT")
	insecureName, insecure := e.traces("INSECURE")
	u, err := url.Parse(value)
	if err != nil || insecure == "" {
		return ""
	}
	plain := strings.EqualFold(insecure, "true")
	if scheme := strings.ToLower(u.Scheme); scheme != "http" && scheme != "https" || plain == (scheme == "http") {
		return ""
	}
	e.wrong(insecureName, insecure, "contradicts "+name, "the endpoint's scheme is used")
	if !strings.HasSuffix(name, "_TRACES_ENDPOINT") {
		u = u.JoinPath("v1", "traces")
	}
	return u.String()
}

var (
	errScheme = errors.New("does not begin with http:// or https://")
	errHost   = errors.New("names no host")
	errPort   = errors.New("has a port above 65535")
	errURL    = errors.New("is not a URL; write http://host:port or https://host:port")
)

// checkEndpoint reports whether the exporter can send to its endpoint.
func (e *settings) checkEndpoint(protocol string) bool {
	name, value := e.traces("ENDPOINT")
	if value == "" {
		return true
	}
	if other := e.get(otlpPrefix + "ENDPOINT"); name != otlpPrefix+"ENDPOINT" && other != "" {
		// It does not count, but the exporter parses it and would print it, password and all.
		if _, err := url.Parse(other); err != nil {
			e.wrong(otlpPrefix+"ENDPOINT", hidePassword(other), errURL.Error(), leftOut)
			return false
		}
	}
	err := endpointError(protocol, value)
	if err != nil {
		e.wrong(name, hidePassword(value), err.Error(), leftOut)
	}
	return err == nil
}

// endpointError refuses what the exporter would replace by its default or
// could never send to. gRPC takes targets of its own besides URLs.
func endpointError(protocol, value string) error {
	u, err := url.Parse(value)
	if err != nil {
		return errURL
	}
	scheme := strings.ToLower(u.Scheme)
	web := scheme == "http" || scheme == "https"
	if !web && protocol == protocolGRPC {
		return nil
	}
	if !web {
		return errScheme
	}
	if u.Hostname() == "" {
		return errHost
	}
	if _, err := strconv.ParseUint(u.Port(), 10, 16); u.Port() != "" && err != nil {
		return errPort
	}
	return nil
}

// hidePassword keeps what stands before an @ out of the message.
func hidePassword(endpoint string) string {
	if at := strings.LastIndexByte(endpoint, '@'); at >= 0 {
		return "***" + endpoint[at:]
	}
	return endpoint
}
