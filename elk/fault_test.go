package elk

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spanlog/spanlog/elk/elktest"
)

// fault handles one request; next is the server.
type fault func(w http.ResponseWriter, r *http.Request, next http.Handler)

// first applies a fault to the first n bulk requests.
func first(n int32, f fault) func(http.Handler) http.Handler {
	var seen atomic.Int32
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if isBulk(r) && seen.Add(1) <= n {
				f(w, r, next)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func isBulk(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/_bulk") }

// instead answers without asking the server.
func instead(status int, header map[string]string, body string) fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		_, _ = io.Copy(io.Discard, r.Body)
		for k, v := range header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// rewrite lets the server do its work and changes its answer.
func rewrite(change func(w http.ResponseWriter, answer []byte)) fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		change(w, plainBody(rec.Header(), rec.Body.Bytes()))
	}
}

func plainBody(header http.Header, body []byte) []byte {
	if header.Get("Content-Encoding") != "gzip" {
		return body
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		panic(err)
	}
	return plain
}

// outage makes a server answer 503 as long as the switch that it returns is
// set, which it is from the start.
func outage(srv *elktest.Server) *atomic.Bool {
	down := new(atomic.Bool)
	down.Store(true)
	srv.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if down.Load() {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	return down
}

func writeJSON(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}

// withItems rewrites the list of items.
func withItems(change func([]json.RawMessage) []json.RawMessage) fault {
	return rewrite(func(w http.ResponseWriter, answer []byte) {
		items := itemsOf(answer)
		if len(items) > 0 { // none, where the client had gone before the end
			items = change(items)
		}
		body, _ := json.Marshal(map[string]any{"errors": false, "took": 0, "items": items})
		writeJSON(w, body)
	})
}

func itemsOf(answer []byte) []json.RawMessage {
	var a struct {
		Items []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		panic(fmt.Sprintf("%v: %s", err, answer))
	}
	return a.Items
}

// refuse lets the server see all documents but those that pick names, and
// gives these an item of their own.
func refuse(pick func(i int) bool, item string, errorsFlag bool) fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return // the client has gone
		}
		rows := strings.SplitAfter(strings.TrimSuffix(string(plainBody(r.Header, raw)), "\n"), "\n")
		var pass strings.Builder
		var picked []bool
		for i := 0; i+1 < len(rows); i += 2 {
			picked = append(picked, pick(i/2))
			if !picked[i/2] {
				pass.WriteString(rows[i] + strings.TrimSuffix(rows[i+1], "\n") + "\n")
			}
		}
		stored := passOn(r, next, pass.String())
		items := make([]json.RawMessage, len(picked))
		for i := range items {
			if picked[i] {
				items[i] = json.RawMessage(item)
				continue
			}
			items[i], stored = stored[0], stored[1:]
		}
		body, _ := json.Marshal(map[string]any{"errors": errorsFlag, "took": 0, "items": items})
		writeJSON(w, body)
	}
}

func passOn(r *http.Request, next http.Handler, body string) []json.RawMessage {
	if body == "" {
		return nil
	}
	req := r.Clone(r.Context())
	req.Header.Del("Content-Encoding")
	req.Body, req.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, req)
	return itemsOf(plainBody(rec.Header(), rec.Body.Bytes()))
}

func all(int) bool          { return true }
func everyThird(i int) bool { return i%3 == 0 }

