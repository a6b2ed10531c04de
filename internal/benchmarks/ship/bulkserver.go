package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
)

// behaviour is how the server is to answer bulk requests.
type behaviour struct {
	Delay    time.Duration // before each answer
	Requests float64       // share of requests answered with 429
	Items    float64       // share of items answered with 429
}

// bulkServer counts what it accepts and keeps nothing. It is the child process.
type bulkServer struct {
	mu     sync.Mutex
	now    behaviour
	got    total
	random *rand.Rand
}

// serve answers until standard input ends, which it does when the parent does.
func serve() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &bulkServer{random: rand.New(rand.NewPCG(3, 4))}
	go func() { _ = http.Serve(listener, s) }()
	fmt.Printf("http://%s\n", listener.Addr())
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func (s *bulkServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Elastic-Product", "Elasticsearch")
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.URL.Path == "/-/behave":
		s.mu.Lock()
		defer s.mu.Unlock()
		s.now = behaviour{}
		if err := json.NewDecoder(r.Body).Decode(&s.now); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	case r.URL.Path == "/-/take":
		s.mu.Lock()
		defer s.mu.Unlock()
		_ = json.NewEncoder(w).Encode(s.got)
		s.got = total{}
	case strings.HasSuffix(r.URL.Path, "/_bulk"):
		s.bulk(w, r)
	default:
		_, _ = io.WriteString(w, `{"version":{"number":"9.2.4"},"tagline":"You Know, for Search"}`)
	}
}

func (s *bulkServer) bulk(w http.ResponseWriter, r *http.Request) {
	var packed bytes.Buffer
	if _, err := packed.ReadFrom(r.Body); err != nil {
		return
	}
	size := int64(packed.Len())
	body, err := unpack(&packed, r.Header.Get("Content-Encoding"))
	if err != nil {
		http.Error(w, `{"error":{"type":"parse_exception","reason":"gzip"},"status":400}`, http.StatusBadRequest)
		return
	}
	short := strings.Contains(r.URL.Query().Get("filter_path"), "items.*.status")
	answer, status, delay := s.accept(body, size, short)
	time.Sleep(delay)
	w.WriteHeader(status)
	_, _ = w.Write(answer)
}

func unpack(packed *bytes.Buffer, encoding string) ([]byte, error) {
	if encoding != "gzip" {
		return packed.Bytes(), nil
	}
	reader, err := gzip.NewReader(packed)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}

// accept counts the documents of a body, and returns the answer.
func (s *bulkServer) accept(body []byte, size int64, short bool) (answer []byte, status int, delay time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.random.Float64() < s.now.Requests {
		return []byte(`{"error":{"type":"es_rejected_execution_exception","reason":"full"},"status":429}`), http.StatusTooManyRequests, s.now.Delay
	}
	s.got.Requests++
	s.got.Bytes += size
	failed := false
	var items []byte
	for len(body) > 0 {
		action, rest, _ := bytes.Cut(body, []byte{'\n'})
		document, rest, _ := bytes.Cut(rest, []byte{'\n'})
		body = rest
		switch {
		case !bytes.HasPrefix(action, []byte(`{"create":{`)):
			items = append(items, `{"create":{"status":400,"error":{"type":"illegal_argument_exception","reason":"no create action"}}},`...)
			failed = true
		case s.random.Float64() < s.now.Items:
			items = append(items, `{"create":{"status":429,"error":{"type":"es_rejected_execution_exception","reason":"full"}}},`...)
			failed = true
		default:
			s.got.add(document)
			items = appendItem(items, s.got.Documents, short)
		}
	}
	answer = fmt.Appendf(nil, `{"errors":%t,"took":5,"items":[`, failed)
	return append(append(answer, bytes.TrimRight(items, ",")...), "]}"...), http.StatusOK, s.now.Delay
}

// appendItem is the word on a document that is stored: what a filter_path leaves, or all of it.
func appendItem(items []byte, n int, short bool) []byte {
	if short {
		return append(items, `{"create":{"status":201}},`...)
	}
	return fmt.Appendf(items, `{"create":{"_index":".ds-logs-ship-default-2026.11.26-000001","_id":"AZq7%016x","_version":1,"result":"created",`+
		`"_shards":{"total":2,"successful":1,"failed":0},"_seq_no":%d,"_primary_term":1,"status":201}},`, n, n)
}
