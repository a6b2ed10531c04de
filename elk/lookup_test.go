package elk

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/spanlog/spanlog/elk/elktest"
)

func rollOver(t *testing.T, srv *elktest.Server) {
	t.Helper()
	res, err := http.Post(srv.URL()+"/"+stream+"/_rollover", "application/json", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("rollover: status %d", res.StatusCode)
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
	for _, tt := range []struct {
		name   string
		lost   func(w http.ResponseWriter, answer []byte)
		lookup fault // for the first lookup
		twice  bool
	}{
		{name: "broken answer", lost: cutAnswer},
		{name: "cut JSON", lost: cutJSON},
		{name: "late answer", lost: late},
		{name: "502 from a proxy", lost: func(w http.ResponseWriter, _ []byte) { w.WriteHeader(502) }},
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
							tt.lost(w, answer)
						})(w, r, next)
					default:
						next.ServeHTTP(w, r)
					}
				})
			})
			var told atomic.Int32
			c := quick(srv.URL())
			c.RequestTimeout = 100 * time.Millisecond
			c.OnAlarm = func(a Alarm) {
				if a.Reason == alarmLookup {
					told.Add(1)
				}
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
				if len(names) != 2 || told.Load() != 1 {
					t.Errorf("stored in %v, %d alarms; want two indices and one alarm", names, told.Load())
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
	c.BatchWait = 50 * time.Millisecond
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
	c.InFlight, c.BatchWait = 1, time.Second
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
		"429": instead(429, nil, busy), "503": instead(503, nil, ""), "401": instead(401, nil, denied), "redirect": instead(302, nil, ""),
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