const (
	item429 = `{"create":{"status":429,"error":{"type":"es_rejected_execution_exception","reason":"queue full"}}}`
	item503 = `{"create":{"status":503,"error":{"type":"unavailable_shards_exception","reason":"primary shard is not active"}}}`
	item403 = `{"create":{"status":403,"error":{"type":"security_exception","reason":"unauthorized"}}}`
	item404 = `{"create":{"status":404,"error":{"type":"index_not_found_exception","reason":"no such index"}}}`
	// As recorded, with the numbers of elasticsearch-answers.md.
	itemClosed     = `{"create":{"_index":"logs-gt9a-default","_id":"e3","status":400,"error":{"type":"index_closed_exception","reason":"closed","index_uuid":"fUCaU1-zQ5WOwwcz6d-Ulw","index":".ds-logs-gt9a-default-2026.11.22-000001"}}}`                                                                                                                                                                            // 9.12
	itemShards     = `{"create":{"_index":"logs-gt9lim-default","_id":"g1","status":400,"error":{"type":"validation_exception","reason":"Validation Failed: 1: this action would add [1] shards, but this cluster currently has [36]/[1] maximum normal shards open; for more information, see https://www.elastic.co/guide/en/elasticsearch/reference/8.19/size-your-shards.html#troubleshooting-max-shards-open;"}}}` // 9.15
	itemNoPipeline = `{"create":{"_index":"logs-gt6a-default","_id":"p1","status":400,"error":{"type":"illegal_argument_exception","reason":"pipeline with id [nosuch] does not exist"}}}`                                                                                                                                                                                                                              // 6.6
	itemPreview    = `{"create":{"_index":".ds-logs-gt3a-default-2026.11.22-000001","_id":"c1","status":400,"error":{"type":"document_parsing_exception","reason":"[1:66] failed to parse field [n] of type [long] in document with id 'c1'. Preview of field's value: 'SECRET-4111'","caused_by":{"type":"illegal_argument_exception","reason":"For input string: \"SECRET-4111\""}}}}`                                // 3.x
	itemQuoting    = `{"create":{"status":503,"error":{"type":"unavailable_shards_exception","reason":"[.ds-logs-x][0] primary shard is not active Timeout: [1m], request: [BulkShardRequest [[.ds-logs-x][0]] containing [index {[logs-x][id], source[{\"card\":\"SECRET-4111\"}]}]]"}}}`                                                                                                                              // 9.14

	busy    = `{"error":{"type":"es_rejected_execution_exception","reason":"rejected execution"},"status":429}`
	denied  = `{"error":{"type":"security_exception","reason":"missing authentication credentials"},"status":401}`
	down    = `{"error":{"type":"cluster_block_exception","reason":"blocked by: [SERVICE_UNAVAILABLE/1/state not recovered / initialized];"},"status":503}`
	noParam = `{"error":{"type":"illegal_argument_exception","reason":"request [/_bulk] contains unrecognized parameter: [require_data_stream]"},"status":400}`
)

func hangUp(w http.ResponseWriter, r *http.Request, _ http.Handler) {
	_, _ = io.Copy(io.Discard, r.Body)
	panic(http.ErrAbortHandler)
}

func cutAnswer(w http.ResponseWriter, answer []byte) {
	w.Header().Set("Content-Length", fmt.Sprint(len(answer)))
	_, _ = w.Write(answer[:len(answer)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func cutJSON(w http.ResponseWriter, answer []byte) { writeJSON(w, answer[:len(answer)-2]) }

func noAnswer(w http.ResponseWriter, _ []byte) { w.WriteHeader(http.StatusOK) }

func packed(w http.ResponseWriter, answer []byte) {
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	_, _ = z.Write(answer)
	_ = z.Close()
}

func packedUnmarked(w http.ResponseWriter, answer []byte) {
	z := gzip.NewWriter(w)
	_, _ = z.Write(answer)
	_ = z.Close()
}

// hijacked takes the connection away from HTTP, once the body is read if so
// asked.
func hijacked(read bool, end func(*net.TCPConn)) fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		if read {
			_, _ = io.Copy(io.Discard, r.Body)
		}
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		end(conn.(*net.TCPConn))
	}
}

// halfClosed says no more, and listens on for a while.
func halfClosed(c *net.TCPConn) {
	_ = c.CloseWrite()
	_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	_, _ = io.Copy(io.Discard, c)
	_ = c.Close()
}

func reset(c *net.TCPConn) {
	_ = c.SetLinger(0)
	_ = c.Close()
}

// early answers before it has read the body.
func early(status int) fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { w.WriteHeader(status) }
}

func withoutProduct(w http.ResponseWriter, answer []byte) { writeJSON(w, answer) }

func errorsOnly(w http.ResponseWriter, _ []byte) { writeJSON(w, []byte(`{"errors":false}`)) }

func toFailureStore(items []json.RawMessage) []json.RawMessage {
	for i := range items {
		items[i] = json.RawMessage(`{"create":{"status":201,"failure_store":"used"}}`)
	}
	return items
}

// inTurn applies one fault to each of the first bulk requests.
func inTurn(faults ...fault) fault {
	var seen atomic.Int32
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if i := int(seen.Add(1)) - 1; i < len(faults) {
			faults[i](w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	}
}

// oneAtATime answers 429 to a request that comes while another is served.
func oneAtATime() fault {
	busyNow := make(chan struct{}, 1)
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		select {
		case busyNow <- struct{}{}:
			defer func() { <-busyNow }()
			time.Sleep(5 * time.Millisecond)
			next.ServeHTTP(w, r)
		default:
			instead(429, nil, busy)(w, r, next)
		}
	}
}

// late answers once nobody waits for it any more.
func late(w http.ResponseWriter, r *http.Request, next http.Handler) {
	rewrite(func(w http.ResponseWriter, answer []byte) {
		<-r.Context().Done()
		writeJSON(w, answer)
	})(w, r, next)
}
