package elk

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spanlog/spanlog/elk/elktest"
)

func rollOver(t *testing.T, srv *elktest.Server) {
	t.Helper()
	rollOverStream(t, srv, stream)
}

// rollOverStream may be called from a server's goroutine.
func rollOverStream(t *testing.T, srv *elktest.Server, name string) {
	t.Helper()
	res, err := http.Post(srv.URL()+"/"+name+"/_rollover", "application/json", nil)
	if err != nil {
		t.Error(err)
		return
	}
	_ = res.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if res.StatusCode != http.StatusOK {
		t.Errorf("rollover: status %d", res.StatusCode)
	}
}

// backingIndices of what is stored.
func backingIndices(srv *elktest.Server) (names []string) {
	for _, d := range srv.Documents(stream) {
		if !slices.Contains(names, d.Index) {
			names = append(names, d.Index)
		}
	}
	return names
}

// TestRolloverAfterALostAnswer: the server stored 50 lines, the answer was
// lost, and before they are sent again the stream rolls over, so that their
// ids are no longer refused. They are looked up instead.
func TestRolloverAfterALostAnswer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		lost   func(w http.ResponseWriter, answer []byte) // nil: there is no answer while somebody waits for it
		lookup fault                                      // for the first lookup
		twice  bool
	}{
		{name: "broken answer", lost: cutAnswer},
		{name: "cut JSON", lost: cutJSON},
		{name: "late answer"},
		{name: "502 from a proxy", lost: func(w http.ResponseWriter, _ []byte) { w.WriteHeader(502) }},
		{name: "503 from a proxy", lost: func(w http.ResponseWriter, _ []byte) { w.WriteHeader(503) }},
		{name: "408 from a proxy", lost: func(w http.ResponseWriter, _ []byte) { w.WriteHeader(408) }},
		{name: "lookup tells of some only, once", lost: cutJSON, lookup: rewrite(func(w http.ResponseWriter, answer []byte) {
			var all struct {
				Docs []json.RawMessage `json:"docs"`
			}
			_ = json.Unmarshal(answer, &all)
			all.Docs = all.Docs[:len(all.Docs)/2]
			cut, _ := json.Marshal(all)
			writeJSON(w, cut)
		})},
		{name: "lookup cannot reach the shard, once", lost: cutJSON, lookup: rewrite(func(w http.ResponseWriter, answer []byte) {
			writeJSON(w, bytes.ReplaceAll(answer, []byte(`"found":true`), []byte(`"error":{"type":"no_shard_available_action_exception"}`)))
		})},
		{name: "lookup fails once", lost: cutJSON, lookup: instead(503, nil, "")},
		{name: "lookup is denied once", lost: cutJSON, lookup: instead(401, nil, denied)},
		{name: "lookup hangs up once", lost: cutJSON, lookup: hangUp},
		{name: "lookup is answered with HTML once", lost: cutJSON, lookup: instead(200, nil, "<html>")},
		{name: "lookup is not allowed", lost: cutJSON, lookup: instead(403, nil, denied), twice: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := startServer(t)
			var lose atomic.Bool
			var lookups atomic.Int32
			srv.Intercept(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					switch {
					case strings.HasSuffix(r.URL.Path, "/_mget") && lookups.Add(1) == 1 && tt.lookup != nil:
						tt.lookup(w, r, next)
					case isBulk(r) && lose.CompareAndSwap(true, false):
						rewrite(func(w http.ResponseWriter, answer []byte) {
							rollOver(t, srv)
							if tt.lost == nil {
								<-r.Context().Done()
								return
							}
							tt.lost(w, answer)
						})(w, r, next)
					default:
						next.ServeHTTP(w, r)
					}
				})
			})
			var told alarmLog
			c := quick(srv.URL())
			c.OnAlarm = told.add
			if tt.lost == nil {
				c.RequestTimeout = tooLate
			}
			s := openShipper(t, c)
			writeLines(t, s, 0, 50)
			if err := s.Flush(context.Background()); err != nil {
				t.Fatal(err)
			}
			lose.Store(true)
			writeLines(t, s, 50, 100)
			stats := closeWell(t, s)
			if names := backingIndices(srv); tt.twice {
				told.await(t, alarmLookup)
				if n := told.count(alarmLookup); len(names) != 2 || n != 1 {
					t.Errorf("stored in %v, %d alarms; want two indices and one alarm", names, n)
				}
				return
			}
			checkStored(t, srv, 100)
			if stats.Duplicate == 0 || lookups.Load() == 0 {
				t.Errorf("%d lookups, stats = %+v", lookups.Load(), stats)
			}
		})
	}
}

