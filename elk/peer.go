package elk

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// The parameters of a bulk request that older servers and OpenSearch refuse.
const (
	paramDataStream = "require_data_stream"
	paramNoSource   = "include_source_on_error"
)

// peer is what all workers know of the server.
type peer struct {
	config Config

	mu            sync.Mutex
	authorization string          // from Credentials, "" to ask
	refused       map[string]bool // parameters
	product       string          // "" until an answer told
}

// news is something to be told once.
type news struct{ reason, text string }

func newPeer(c Config) *peer { return &peer{config: c, refused: map[string]bool{}} }

// takes reports whether the server has not refused a parameter.
func (p *peer) takes(parameter string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.refused[parameter]
}

// drop remembers the parameters that a complaint names, of those that its
// request had, and returns the new ones. It is about them also where another
// request has met with it before.
func (p *peer) drop(complaint string, sent []string) (dropped []string, about bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, parameter := range sent {
		if !strings.Contains(complaint, "["+parameter+"]") {
			continue
		}
		if about = true; !p.refused[parameter] {
			p.refused[parameter] = true
			dropped = append(dropped, parameter)
		}
	}
	return dropped, about
}

const (
	productElasticsearch = "Elasticsearch"
	productOther         = "other"
)

// identify looks for the product in the header that Elasticsearch sends with
// these statuses; others tell nothing. It is no reason to refuse or repeat
// anything.
func (p *peer) identify(r reply) (found []news) {
	switch r.status {
	case http.StatusOK, http.StatusBadRequest, http.StatusNotFound, http.StatusTooManyRequests:
	default:
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.product != "" {
		return nil
	}
	if r.header.Get("X-Elastic-Product") == productElasticsearch {
		p.product = productElasticsearch
		return nil
	}
	p.product = productOther
	return []news{{alarmOtherProduct, "the server does not call itself Elasticsearch; lines are sent all the same"}}
}

// authorize returns the Authorization header, "" to leave it to the client,
// which has the credentials that do not change.
// The lock is held while Credentials is asked, so that workers do not ask at
// the same time; each waits no longer than its own request may take.
func (p *peer) authorize(ctx context.Context) (string, error) {
	if p.config.Credentials == nil {
		return "", nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.authorization != "" {
		return p.authorization, nil
	}
	var err error
	p.authorization, err = askCredentials(ctx, p.config.Credentials)
	return p.authorization, err
}

// doubt makes the next request ask for credentials anew, unless that has
// happened since the request that was denied left with its authorization.
func (p *peer) doubt(authorization string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.authorization == authorization {
		p.authorization = ""
	}
}

func askCredentials(ctx context.Context, ask func(context.Context) (string, error)) (authorization string, err error) {
	defer func() {
		if r := recover(); r != nil {
			authorization, err = "", fmt.Errorf("elk: Credentials panicked: %v", r)
		}
	}()
	authorization, err = ask(ctx)
	if err != nil {
		return "", fmt.Errorf("elk: Credentials: %w", err)
	}
	return authorization, nil
}
