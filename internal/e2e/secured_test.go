package e2e

import (
	"context"
	"encoding/base64"
	"sync/atomic"
	"testing"

	"github.com/spanlog/spanlog/elk"
	"github.com/spanlog/spanlog/internal/e2e/server"
)

const secret = "of-elastic-in-e2e"

// TestSecured has one server with security on, which is killed in the middle, and at last gets low limits.
func TestSecured(t *testing.T) {
	s := server.Run(t, server.Elasticsearch8, server.Options{
		Password:      secret,
		Users:         []server.User{{Name: "writer", Password: "of-writer", Indices: "logs-*-*", Privileges: []string{"create_doc"}}},
		ServiceTokens: []string{"shipper"},
		APIKeys:       true,
	})
	admin := withUser(s.URL, "elastic", secret)
	t.Run("basic", func(t *testing.T) { checkBasic(t, s.URL, admin) })
	t.Run("bearer", func(t *testing.T) { checkBearer(t, s, admin) })
	t.Run("wrong credentials, then right ones", func(t *testing.T) { checkMended(t, s.URL, admin) })
	t.Run("create_doc alone", func(t *testing.T) { checkCreateDoc(t, s.URL, admin) })
	t.Run("API keys", func(t *testing.T) { checkAPIKeys(t, s.URL, admin) })
	t.Run("killed in the middle", func(t *testing.T) { checkKilled(t, s, admin, basic(s.URL, "elastic", secret)) })
	t.Run("low limits", func(t *testing.T) { checkLimits(t, s, admin, "elastic", secret) })
}

func basic(url, user, password string) elk.Config {
	return elk.Config{Addresses: []string{url}, Username: user, Password: password}
}

func checkBasic(t *testing.T, url, admin string) {
	s := ship(t, admin, "basic", basic(url, "elastic", secret))
	s.lines(t, 0, 100)
	s.check(t, 100)
}

func checkBearer(t *testing.T, srv *server.Server, admin string) {
	s := ship(t, admin, "bearer", elk.Config{Addresses: []string{srv.URL}, ServiceToken: srv.Token("shipper")})
	s.lines(t, 0, 100)
	s.check(t, 100)
}

// checkMended: a 401 keeps the lines and asks for credentials again.
func checkMended(t *testing.T, url, admin string) {
	var right atomic.Bool
	config := elk.Config{Addresses: []string{url}, Credentials: func(context.Context) (string, error) {
		password := "wrong"
		if right.Load() {
			password = secret
		}
		return "Basic " + base64.StdEncoding.EncodeToString([]byte("elastic:"+password)), nil
	}}
	s := ship(t, admin, "mended", config)
	s.lines(t, 0, 100)
	await(t, "the 401 shows in Health, and is tried again", func() bool {
		return s.Health().Reason == "unauthorized" && s.Stats().Requests > 1
	})
	if stats := s.Stats(); stats.Pending != 100 {
		t.Errorf("with wrong credentials: got %+v, want 100 pending", stats)
	}
	right.Store(true)
	s.check(t, 100)
}

// checkCreateDoc: who may create documents and nothing else waits until somebody else has made the stream and its fields.
func checkCreateDoc(t *testing.T, url, admin string) {
	s := ship(t, admin, "minimal", basic(url, "writer", "of-writer"))
	s.lines(t, len(kinds), 100)
	await(t, "a refused document is tried again", func() bool { return s.Stats().Retries > 0 })
	if stats := s.Stats(); stats.Pending != uint64(100-len(kinds)) {
		t.Errorf("without a stream: got %+v, want all pending", stats)
	}
	first := ship(t, admin, "minimal", basic(url, "elastic", secret))
	first.lines(t, 0, len(kinds))
	first.settle(t)
	s.settle(t)
	checkStored(t, admin, s.stream, 100)
}
