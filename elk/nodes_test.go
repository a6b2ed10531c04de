package elk

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fakeNode answers or fails as it is told, and keeps what it was asked.
type fakeNode struct {
	mu     sync.Mutex
	err    error
	status int
	hang   bool
	asked  []string
}

func (f *fakeNode) set(status int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status, f.err = status, err
}

func (f *fakeNode) Perform(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, r.Method)
	if f.hang && r.Method == http.MethodGet {
		f.mu.Unlock()
		<-r.Context().Done()
		f.mu.Lock()
		return nil, r.Context().Err()
	}
	if f.err != nil {
		return nil, f.err
	}
	return respond(f.status, nil, "{}"), nil
}

// take returns how many requests of the method came since the last call.
func (f *fakeNode) take(method string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.asked)
	f.asked = slices.DeleteFunc(f.asked, func(m string) bool { return m == method })
	return n - len(f.asked)
}

// ask sends n requests in the name of documents and returns how many failed.
func ask(t *testing.T, pool *nodes, n int) (failed int) {
	t.Helper()
	for range n {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
		res, err := pool.Perform(req)
		if err != nil || res.StatusCode != http.StatusOK {
			failed++
		}
	}
	return failed
}

func TestDeadNodeIsLeftOutAndComesBack(t *testing.T) {
	refused := errors.New("connection refused")
	for _, tt := range []struct {
		name   string
		status int
		err    error
	}{
		{"refuses connections", 0, refused},
		{"has no cluster", http.StatusServiceUnavailable, nil},
		{"proxy without it", http.StatusBadGateway, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sick, well := &fakeNode{status: tt.status, err: tt.err}, &fakeNode{status: http.StatusOK}
				pool := newNodes([]Client{sick, well})
				defer pool.close()
				if failed := ask(t, pool, 100); failed != 1 || sick.take(http.MethodPost) != 1 {
					t.Errorf("%d of 100 requests failed, want only the first", failed)
				}
				probes := 0
				for begin := time.Now(); time.Since(begin) < time.Hour; time.Sleep(time.Second) {
					if failed := ask(t, pool, 1); failed != 0 {
						t.Fatal("a request was given to the dead node")
					}
					synctest.Wait()
					probes += sick.take(http.MethodGet)
				}
				// 5, 10, 20 ... 300 s apart, in an hour.
				if probes < 10 || probes > 20 {
					t.Errorf("%d probes in an hour, want 10 to 20", probes)
				}
				sick.set(http.StatusUnauthorized, nil) // it is there, whatever it says to a probe
				time.Sleep(lastProbe)
				ask(t, pool, 1)
				synctest.Wait()
				sick.set(http.StatusOK, nil)
				well.take(http.MethodPost)
				if failed := ask(t, pool, 10); failed != 0 || sick.take(http.MethodPost) != 5 || well.take(http.MethodPost) != 5 {
					t.Errorf("after its return the node does not take its turn")
				}
			})
		})
	}
}

func TestAllNodesDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := &fakeNode{err: errors.New("no")}, &fakeNode{err: errors.New("no")}
		pool := newNodes([]Client{one, two})
		defer pool.close()
		ask(t, pool, 10)
		if a, b := one.take(http.MethodPost), two.take(http.MethodPost); a != 5 || b != 5 {
			t.Errorf("the dead nodes were tried %d and %d times, want 5 each", a, b)
		}
		one.set(http.StatusOK, nil)
		if failed := ask(t, pool, 10); failed > 1 {
			t.Errorf("%d of 10 requests failed after one came back, want 1 at most", failed)
		}
	})
}

// TestClosingIsNoNodesFault: a request that was called off says nothing.
func TestClosingIsNoNodesFault(t *testing.T) {
	pool := newNodes([]Client{&fakeNode{err: context.Canceled}, &fakeNode{status: http.StatusOK}})
	defer pool.close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodPost, "/", nil)
	_, _ = pool.Perform(req)
	if pool.list[0].dead {
		t.Error("the node counts as dead")
	}
}

func TestCloseEndsAProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sick := &fakeNode{err: errors.New("no"), hang: true}
		pool := newNodes([]Client{sick, &fakeNode{status: http.StatusOK}})
		ask(t, pool, 1)
		time.Sleep(firstProbe)
		ask(t, pool, 5)
		synctest.Wait()
		if n := sick.take(http.MethodGet); n != 1 {
			t.Fatalf("%d probes at once, want one", n)
		}
		begin := time.Now()
		pool.close()
		if took := time.Since(begin); took != 0 {
			t.Errorf("close took %s", took)
		}
	})
}

// pooled is bubble with a shipper whose requests go to the clients in turn.
func pooled(t *testing.T, clients []Client, f func(s *Shipper)) {
	t.Helper()
	var pool *nodes
	c := Config{InFlight: 1, Client: clientFunc(func(r *http.Request) (*http.Response, error) { return pool.Perform(r) })}
	bubble(t, c, func(s *Shipper) {
		pool = newNodes(clients)
		defer pool.close()
		f(s)
	})
}

// TestOneOfThreeNodesHangs: documents wait for it once, for one request's
// time, and never again.
func TestOneOfThreeNodesHangs(t *testing.T) {
	pooled(t, []Client{hanging, clientFunc(created), clientFunc(created)}, func(s *Shipper) {
		begin := time.Now()
		for range 30 {
			mustWrite(t, s, "{}")
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			err := s.Flush(ctx)
			cancel()
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute) // so that it is probed, too
		}
		if took := time.Since(begin) - 30*time.Minute; took < 30*time.Second || took > 31*time.Second {
			t.Errorf("the documents waited for %s, want one request's time", took)
		}
		if stats := s.Stats(); stats.Retries != 1 || stats.Delivered != 30 {
			t.Errorf("stats = %+v, want all delivered and the first alone sent again", stats)
		}
	})
}

// TestAddressWithPath: it is kept, and a redirect is not followed.
func TestAddressWithPath(t *testing.T) {
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/es/"+stream+"/_bulk" {
			http.Error(w, "not here", http.StatusNotFound)
			return
		}
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	defer front.Close()
	told := make(chan Alarm, 16)
	c := quick(front.URL + "/es/")
	c.OnAlarm = func(a Alarm) { told <- a }
	c.CloseTimeout = 10 * time.Millisecond
	s := openShipper(t, c)
	mustWrite(t, s, "{}")
	if a := <-told; !strings.Contains(a.Message, "307") {
		t.Errorf("alarm = %+v, want the redirect", a)
	}
}
