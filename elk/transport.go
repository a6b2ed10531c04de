package elk

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/elastic/elastic-transport-go/v8/elastictransport"
	"github.com/klauspost/compress/gzip"
)

// maxAnswerBytes is far above any answer to a batch of the default size; what
// is longer is not believed.
const maxAnswerBytes = 32 << 20

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

// readAnswer appends the body to dst, unpacked also where the client or a
// proxy left it compressed.
func readAnswer(dst *bytes.Buffer, header http.Header, body io.Reader) error {
	dst.Reset()
	if err := readLimited(dst, body); err != nil {
		return err
	}
	packed := dst.Bytes()
	if header.Get("Content-Encoding") != "gzip" && !bytes.HasPrefix(packed, []byte{0x1f, 0x8b}) {
		return nil
	}
	unpack, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return fmt.Errorf("elk: answer: %w", err)
	}
	var plain bytes.Buffer
	if err := readLimited(&plain, unpack); err != nil {
		return err
	}
	*dst = plain
	return nil
}

func readLimited(dst *bytes.Buffer, from io.Reader) error {
	n, err := dst.ReadFrom(io.LimitReader(from, maxAnswerBytes+1))
	switch {
	case err != nil:
		return fmt.Errorf("elk: answer: %w", err)
	case n > maxAnswerBytes:
		return fmt.Errorf("elk: answer: more than %d bytes", maxAnswerBytes)
	}
	return nil
}
