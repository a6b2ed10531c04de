package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzip"
)

// fault handles one request; next is the server.
type fault func(w http.ResponseWriter, r *http.Request, next http.Handler)

// first lets the first n bulks meet the fault; 0 is all of them.
func first(n int32, f fault) func(http.Handler) http.Handler {
	var seen atomic.Int32
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !isBulk(r) || n > 0 && seen.Add(1) > n {
				next.ServeHTTP(w, r)
				return
			}
			f(w, r, next)
		})
	}
}

const item429 = `{"create":{"status":429,"error":{"type":"es_rejected_execution_exception","reason":"queue full"}}}`

func product(w http.ResponseWriter) {
	w.Header().Set("X-Elastic-Product", "Elasticsearch")
	w.Header().Set("Content-Type", "application/json")
}

// onRequest answers without asking the server.
func onRequest(status int, retryAfter string) fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body)
		product(w)
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"error":{"type":"es_rejected_execution_exception","reason":"busy"}}`)
	}
}

// onItems stores nothing and gives every document the same item.
func onItems(item string) fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		items := make([]json.RawMessage, linesOf(r)/2)
		for i := range items {
			items[i] = json.RawMessage(item)
		}
		answer(w, items)
	}
}

func linesOf(r *http.Request) int {
	body, _ := io.ReadAll(r.Body)
	return bytes.Count(plain(r.Header, body), []byte{'\n'})
}

func answer(w http.ResponseWriter, items []json.RawMessage) {
	product(w)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": true, "took": 0, "items": items})
}

// withItems lets the server store, and changes the list of its items.
func withItems(change func([]json.RawMessage) []json.RawMessage) fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		var a struct{ Items []json.RawMessage }
		if json.Unmarshal(stored(r, next), &a) != nil {
			return
		}
		answer(w, change(a.Items))
	}
}

// stored lets the server do its work and keeps its answer.
func stored(r *http.Request, next http.Handler) []byte {
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, r)
	return plain(rec.Header(), rec.Body.Bytes())
}

func plain(header http.Header, body []byte) []byte {
	if header.Get("Content-Encoding") != "gzip" {
		return body
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil
	}
	text, _ := io.ReadAll(z)
	return text
}

func hangUp(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
	_, _ = io.Copy(io.Discard, r.Body)
	panic(http.ErrAbortHandler)
}

// late stores and answers when the client has given up.
func late(w http.ResponseWriter, r *http.Request, next http.Handler) {
	body := stored(r, next)
	select {
	case <-r.Context().Done():
	case <-time.After(5 * time.Second):
		product(w)
		_, _ = w.Write(body)
	}
}

// withoutItems stores, and answers as a filter_path of errors alone makes a server answer.
func withoutItems(w http.ResponseWriter, r *http.Request, next http.Handler) {
	stored(r, next)
	product(w)
	_, _ = io.WriteString(w, `{"errors":false}`)
}

func cut(w http.ResponseWriter, r *http.Request, next http.Handler) {
	body := stored(r, next)
	product(w)
	_, _ = w.Write(body[:len(body)/2])
}

func html(w http.ResponseWriter, r *http.Request, _ http.Handler) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("X-Elastic-Product", "Elasticsearch")
	w.Header().Set("Content-Type", "text/html")
	_, _ = io.WriteString(w, "<html>maintenance</html>")
}

// diverted stores nothing in the stream and says that all went to the failure store.
func diverted(w http.ResponseWriter, r *http.Request, next http.Handler) {
	onItems(`{"create":{"_index":".fs-logs-generic-default-000001","status":201,"result":"created","failure_store":"used"}}`)(w, r, next)
}

func hang(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}
