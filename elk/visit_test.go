package elk

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestBadNodeBesideAGoodOne: one of two or three nodes takes connections and
// answers nothing of use to requests with documents. Each of them costs a
// request now and then, and no document waits for it for long.
func TestBadNodeBesideAGoodOne(t *testing.T) {
	for name, bad := range map[string]fault{
		"500":      instead(500, nil, ""),
		"HTML":     instead(200, nil, "<html>login</html>"),
		"no items": instead(200, nil, `{"took":1,"errors":false,"items":[]}`),
	} {
		for _, nodes := range []int{2, 3} {
			t.Run(fmt.Sprint(name, nodes), func(t *testing.T) {
				sick, well := startServer(t), startServer(t)
				front, _ := url.Parse(well.URL())
				proxy := httputil.NewSingleHostReverseProxy(front)
				own := &http.Transport{}
				proxy.Transport = own
				defer own.CloseIdleConnections()
				var broken atomic.Bool
				var hits atomic.Int32
				sick.Intercept(func(http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						if broken.Load() && isBulk(r) {
							hits.Add(1)
							_ = readBody(r)
							bad(w, r, nil)
							return
						}
						proxy.ServeHTTP(w, r)
					})
				})
				c := quick(well.URL())
				c.Addresses = []string{sick.URL(), well.URL(), well.URL() + "/"}[:nodes]
				c.InFlight = 1
				s := openShipper(t, c)
				begin := time.Now()
				for n := range 30 {
					broken.Store(n >= 4)
					writeLines(t, s, n, n+1)
					if err := s.Flush(t.Context()); err != nil {
						t.Fatalf("line %d: %v", n, err)
					}
				}
				closeWell(t, s)
				checkStored(t, well, 30)
				if n, most := hits.Load(), 1+probesIn(time.Since(begin)); n < 1 || n > most {
					t.Errorf("%d requests to the bad node, want 1, and one for each probe", n)
				}
			})
		}
	}
}

// probesIn is how often a dead node is probed in that time, at most.
func probesIn(d time.Duration) (n int32) {
	for wait := firstProbe; d > wait; wait *= 2 {
		d -= wait
		n++
	}
	return n
}

// stalled is the body of an answer that never comes.
type stalled struct{ context.Context }

func (s stalled) Read([]byte) (int, error) {
	<-s.Done()
	return 0, s.Err()
}

func (stalled) Close() error { return nil }

// TestStallingNodeBesideGoodOnes: it begins to answer and does not end.
func TestStallingNodeBesideGoodOnes(t *testing.T) {
	for _, good := range []int{1, 2} {
		t.Run(fmt.Sprint(good), func(t *testing.T) {
			broken, hits := false, 0
			clients := []Client{clientFunc(func(r *http.Request) (*http.Response, error) {
				if !broken || !isBulk(r) {
					return created(r)
				}
				hits++
				_ = readBody(r)
				return &http.Response{StatusCode: http.StatusOK, Body: stalled{r.Context()}}, nil
			})}
			for range good {
				clients = append(clients, clientFunc(created))
			}
			pooled(t, clients, func(s *Shipper) {
				for n := range uint64(30) {
					broken = n >= 4
					mustWrite(t, s, "{}")
					ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
					err := s.Flush(ctx)
					cancel()
					if stats := s.Stats(); err != nil || stats.Delivered != n+1 {
						t.Fatalf("line %d: %v, stats = %+v", n, err, stats)
					}
				}
			})
			if hits != 1 {
				t.Errorf("%d requests to the bad node, want 1", hits)
			}
		})
	}
}

// TestVisits: what its owner says of an answer decides where the next goes.
func TestVisits(t *testing.T) {
	one, two := &fakeNode{status: http.StatusOK}, &fakeNode{status: http.StatusOK}
	pool := newNodes([]Client{one, two})
	defer pool.close()
	at := func(v visit) *visit {
		req, _ := http.NewRequestWithContext(v.under(t.Context()), http.MethodPost, "/", nil)
		_, _ = pool.Perform(req)
		return &v
	}
	first := at(visit{})
	if first.node != pool.list[0] || at(visit{aside: true}).node != pool.list[1] || at(visit{aside: true}).node != pool.list[1] {
		t.Error("a request aside takes a turn")
	}
	at(visit{aside: true}).failed()
	first.failed()
	if !pool.list[0].dead || !pool.list[1].dead {
		t.Error("answers of no use are not counted")
	}
	aside := at(visit{aside: true})
	if aside.worked(); !aside.node.dead {
		t.Error("a request aside revives a node")
	}
	next := at(visit{})
	if next.worked(); next.node.dead || next.node.failures != 0 {
		t.Error("a good answer does not revive the node")
	}
	next = at(visit{})
	next.judge(reply{err: context.Canceled}, outcome{reason: alarmUnreachable})
	if next.node.dead {
		t.Error("closing counts against the node")
	}
	next.judge(reply{status: 429}, outcome{reason: alarmBusy})
	if next.node.dead {
		t.Error("being busy counts against the node")
	}
}

// TestProbeForgetsNothing: a node that answers probes alone is asked less and
// less often.
func TestProbeForgetsNothing(t *testing.T) {
	sick := &fakeNode{status: http.StatusOK}
	pool := newNodes([]Client{sick, &fakeNode{status: http.StatusOK}})
	defer pool.close()
	for n := 1; n < 4; n++ {
		c := pool.list[0]
		pool.fail(c, time.Now())
		pool.probe(c)
		if c.dead || c.failures != n {
			t.Fatalf("after probe %d: dead %t, %d failures", n, c.dead, c.failures)
		}
	}
}

func isLookup(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/_mget") }

// TestLookupIsAside: a lookup takes no turn and revives nobody, and one that
// is answered with nonsense sends the next elsewhere.
func TestLookupIsAside(t *testing.T) {
	one, two := &fakeNode{status: http.StatusOK}, &fakeNode{status: http.StatusInternalServerError}
	pool := newNodes([]Client{one, two})
	defer pool.close()
	c := Config{RequestTimeout: time.Minute}
	p := newPoster(c, pool, newPeer(c))
	docs := []document{{unknown: true}}
	pool.list[0].dead, pool.list[1].dead = true, true
	p.lookUp(t.Context(), "i", docs, "id")
	if pool.turn != 0 || !pool.list[0].dead || one.take(http.MethodPost) != 1 {
		t.Errorf("turn %d, dead %t after a lookup", pool.turn, pool.list[0].dead)
	}
	pool.turn = 1
	p.lookUp(t.Context(), "i", docs, "id")
	if pool.turn != 0 || pool.list[1].failures != 1 {
		t.Errorf("turn %d, %d failures after a bad lookup", pool.turn, pool.list[1].failures)
	}
}
