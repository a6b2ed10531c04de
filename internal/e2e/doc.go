// Package e2e runs spanlog against real servers, Elasticsearch 8 and 9 and OpenSearch 3 (Jaeger and a collector in package
// tracing), and beside real peers. Its tests
// start the servers through package server, put the index templates that they need, and read back what arrived; they
// receive OTLP in their own process; and they attach contrib's otelslog and otelzap next to the bridges. Package server
// says what a machine needs for it; a server that it cannot start for want of a JDK is skipped, and says so.
//
// TestServers holds elk/elktest to each of the servers: one table of requests is sent to both, in order, and every answer
// must agree, or be marked with the page that it is documented in. -v prints the table: case, server, status, item status,
// type of error.
//
//	cd internal/e2e && go test -v ./...
package e2e
