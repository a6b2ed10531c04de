// Package server starts real servers for a test binary and stops them at the end: Elasticsearch 8 and 9, OpenSearch 3,
// Jaeger 2 and an OpenTelemetry collector.
//
// Elasticsearch is the reduced archive that Elastic publishes for integration tests, OpenSearch the class path of a
// runner; both come by their Maven coordinates, once, into a cache folder outside the repository. Each start has its
// own config, data and log folder there, ports from the kernel, loopback only. Servers refuse root: as root they run
// as nobody.
//
// The reduced Elasticsearch has all of X-Pack's security, but not the analysis of e-mail addresses that its index of API
// keys and users names. Options.APIKeys adds that as a plugin of 30 lines, compiled once into the cache folder (2 s).
//
// Jaeger and the collector are built once into the same folder, from the modules in internal/tools with Jaeger's own
// go.sum. On two cores both together took 297 s (384 s of CPU) with empty caches and 4 s with warm ones; a start takes
// 0.1 s.
//
// Environment:
//   - SPANLOG_CACHE: the cache folder; default is spanlog-e2e in the user's cache folder.
//   - JDK: the home of the JDK for Elasticsearch 8; else JAVA_HOME, PATH and the usual folders are searched for a version from 17 to 21.
//   - JDK21: the same for Elasticsearch 9 and OpenSearch, which need 21 or later.
//   - SPANLOG_E2E_BUILD: how long all builds of one process may take together, 15m by default; past it the tests that
//     need the program are skipped, and say so.
//   - SPANLOG_E2E_INSTALL=1 or CI=true: root may install a missing JDK or Maven with apt-get.
//
// Shared gives one started Elasticsearch 8 to all tests of a binary whose TestMain calls Main; Run starts a server for
// one test. A test is skipped, with the reason, only when a JDK or Maven is missing and may not be installed (a
// distribution may have no JDK 21); everything else that fails, fails the test.
//
// # Limitations
//
// Written for Linux. Elsewhere it builds and should run, but a server then outlives a test binary that is killed.
// The reduced Elasticsearch has no GET /, ILM, ingest processors, ES|QL, nor the type constant_keyword. OpenSearch comes
// without security.
package server
