package elk

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/elastic/elastic-transport-go/v8/elastictransport"
)

// Client sends one HTTP request and returns its answer, whatever the status.
// It fills in scheme and host, must honour the request's context, and must
// not keep the request's body after closing it.
type Client interface {
	Perform(*http.Request) (*http.Response, error)
}

// ownClient is the package's own: no retries, no redirects, no
// instrumentation, not even that of http.DefaultTransport.
type ownClient struct {
	*nodes
	http          *http.Transport
	authorization string // for requests that bring none, "" without
}

func newOwnClient(c Config) (*ownClient, error) {
	urls, err := parseAddresses(c.Addresses)
	if err != nil {
		return nil, err
	}
	config, err := c.tlsConfig()
	if err != nil {
		return nil, err
	}
	transport := newHTTPTransport(config)
	clients := make([]Client, len(urls))
	for i, u := range urls {
		if clients[i], err = newNodeClient(u, transport); err != nil {
			return nil, err
		}
	}
	return &ownClient{nodes: newNodes(clients), http: transport, authorization: c.authorization()}, nil
}

func newNodeClient(u *url.URL, transport http.RoundTripper) (Client, error) {
	client, err := elastictransport.NewClient(
		elastictransport.WithURLs(u),
		elastictransport.WithTransport(transport),
		elastictransport.WithDisableRetry(),
		elastictransport.WithUserAgent("spanlog-elk"),
	)
	if err != nil {
		return nil, fmt.Errorf("elk: %w", err)
	}
	return client, nil
}

func newHTTPTransport(config *tls.Config) *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:       config,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConnsPerHost:   4,
		WriteBufferSize:       64 << 10,
		ForceAttemptHTTP2:     true,
	}
}

// Perform adds the fixed credentials; those in an address are added further
// down, to requests for that address only.
func (c *ownClient) Perform(req *http.Request) (*http.Response, error) {
	if c.authorization != "" && req.Header.Get("Authorization") == "" {
		req.Header.Set("Authorization", c.authorization)
	}
	return c.nodes.Perform(req)
}

func (c *ownClient) close() {
	c.nodes.close()
	c.http.CloseIdleConnections()
}

// courier is the esapi transport for one request: it gives the body its
// length, which esapi cannot know.
type courier struct {
	client Client
	length int64
}

func (c courier) Perform(req *http.Request) (*http.Response, error) {
	req.ContentLength = c.length
	res, err := c.client.Perform(req)
	if err == nil && (res == nil || res.Body == nil) {
		return nil, errors.New("elk: the client returned no answer")
	}
	return res, err
}

// requestBody knows when the HTTP client has let go of its bytes, which may
// be after the answer (https://go.dev/issue/51907).
type requestBody struct {
	*bytes.Reader
	closed atomic.Bool
}

func (b *requestBody) Close() error {
	b.closed.Store(true)
	return nil
}
