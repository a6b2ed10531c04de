package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/spanlog/spanlog/elk"
	"github.com/spanlog/spanlog/internal/e2e/server"
)

// What elk/doc.go names for a shipper, and the one that its Limitations are about.
const (
	shippersOwn = `"auto_configure","create_doc","read"`
	withoutRead = `"auto_configure","create_doc"`
)

// TestAPIKeys9 is what TestSecured does with keys, on the other version.
func TestAPIKeys9(t *testing.T) {
	s := server.Run(t, server.Elasticsearch9, server.Options{Password: secret, APIKeys: true})
	checkAPIKeys(t, s.URL, withUser(s.URL, "elastic", secret))
}

func checkAPIKeys(t *testing.T, url, admin string) {
	t.Run("the shipper's privileges suffice", func(t *testing.T) { checkKeySuffices(t, url, admin) })
	t.Run("without read", func(t *testing.T) { checkKeyBlind(t, url, admin) })
	t.Run("without auto_configure", func(t *testing.T) {
		checkKeyMended(t, url, admin, "key.create", `"create_doc"`, "documents_waiting", "[indices:admin/auto_create] is unauthorized for API key")
	})
	t.Run("read alone", func(t *testing.T) {
		checkKeyMended(t, url, admin, "key.read", `"read"`, "unauthorized", "status 403: security_exception: action [indices:data/write/bulk] is unauthorized for API key")
	})
	t.Run("revoked, and another one", func(t *testing.T) { checkKeyRevoked(t, url, admin) })
	t.Run("InstallTemplate", func(t *testing.T) { checkKeyInstalls(t, url, admin) })
}

// key is an API key as the server gives it out.
type key struct{ ID, Encoded string }

// makeKey makes a key with privileges of the cluster and on logs-*-*, each a list in JSON without its brackets.
func makeKey(t *testing.T, admin, cluster, indices string) (k key) {
	t.Helper()
	call(t, http.MethodPost, admin+"/_security/api_key", `{"name":"shipper",`+role(cluster, indices)+`}`, &k)
	return k
}

func role(cluster, indices string) string {
	if indices != "" {
		indices = `{"names":["logs-*-*"],"privileges":[` + indices + `]}`
	}
	return fmt.Sprintf(`"role_descriptors":{"shipper":{"cluster":[%s],"index":[%s]}}`, cluster, indices)
}

// lossy passes requests on to a server, and loses answers to bulks, after what is to happen then.
type lossy struct {
	url  string
	lose atomic.Int32
	then func()
}

var errLost = errors.New("the answer is lost")

func newLossy(t *testing.T, address string) *lossy {
	t.Helper()
	to, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	l := &lossy{then: func() {}}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ModifyResponse = func(r *http.Response) error {
		if !strings.HasSuffix(r.Request.URL.Path, "/_bulk") || l.lose.Add(-1) < 0 {
			return nil
		}
		l.then()
		return errLost
	}
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	srv := httptest.NewServer(proxy)
	t.Cleanup(srv.Close)
	l.url = srv.URL
	return l
}

// heard are the alarms of a shipper.
type heard struct {
	mu   sync.Mutex
	last map[string]string // message, by reason
}

func (h *heard) note(a elk.Alarm) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.last == nil {
		h.last = map[string]string{}
	}
	h.last[a.Reason] = a.Message
}

func (h *heard) message(reason string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.last[reason]
}

// checkKeySuffices: a stream is made, with new fields, and after a lost answer and a rollover nothing is there twice.
func checkKeySuffices(t *testing.T, url, admin string) {
	l := newLossy(t, url)
	s := ship(t, admin, "key.own", elk.Config{Addresses: []string{l.url}, APIKey: makeKey(t, admin, "", shippersOwn).Encoded})
	s.lines(t, 0, 100)
	s.check(t, 100)
	rolled := make(chan error, 1)
	l.then = func() {
		resp, err := client.Post(admin+"/"+s.stream+"/_rollover", "application/json", nil)
		if err == nil {
			err = resp.Body.Close()
		}
		rolled <- err
	}
	l.lose.Store(1)
	s.lines(t, 100, 300)
	s.check(t, 300)
	if err := <-rolled; err != nil {
		t.Fatal(err)
	}
	if stats := s.Stats(); stats.Duplicate == 0 {
		t.Errorf("after a lost answer: got %+v, want that the lookup found some", stats)
	}
}

