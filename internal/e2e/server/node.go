package server

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// settings of a node; the verb takes its folder. Settings of modules that the reduced server lacks would stop it.
// Port 0 leaves the choice to the kernel, and node.portsfile tells what it was.
const settings = `cluster.name: spanlog-e2e
node.name: spanlog-e2e
discovery.type: single-node
network.host: 127.0.0.1
http.port: 0
transport.port: 0
node.portsfile: true
path.data: %[1]s/data
path.logs: %[1]s/logs
cluster.routing.allocation.disk.threshold_enabled: false
xpack.security.enabled: false
xpack.license.self_generated.type: basic
`

const heapOptions = "-Xms512m\n-Xmx512m\n"

// makeNode creates the folder of one server under the cache: config, data, logs, tmp; all of it owned by as.
func makeNode(cache, home string, as *account) (string, error) {
	runs := filepath.Join(cache, "run")
	if err := os.MkdirAll(runs, 0o755); err != nil {
		return "", fmt.Errorf("server: no folder for the data: %w", err)
	}
	removeStale(runs)
	node, err := os.MkdirTemp(runs, "elasticsearch-")
	if err != nil {
		return "", fmt.Errorf("server: no folder for the data: %w", err)
	}
	if err := fillNode(node, home, as); err != nil {
		os.RemoveAll(node)
		return "", fmt.Errorf("server: cannot prepare %s: %w", node, err)
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

func fillNode(node, home string, as *account) error {
	config := filepath.Join(node, "config")
	if err := os.CopyFS(config, os.DirFS(filepath.Join(home, "config"))); err != nil {
		return err
	}
	for _, dir := range []string{"data", "logs", "tmp", "config/jvm.options.d"} {
		if err := os.MkdirAll(filepath.Join(node, dir), 0o755); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(config, "elasticsearch.yml"), fmt.Appendf(nil, settings, node), 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(config, "jvm.options.d", "heap.options"), []byte(heapOptions), 0o644); err != nil {
		return err
	}
	return giveTo(node, as)
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