// TestRolloverAfterAFailedItem: the server stored a document, failed in the
// middle, said 503 of it, and rolled over.
func TestRolloverAfterAFailedItem(t *testing.T) {
	srv := startServer(t)
	var fail atomic.Bool
	srv.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if isBulk(r) && fail.CompareAndSwap(true, false) {
				withItems(func(items []json.RawMessage) []json.RawMessage {
					rollOver(t, srv)
					for i := range items {
						items[i] = json.RawMessage(item503)
					}
					return items
				})(w, r, next)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	s := openShipper(t, quick(srv.URL()))
	writeLines(t, s, 0, 1)
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	fail.Store(true)
	writeLines(t, s, 1, 2)
	stats := closeWell(t, s)
	checkStored(t, srv, 2)
	if stats.Duplicate != 1 {
		t.Errorf("stats = %+v, want one duplicate", stats)
	}
}

// TestRolloverAfterTheFirstAnswerIsLost: where the documents may be shows in
// a later answer.
func TestRolloverAfterTheFirstAnswerIsLost(t *testing.T) {
	srv := startServer(t)
	var bulks atomic.Int32
	var other func()
	srv.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if isBulk(r) && bulks.Add(1) == 1 {
				rewrite(func(w http.ResponseWriter, answer []byte) { other(); rollOver(t, srv); cutJSON(w, answer) })(w, r, next)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	c := quick(srv.URL())
	c.RequestTimeout, c.FlushTimeout = time.Minute, time.Minute
	s := openShipper(t, c)
	other = func() {
		writeLines(t, s, 1, 2)
		for s.Stats().Delivered == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	writeLines(t, s, 0, 1)
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	stats := closeWell(t, s)
	checkStored(t, srv, 2)
	if stats.Duplicate != 1 || len(backingIndices(srv)) != 1 {
		t.Errorf("stats = %+v in %v, want one duplicate and nothing in the new index", stats, backingIndices(srv))
	}
}

// TestLookupFindsOnlySome: what the server had not stored is sent again.
func TestLookupFindsOnlySome(t *testing.T) {
	srv := startServer(t)
	var lose atomic.Bool
	srv.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if isBulk(r) && lose.CompareAndSwap(true, false) {
				refuse(everyThird, item503, true)(w, r, next)
				rollOver(t, srv)
				panic(http.ErrAbortHandler)
			}
			next.ServeHTTP(w, r)
		})
	})
	c := quick(srv.URL())
	c.BatchWait = time.Hour // so that the 99 lines are in one request
	s := openShipper(t, c)
	writeLines(t, s, 0, 1)
	if err := s.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	lose.Store(true)
	writeLines(t, s, 1, 100)
	stats := closeWell(t, s)
	checkStored(t, srv, 100)
	if stats.Duplicate != 66 || stats.Delivered != 34 {
		t.Errorf("stats = %+v, want 66 duplicates", stats)
	}
}

// TestLookupOfManyDocuments takes several requests.
func TestLookupOfManyDocuments(t *testing.T) {
	srv := startServer(t)
	var lookups atomic.Int32
	var bulks atomic.Int32
	srv.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/_mget"):
				lookups.Add(1)
			case !isBulk(r):
			case bulks.Add(1) == 2:
				rewrite(func(w http.ResponseWriter, answer []byte) { rollOver(t, srv); cutJSON(w, answer) })(w, r, next)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	c := quick(srv.URL())
	c.InFlight, c.BatchWait = 1, time.Hour // all at once
	s := openShipper(t, c)
	writeLines(t, s, 0, 1)
	if err := s.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for n := 1; n < 2501; n++ {
		all.WriteString(lineNumber(n) + "\n")
	}
	mustWrite(t, s, all.String())
	closeWell(t, s)
	checkStored(t, srv, 2501)
	if n := lookups.Load(); n != 3 {
		t.Errorf("%d lookups of 2500 documents, want 3", n)
	}
}

