package elktest

import (
	"encoding/json"
	"slices"
)

// info is GET /.
func (s *Server) info(*call) (any, error) {
	if s.profile == OpenSearch3 {
		return s.openSearchInfo(), nil
	}
	return object{
		{"name", "elktest"}, {"cluster_name", "elktest"}, {"cluster_uuid", "elktest-elktest-elktes"},
		{"version", object{
			{"number", s.profile.version()}, {"build_flavor", "default"}, {"build_type", "zip"}, {"build_hash", "elktest"},
			{"build_date", "2026-01-01T00:00:00.000000000Z"}, {"build_snapshot", false}, {"lucene_version", "9.12.2"},
			{"minimum_wire_compatibility_version", "7.17.0"}, {"minimum_index_compatibility_version", "7.0.0"},
		}},
		{"tagline", "You Know, for Search"},
	}, nil
}

func (s *Server) openSearchInfo() object {
	return object{
		{"name", "elktest"}, {"cluster_name", "elktest"}, {"cluster_uuid", "elktest-elktest-elktes"},
		{"version", object{
			{"distribution", "opensearch"}, {"number", s.profile.version()}, {"build_type", "unknown"}, {"build_hash", "elktest"},
			{"build_date", "2026-01-01T00:00:00.000000000Z"}, {"build_snapshot", false}, {"lucene_version", "10.5.0"},
			{"minimum_wire_compatibility_version", "2.19.0"}, {"minimum_index_compatibility_version", "2.0.0"},
		}},
		{"tagline", "The OpenSearch Project: https://opensearch.org/"},
	}
}

// health is GET /_cluster/health. One node whose indices have no replicas is always green, so waiting ends at once.
func (s *Server) health(c *call) (any, error) {
	if want, ok := c.params["wait_for_status"]; ok && !slices.Contains([]string{"green", "yellow", "red"}, want) {
		return nil, illegal("unknown cluster health status [%s]", want)
	}
	if text, ok := c.params["timeout"]; ok {
		if _, err := timeValue("timeout", text); err != nil {
			return nil, err
		}
	}
	s.store.mu.Lock()
	shards := len(s.store.all())
	s.store.mu.Unlock()
	return object{
		{"cluster_name", "elktest"}, {"status", "green"}, {"timed_out", false}, {"number_of_nodes", 1}, {"number_of_data_nodes", 1},
		{"active_primary_shards", shards}, {"active_shards", shards}, {"relocating_shards", 0}, {"initializing_shards", 0},
		{"unassigned_shards", 0}, {"unassigned_primary_shards", 0}, {"delayed_unassigned_shards", 0}, {"number_of_pending_tasks", 0},
		{"number_of_in_flight_fetch", 0}, {"task_max_waiting_in_queue_millis", 0},
		{"active_shards_percent_as_number", json.RawMessage("100.0")},
	}, nil
}