// checkKeyBlind: without read a lost answer costs an alarm, and copies only after a rollover.
func checkKeyBlind(t *testing.T, url, admin string) {
	l := newLossy(t, url)
	var alarms heard
	s := ship(t, admin, "key.blind", elk.Config{Addresses: []string{l.url}, APIKey: makeKey(t, admin, "", withoutRead).Encoded, OnAlarm: alarms.note})
	s.lines(t, 0, 100)
	s.settle(t)
	l.lose.Store(1)
	s.lines(t, 100, 300)
	s.check(t, 300)
	await(t, "the alarm", func() bool { return strings.Contains(alarms.message("lookup_refused"), "status 403") })
}

// checkKeyMended: a key that lacks a privilege keeps the lines, and says which; once it has it they arrive.
func checkKeyMended(t *testing.T, url, admin, dataset, privileges, reason, why string) {
	k := makeKey(t, admin, "", privileges)
	var alarms heard
	s := ship(t, admin, dataset, elk.Config{Addresses: []string{url}, APIKey: k.Encoded, OnAlarm: alarms.note})
	s.lines(t, 0, 100)
	await(t, "a try", func() bool { return s.Stats().Retries > 0 && s.Health().Reason == reason })
	await(t, "the alarm says what is missing", func() bool { return strings.Contains(alarms.message(reason), why) })
	if stats := s.Stats(); stats.Pending != 100 || strings.Contains(alarms.message(reason), k.Encoded) {
		t.Errorf("got %+v and %q, want 100 pending, and not the key", stats, alarms.message(reason))
	}
	call(t, http.MethodPut, admin+"/_security/api_key/"+k.ID, `{`+role("", shippersOwn)+`}`, nil)
	s.check(t, 100)
}

// checkKeyRevoked: a key that is revoked while lines arrive is a 401; they wait for another.
func checkKeyRevoked(t *testing.T, url, admin string) {
	var current atomic.Pointer[key]
	give := func() {
		k := makeKey(t, admin, "", shippersOwn)
		current.Store(&k)
	}
	give()
	s := ship(t, admin, "key.revoked", elk.Config{Addresses: []string{url}, Credentials: func(context.Context) (string, error) {
		return "ApiKey " + current.Load().Encoded, nil
	}})
	s.lines(t, 0, 100)
	s.settle(t)
	call(t, http.MethodDelete, admin+"/_security/api_key", `{"ids":["`+current.Load().ID+`"]}`, nil)
	s.lines(t, 100, 200)
	await(t, "the 401 shows in Health", func() bool {
		h := s.Health()
		return h.Reason == "unauthorized" && strings.Contains(h.Message, "status 401")
	})
	if stats := s.Stats(); stats.Delivered != 100 || stats.Pending != 100 {
		t.Errorf("with a revoked key: got %+v, want 100 delivered and 100 pending", stats)
	}
	give()
	s.check(t, 200)
}

// checkKeyInstalls: to install a template is one privilege, which a shipper's key need not have.
func checkKeyInstalls(t *testing.T, url, admin string) {
	config := elk.Config{Addresses: []string{url}, Dataset: "key.installed", APIKey: makeKey(t, admin, `"manage_index_templates"`, "").Encoded}
	if _, err := elk.InstallTemplate(t.Context(), config, elk.TemplateOptions{}); err != nil {
		t.Errorf("with manage_index_templates: %v", err)
	}
	config.APIKey = makeKey(t, admin, "", shippersOwn).Encoded
	_, err := elk.InstallTemplate(t.Context(), config, elk.TemplateOptions{})
	if !errors.Is(err, elk.ErrTemplate) || !strings.Contains(err.Error(), "status 403") || !strings.Contains(err.Error(), "manage_index_templates") {
		t.Errorf("with a shipper's key: %v, want an error that names the privilege", err)
	}
}