// TestNoLookupWithoutDoubt: a refused connection, or a 429, stored nothing.
func TestNoLookupWithoutDoubt(t *testing.T) {
	for name, f := range map[string]fault{
		"429": instead(429, nil, busy), "503 of Elasticsearch": instead(503, nil, down), "401": instead(401, nil, denied), "redirect": instead(302, nil, ""),
	} {
		srv := startServer(t)
		var lookups, faults atomic.Int32
		srv.Intercept(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !isBulk(r) {
					lookups.Add(1)
				} else if faults.Add(1)%2 == 0 {
					f(w, r, next)
					return
				}
				next.ServeHTTP(w, r)
			})
		})
		s := openShipper(t, quick(srv.URL()))
		for n := range 5 {
			writeLines(t, s, n, n+1)
			if err := s.Flush(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		closeWell(t, s)
		checkStored(t, srv, 5)
		if lookups.Load() != 0 || faults.Load() < 8 {
			t.Errorf("%s: %d lookups, %d requests", name, lookups.Load(), faults.Load())
		}
	}
}

// lookupServer loses the answers to as many bulks as lose says, and gives
// lookups to f.
func lookupServer(t *testing.T, f fault) (srv *elktest.Server, lose, lookups *atomic.Int32) {
	srv = startServer(t)
	lose, lookups = new(atomic.Int32), new(atomic.Int32)
	srv.Intercept(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case isLookup(r):
				lookups.Add(1)
				f(w, r, next)
			case isBulk(r) && lose.Add(-1) >= 0:
				instead(502, nil, "")(w, r, next)
			default:
				next.ServeHTTP(w, r)
			}
		})
	})
	return srv, lose, lookups
}

// TestLookupsNeverAnswered: a path to the server that lets bulks through and
// no lookups holds no document for ever.
func TestLookupsNeverAnswered(t *testing.T) {
	for name, tt := range map[string]struct {
		answer fault
		tries  int32 // lookups after the first lost answer
		later  int32 // and after the second
		told   bool
	}{
		"503":               {instead(503, nil, ""), lookupTries, lookupTries, true},
		"500":               {instead(500, nil, ""), lookupTries, lookupTries, true},
		"redirect":          {instead(302, nil, ""), lookupTries, lookupTries, true},
		"HTML":              {instead(200, nil, "<html>"), lookupTries, lookupTries, true},
		"404 of a proxy":    {instead(404, nil, "<html>"), lookupTries, lookupTries, true},
		"403 of a proxy":    {instead(403, nil, "<html>"), lookupTries, lookupTries, true},
		"405":               {instead(405, nil, ""), lookupTries, lookupTries, true},
		"413":               {instead(413, nil, ""), lookupTries, lookupTries, true},
		"not allowed":       {instead(403, nil, denied), 1, 0, true},
		"the index is gone": {instead(404, nil, `{"error":{"type":"index_not_found_exception","reason":"no such index"},"status":404}`), 1, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			srv, lose, lookups := lookupServer(t, tt.answer)
			var told alarmLog
			c := quick(srv.URL())
			c.InFlight = 1
			c.OnAlarm = told.add
			s := openShipper(t, c)
			for n, want := range []int32{0, tt.tries, tt.later} {
				lookups.Store(0)
				lose.Store(min(int32(n), 1))
				writeLines(t, s, n, n+1)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				if err := s.Flush(ctx); err != nil {
					t.Fatal(err)
				}
				cancel()
				if got := lookups.Load(); got != want {
					t.Errorf("%d lookups after %d lost answers, want %d", got, n, want)
				}
			}
			closeWell(t, s)
			checkStored(t, srv, 3)
			if tt.told {
				told.await(t, alarmLookup)
			} else if told.has(alarmLookup) {
				t.Error("an alarm that lookups are refused")
			}
		})
	}
}

