// Package server starts a real Elasticsearch for a test binary and stops it at the end.
//
// The server is the reduced archive that Elastic publishes for integration tests, by its Maven coordinates.
// It is fetched and unpacked once into a cache folder outside the repository; each start has its own config, data
// and log folder there, ports from the kernel, loopback only. Elasticsearch refuses root: as root it runs as nobody.
//
// Environment:
//   - SPANLOG_CACHE: the cache folder; default is spanlog-e2e in the user's cache folder.
//   - JDK: the home of the JDK to use; else JAVA_HOME, PATH and the usual folders are searched for a version from 17 to 21.
//   - SPANLOG_E2E_INSTALL=1 or CI=true: root may install a missing JDK or Maven with apt-get.
//
// Shared gives one started server to all tests of a binary whose TestMain calls Main. A test is skipped, with the
// reason, only when a JDK or Maven is missing and may not be installed; everything else that fails, fails the test.
//
// # Limitations
//
// Written for Linux. Elsewhere it builds and should run, but a server then outlives a test binary that is killed.
// The reduced server has no GET /, ILM, ingest processors, ES|QL, nor the type constant_keyword.
package server
