package elk

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"github.com/elastic/go-elasticsearch/v8/esapi"
	"github.com/klauspost/compress/gzip"
)

// poster makes bulk requests out of documents, one at a time, reusing its
// buffers.
type poster struct {
	config Config
	client Client
	target string

	authorization string // from Credentials, "" to ask
	body          *bytes.Buffer
	gzip          *gzip.Writer // nil: plain bodies
	answer        bytes.Buffer
}

// newPoster compresses only for the package's own client: another may do so
// itself.
func newPoster(c Config, client Client) *poster {
	p := &poster{config: c, client: client, target: "logs-" + c.Dataset + "-" + c.Namespace, body: new(bytes.Buffer)}
	if c.Client == nil {
		p.gzip, _ = gzip.NewWriterLevel(p.body, gzip.BestSpeed)
	}
	return p
}

// post sends the documents once. The reply's body is valid until the next
// post.
func (p *poster) post(ctx context.Context, b *batch, docs []document) reply {
	ctx, cancel := context.WithTimeout(ctx, p.config.RequestTimeout)
	defer cancel()
	header, err := p.header(ctx)
	if err != nil {
		return reply{err: err}
	}
	if err := p.compose(b, docs); err != nil {
		return reply{err: err}
	}
	body := &requestBody{Reader: bytes.NewReader(p.body.Bytes())}
	defer func() {
		if !body.closed.Load() {
			p.body = new(bytes.Buffer)
		}
	}()
	return p.perform(ctx, header, body)
}

// perform keeps a panic of a client from the sender.
func (p *poster) perform(ctx context.Context, header http.Header, body *requestBody) (answer reply) {
	defer func() {
		if r := recover(); r != nil {
			answer = reply{err: fmt.Errorf("elk: the client panicked: %v", r)}
		}
	}()
	yes, no := true, false
	res, err := esapi.BulkRequest{
		Index:                p.target,
		Body:                 body,
		RequireDataStream:    &yes,
		IncludeSourceOnError: &no,
		FilterPath:           []string{"errors", "took", "items.*.status", "items.*.error", "items.*.failure_store"},
		Header:               header,
	}.Do(ctx, courier{client: p.client, length: body.Size()})
	if err != nil {
		return reply{err: err}
	}
	defer func() { _ = res.Body.Close() }()
	if err := readAnswer(&p.answer, res.Header, res.Body); err != nil {
		return reply{status: res.StatusCode, err: err}
	}
	return reply{status: res.StatusCode, header: res.Header, body: p.answer.Bytes()}
}

func (p *poster) header(ctx context.Context) (http.Header, error) {
	header := http.Header{"Content-Type": {"application/x-ndjson"}}
	if p.gzip != nil {
		header.Set("Content-Encoding", "gzip")
	}
	authorization, err := p.authorize(ctx)
	if authorization != "" {
		header.Set("Authorization", authorization)
	}
	return header, err
}

// authorize returns the Authorization header, "" to leave it to the client.
func (p *poster) authorize(ctx context.Context) (string, error) {
	switch {
	case p.config.APIKey != "":
		return "ApiKey " + p.config.APIKey, nil
	case p.config.Username != "":
		req := http.Request{Header: http.Header{}}
		req.SetBasicAuth(p.config.Username, p.config.Password)
		return req.Header.Get("Authorization"), nil
	case p.config.Credentials != nil && p.authorization == "":
		var err error
		p.authorization, err = askCredentials(ctx, p.config.Credentials)
		return p.authorization, err
	}
	return p.authorization, nil
}

// doubt makes the next request ask for credentials anew.
func (p *poster) doubt() { p.authorization = "" }

func askCredentials(ctx context.Context, ask func(context.Context) (string, error)) (authorization string, err error) {
	defer func() {
		if r := recover(); r != nil {
			authorization, err = "", fmt.Errorf("elk: Credentials panicked: %v", r)
		}
	}()
	authorization, err = ask(ctx)
	if err != nil {
		return "", fmt.Errorf("elk: Credentials: %w", err)
	}
	return authorization, nil
}

// compose writes the body of a request.
func (p *poster) compose(b *batch, docs []document) error {
	p.body.Reset()
	if p.gzip == nil {
		for i := range docs {
			p.body.Write(b.body(&docs[i]))
		}
		return nil
	}
	p.gzip.Reset(p.body)
	for i := range docs {
		if _, err := p.gzip.Write(b.body(&docs[i])); err != nil {
			return fmt.Errorf("elk: gzip: %w", err)
		}
	}
	if err := p.gzip.Close(); err != nil {
		return fmt.Errorf("elk: gzip: %w", err)
	}
	return nil
}
