package e2e

import (
	"testing"

	"github.com/spanlog/spanlog/elk/elktest"
	"github.com/spanlog/spanlog/internal/e2e/server"
)

// TestServers runs the same checks against each server, one after the other.
func TestServers(t *testing.T) {
	for _, tt := range []struct {
		kind    server.Kind
		profile elktest.Profile
	}{
		{server.Elasticsearch9, elktest.Elasticsearch9},
		{server.OpenSearch3, elktest.OpenSearch3},
		{server.Elasticsearch8, elktest.Elasticsearch8},
	} {
		t.Run(tt.kind.String(), func(t *testing.T) {
			srv := startKind(t, tt.kind)
			url := srv.URL
			t.Run("contract", func(t *testing.T) { checkContract(t, url, tt.profile) })
			t.Run("mixed lines", func(t *testing.T) { checkMixed(t, url) })
			t.Run("our template", func(t *testing.T) { checkTemplate(t, url) })
			t.Run("numbers above MaxInt64", func(t *testing.T) { checkUnsigned(t, url) })
			t.Run("rolled over in the middle", func(t *testing.T) { checkRollover(t, url) })
			t.Run("write index blocked", func(t *testing.T) { checkBlock(t, url) })
			t.Run("a shard too many", func(t *testing.T) { checkShardLimit(t, url) })
			if tt.kind != server.Elasticsearch8 { // which others share: TestSecured has one of its own
				t.Run("killed in the middle", func(t *testing.T) { checkKilled(t, srv, url, plainly(url)) })
				t.Run("low limits", func(t *testing.T) { checkLimits(t, srv, url, "", "") })
			}
		})
	}
}

// startKind shares Elasticsearch 8 with the other tests.
func startKind(t *testing.T, kind server.Kind) *server.Server {
	t.Helper()
	if kind == server.Elasticsearch8 {
		return server.Shared(t)
	}
	return server.Run(t, kind, server.Options{Settings: map[string]string{"http.max_content_length": "40mb"}})
}
