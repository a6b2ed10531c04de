package server

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const heapOptions = "-Xms512m\n-Xmx512m\n"

// makeNode creates the folder of one server under the cache.
func makeNode(cache string) (string, error) {
	runs := filepath.Join(cache, "run")
	if err := os.MkdirAll(runs, 0o755); err != nil {
		return "", fmt.Errorf("server: no folder for the data: %w", err)
	}
	removeStale(runs)
	node, err := os.MkdirTemp(runs, "node-")
	if err != nil {
		return "", fmt.Errorf("server: no folder for the data: %w", err)
	}
	return node, nil
}

// removeStale removes what killed test binaries left behind: folders of more than a day ago.
func removeStale(runs string) {
	entries, _ := os.ReadDir(runs) // what cannot be listed cannot be cleaned
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
			os.RemoveAll(filepath.Join(runs, entry.Name()))
		}
	}
}

// fill makes config, data, logs and tmp in the node's folder, all owned by the server's account, and the users.
func (s *Server) fill(ctx context.Context) error {
	for _, dir := range []string{"data", "logs", "tmp", "config"} {
		if err := os.MkdirAll(filepath.Join(s.node, dir), 0o755); err != nil {
			return err
		}
	}
	if s.Kind != OpenSearch3 {
		if err := s.copyConfig(); err != nil {
			return err
		}
	}
	if err := s.writeSettings(); err != nil {
		return err
	}
	if err := giveTo(s.node, s.as); err != nil {
		return err
	}
	return s.secure(ctx)
}

// copyConfig copies the configuration of the archive, and adds the heap.
func (s *Server) copyConfig() error {
	config := filepath.Join(s.node, "config")
	if err := os.RemoveAll(config); err != nil {
		return err
	}
	if err := os.CopyFS(config, os.DirFS(filepath.Join(s.home, "config"))); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(config, "jvm.options.d"), 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(config, "jvm.options.d", "heap.options"), []byte(heapOptions), 0o644)
}

// settings of the node. Those of modules that the reduced server lacks would stop it.
func (s *Server) settings() (map[string]string, error) {
	all := map[string]string{
		"discovery.type": "single-node",
		"network.host":   "127.0.0.1",
		"cluster.routing.allocation.disk.threshold_enabled": "false",
	}
	if s.Kind == OpenSearch3 {
		port, err := freePort() // the runner would choose 9301
		if err != nil {
			return nil, err
		}
		all["transport.port"] = strconv.Itoa(port)
	} else {
		maps.Copy(all, s.elasticsearchSettings())
	}
	maps.Copy(all, s.options.Settings)
	return all, nil
}

// elasticsearchSettings: port 0 leaves the choice to the kernel, and node.portsfile tells what it was.
func (s *Server) elasticsearchSettings() map[string]string {
	return map[string]string{
		"cluster.name":                      "spanlog-e2e",
		"node.name":                         "spanlog-e2e",
		"http.port":                         "0",
		"transport.port":                    "0",
		"node.portsfile":                    "true",
		"path.data":                         filepath.Join(s.node, "data"),
		"path.logs":                         filepath.Join(s.node, "logs"),
		"xpack.security.enabled":            strconv.FormatBool(s.options.Password != ""),
		"xpack.license.self_generated.type": "basic",
	}
}

// writeSettings writes elasticsearch.yml or opensearch.yml.
func (s *Server) writeSettings() error {
	all, err := s.settings()
	if err != nil {
		return err
	}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&text, "%s: %s\n", name, all[name])
	}
	name := "elasticsearch.yml"
	if s.Kind == OpenSearch3 {
		name = "opensearch.yml"
	}
	return os.WriteFile(filepath.Join(s.node, "config", name), []byte(text.String()), 0o644)
}

// giveTo makes as the owner of the tree; nil leaves it to us.
func giveTo(root string, as *account) error {
	if as == nil {
		return nil
	}
	return filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, as.uid, as.gid)
	})
}

// nodeEnv is the server's whole environment: nothing of ours reaches it by chance.
func nodeEnv(java, node string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + node,
		"ES_JAVA_HOME=" + java,
		"ES_PATH_CONF=" + filepath.Join(node, "config"),
		"ES_TMPDIR=" + filepath.Join(node, "tmp"),
	}
}
