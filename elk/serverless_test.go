package elk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// serverless puts the rules of an Elastic Serverless project before a server,
// as far as they concern a shipper. They are documented, not recorded:
//
//   - API keys only: https://www.elastic.co/docs/reference/logstash/connecting-to-serverless
//   - what has to do with nodes, clusters and ILM is 410:
//     https://www.elastic.co/docs/deploy-manage/deploy/elastic-cloud/differences-from-other-elasticsearch-offerings
//   - of the settings of an index, only some:
//     https://www.elastic.co/docs/reference/elasticsearch/index-settings/serverless
type serverless struct {
	mu      sync.Mutex
	refused []string // what it did not take
	taken   map[string]bool
}

const serverlessKey = "ApiKey c2VydmVybGVzczprZXk="

// available are the requests of a shipper that Serverless projects take.
var available = regexp.MustCompile(`^(GET /|POST /[^/_][^/]*/_(bulk|mget)|PUT /_index_template/[^/]+)$`)

func (s *serverless) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call := r.Method + " " + r.URL.Path
		switch {
		case strings.HasSuffix(r.URL.Path, "/_rollover"):
			next.ServeHTTP(w, r) // the project rolls over by itself
		case r.Header.Get("Authorization") != serverlessKey:
			s.refuse(w, r, http.StatusUnauthorized, "security_exception", "missing or wrong API key")
		case !available.MatchString(call):
			s.refuse(w, r, http.StatusGone, "api_not_available_exception",
				fmt.Sprintf("Request for uri [%s] with method [%s] exists but is not available when running in serverless mode", r.URL.Path, r.Method))
		default:
			if setting := privateSetting(r); setting != "" {
				s.refuse(w, r, http.StatusBadRequest, "illegal_argument_exception", "Settings ["+setting+"] are not available when running in serverless mode")
				return
			}
			s.mu.Lock()
			s.taken[call] = true
			s.mu.Unlock()
			next.ServeHTTP(w, r)
		}
	})
}

func (s *serverless) refuse(w http.ResponseWriter, r *http.Request, status int, kind, reason string) {
	s.mu.Lock()
	s.refused = append(s.refused, fmt.Sprint(r.Method, " ", r.URL.Path, ": ", reason))
	s.mu.Unlock()
	body := fmt.Sprintf(`{"error":{"root_cause":[{"type":%q,"reason":%q}],"type":%q,"reason":%q},"status":%d}`, kind, reason, kind, reason, status)
	instead(status, nil, body)(w, r, nil)
}

// privateSetting names a setting of a template that a project does not have.
func privateSetting(r *http.Request) string {
	if r.Method != http.MethodPut {
		return ""
	}
	raw, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(raw))
	var body struct {
		Template struct {
			Settings map[string]any `json:"settings"`
		} `json:"template"`
	}
	if json.Unmarshal(raw, &body) != nil {
		return "not JSON"
	}
	public := []string{
		"index.mapping.ignore_malformed", "index.mapping.total_fields.limit", "index.mapping.total_fields.ignore_dynamic_beyond_limit",
	}
	for _, name := range leaves("", body.Template.Settings) {
		if !slices.Contains(public, name) {
			return name
		}
	}
	return ""
}

func leaves(path string, value any) (names []string) {
	object, ok := value.(map[string]any)
	if !ok {
		return []string{path}
	}
	for key, below := range object {
		names = append(names, leaves(strings.TrimPrefix(path+"."+key, "."), below)...)
	}
	return names
}

// TestServerless: shipping, a lookup after a lost answer and a rollover, a
// dead node's probe, and the template need nothing that a project lacks.
func TestServerless(t *testing.T) {
	srv := startServer(t)
	rules := &serverless{taken: map[string]bool{}}
	var lose atomic.Bool
	srv.Intercept(func(next http.Handler) http.Handler {
		return rules.before(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if isBulk(r) && lose.CompareAndSwap(true, false) {
				rewrite(func(w http.ResponseWriter, answer []byte) { rollOver(t, srv); cutJSON(w, answer) })(w, r, next)
				return
			}
			next.ServeHTTP(w, r)
		}))
	})
	c := quick(srv.URL())
	c.APIKey = strings.TrimPrefix(serverlessKey, "ApiKey ")
	if report, err := InstallTemplate(t.Context(), c, TemplateOptions{Retention: 30 * 24 * time.Hour}); err != nil {
		t.Errorf("InstallTemplate: %v, %+v", err, report)
	}
	s := openShipper(t, c)
	writeLines(t, s, 0, 50)
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	lose.Store(true)
	writeLines(t, s, 50, 100)
	if stats := closeWell(t, s); stats.Duplicate == 0 {
		t.Errorf("stats = %+v, want duplicates found by a lookup", stats)
	}
	if !answers(context.Background(), withKey{s.own.list[0].client}) {
		t.Error("the probe of a dead node is not answered")
	}
	checkStored(t, srv, 100)
	rules.mu.Lock()
	defer rules.mu.Unlock()
	if len(rules.refused) > 0 {
		t.Errorf("refused: %v", rules.refused)
	}
	for _, want := range []string{"PUT /_index_template/spanlog-generic", "POST /" + stream + "/_bulk", "GET /"} {
		if !rules.taken[want] {
			t.Errorf("%v: without %s", rules.taken, want)
		}
	}
}

// withKey is a node with the key that ownClient adds.
type withKey struct{ Client }

func (k withKey) Perform(r *http.Request) (*http.Response, error) {
	r.Header.Set("Authorization", serverlessKey)
	return k.Client.Perform(r)
}

// TestServerlessRefuses what a project does not have: a lifecycle policy, a
// password.
func TestServerlessRefuses(t *testing.T) {
	srv := startServer(t)
	rules := &serverless{taken: map[string]bool{}}
	srv.Intercept(rules.before)
	c := quick(srv.URL())
	c.APIKey = strings.TrimPrefix(serverlessKey, "ApiKey ")
	if _, err := InstallTemplate(t.Context(), c, TemplateOptions{ILMPolicy: "logs"}); err == nil || !strings.Contains(err.Error(), "index.lifecycle.name") {
		t.Errorf("with a policy: %v", err)
	}
	c.APIKey, c.Username, c.Password = "", "elastic", "sesame"
	c.CloseTimeout = 50 * time.Millisecond
	s := openShipper(t, c)
	writeLines(t, s, 0, 1)
	_ = s.Close()
	if h := s.Stats(); h.Dropped.Close != 1 {
		t.Errorf("with a password: %+v, want the line kept until the end", h)
	}
}
