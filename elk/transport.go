package elk

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
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
	*elastictransport.Client
	http *http.Transport
}

func newOwnClient(c Config) (*ownClient, error) {
	urls, err := parseAddresses(c.Addresses)
	if err != nil {
		return nil, err
	}
	transport, err := newHTTPTransport(c.CACert)
	if err != nil {
		return nil, err
	}
	client, err := elastictransport.NewClient(
		elastictransport.WithURLs(urls...),
		elastictransport.WithTransport(transport),
		elastictransport.WithDisableRetry(),
		elastictransport.WithUserAgent("spanlog-elk"),
	)
	if err != nil {
		return nil, fmt.Errorf("elk: %w", err)
	}
	return &ownClient{Client: client, http: transport}, nil
}

func newHTTPTransport(caCert []byte) (*http.Transport, error) {
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConnsPerHost:   4,
		WriteBufferSize:       64 << 10,
		ForceAttemptHTTP2:     true,
	}
	if caCert != nil {
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(caCert) {
			return nil, errors.New("elk: CACert holds no PEM certificate")
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	return transport, nil
}

func (c *ownClient) close(ctx context.Context) {
	_ = c.Client.Close(ctx)
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
