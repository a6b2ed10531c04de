// Package e2e runs spanlog against real servers. Its tests start a real Elasticsearch through package server, put
// the index templates that they need, and read back what arrived. Package server says what a machine needs for it.
//
//	cd internal/e2e && go test -v ./...
package e2e
