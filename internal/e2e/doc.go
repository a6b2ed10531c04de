// Package e2e runs spanlog against real servers and beside real peers. Its tests start a real Elasticsearch through
// package server, put the index templates that they need, and read back what arrived; they receive OTLP in their own
// process; and they attach contrib's otelslog and otelzap next to the bridges. Package server says what a machine
// needs for it.
//
//	cd internal/e2e && go test -v ./...
package e2e
