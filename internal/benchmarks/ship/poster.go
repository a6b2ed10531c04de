package main

import (
	"bytes"
	"io"
	"net/http"

	"github.com/klauspost/compress/gzip"
)

// poster sends bodies of requests, compressed if packed, and looks at no answer.
type poster struct {
	transport *http.Transport
	client    *http.Client
	server    string
	packed    *gzip.Writer // nil: plain
	buf       bytes.Buffer
}

func newPoster(server string, packed bool) *poster {
	p := &poster{transport: newTransport(), server: server}
	p.client = &http.Client{Transport: p.transport}
	if packed {
		p.packed, _ = gzip.NewWriterLevel(nil, gzip.BestSpeed)
	}
	return p
}

func (p *poster) send(body []byte) error {
	if p.packed == nil {
		return post(p.client, p.server, body, false)
	}
	p.buf.Reset()
	p.packed.Reset(&p.buf)
	if _, err := p.packed.Write(body); err != nil {
		return err
	}
	if err := p.packed.Close(); err != nil {
		return err
	}
	return post(p.client, p.server, p.buf.Bytes(), true)
}

func (p *poster) close() error {
	p.transport.CloseIdleConnections()
	return nil
}

func post(client *http.Client, server string, body []byte, packed bool) error {
	req, err := http.NewRequest(http.MethodPost, server+"/"+stream+"/_bulk?filter_path=errors,items.*.error,items.*.status", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	if packed {
		req.Header.Set("Content-Encoding", "gzip")
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(io.Discard, res.Body)
	return err
}