// TestRolloverInAnOutage: after a lost answer the server answers nothing, not
// even lookups, for many tries, and the stream rolls over meanwhile. No
// document is sent again before a lookup has told.
func TestRolloverInAnOutage(t *testing.T) {
	for name, outage := range map[string]fault{
		"500": instead(500, nil, ""), "502": instead(502, nil, html), "503": instead(503, nil, ""), "429": instead(429, nil, busy), "401": instead(401, nil, denied),
		"403": instead(403, nil, `{"error":{"type":"security_exception","reason":"unauthorized"},"status":403}`), "closed": hangUp,
	} {
		for _, inFlight := range []int{1, 3} {
			t.Run(fmt.Sprint(name, inFlight), func(t *testing.T) {
				srv := startServer(t)
				var lose, out atomic.Bool
				var requests, documents atomic.Int32
				srv.Intercept(func(next http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						switch {
						case isBulk(r) && lose.CompareAndSwap(true, false):
							rewrite(func(w http.ResponseWriter, answer []byte) { rollOver(t, srv); out.Store(true); cutJSON(w, answer) })(w, r, next)
						case out.Load():
							if isBulk(r) && r.ContentLength > 100 {
								documents.Add(1)
							}
							if requests.Add(1) == 30 {
								out.Store(false)
							}
							if name == "403" && !isBulk(r) {
								instead(502, nil, "")(w, r, next)
								return
							}
							outage(w, r, next)
						default:
							next.ServeHTTP(w, r)
						}
					})
				})
				c := quick(srv.URL())
				c.InFlight, c.BatchWait = inFlight, time.Hour // so that no line is new in the outage
				s := openShipper(t, c)
				writeLines(t, s, 0, 50)
				if err := s.Flush(t.Context()); err != nil {
					t.Fatal(err)
				}
				lose.Store(true)
				writeLines(t, s, 50, 100)
				stats := closeWell(t, s)
				checkStored(t, srv, 100)
				if stats.Duplicate == 0 || documents.Load() != 0 || requests.Load() < 30 {
					t.Errorf("%d requests, %d with documents, stats = %+v", requests.Load(), documents.Load(), stats)
				}
			})
		}
	}
}

// TestLookupOfNothing: what was looked up already is not asked for again.
func TestLookupOfNothing(t *testing.T) {
	var bodies sync.Map
	srv, lose, lookups := lookupServer(t, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		packed := readBody(r)
		z, err := gzip.NewReader(strings.NewReader(packed))
		if err != nil {
			t.Error(err)
			return
		}
		body, _ := io.ReadAll(z)
		bodies.Store(string(body), true)
		r.Body = io.NopCloser(strings.NewReader(packed))
		next.ServeHTTP(w, r)
	})
	c := quick(srv.URL())
	c.InFlight, c.BatchWait = 1, time.Hour // all at once
	s := openShipper(t, c)
	writeLines(t, s, 0, 1)
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Requests that fail again and again are halved, so that only the first
	// documents of the batch are in doubt.
	lose.Store(4)
	writeLines(t, s, 1, 4001)
	closeWell(t, s)
	checkStored(t, srv, 4001)
	bodies.Range(func(body, _ any) bool {
		if !json.Valid([]byte(body.(string))) || strings.Contains(body.(string), "[]") {
			t.Errorf("a lookup asked %q", body)
		}
		return true
	})
	if lookups.Load() == 0 {
		t.Error("no lookups")
	}
}

// TestHiddenForAWhile: credentials may be given more rights.
func TestHiddenForAWhile(t *testing.T) {
	now := time.Now()
	var to target
	to.learn("i", now)
	to.hide(now)
	if a, b := to.writeIndex(now.Add(lookAgain-1)), to.writeIndex(now.Add(lookAgain)); a != "" || b != "i" {
		t.Errorf("writeIndex = %q and then %q, want i then", a, b)
	}
}

// TestLookupIsNoProgress: a server that fails every bulk and answers lookups
// is still left alone for longer and longer.
func TestLookupIsNoProgress(t *testing.T) {
	g := newGate(Config{BackoffMin: 1, BackoffMax: time.Hour})
	for range 3 {
		g.failed(1, 0)
		g.cut()
		if _, ok := g.enter(t.Context()); !ok {
			t.Fatal("no way in")
		}
		g.passed()
	}
	if g.failures != 3 || g.backoff.failures != 3 || g.probing {
		t.Errorf("after lookups: %d failures, backoff %d, probing %t", g.failures, g.backoff.failures, g.probing)
	}
}

// FuzzFoundIDs: no answer panics.
func FuzzFoundIDs(f *testing.F) {
	f.Add([]byte(`{"docs":[{"_id":"a-1","found":true},{"_id":"a-2","error":{}}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		found, err := foundIDs(reply{status: 200, body: body})
		if err == nil && !json.Valid(body) {
			t.Fatalf("%q is believed: %v", body, found)
		}
	})
}
