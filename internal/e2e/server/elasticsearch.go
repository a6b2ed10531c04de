package server

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Version is the Elasticsearch that Start runs; it needs a JDK from lowestJDK to highestJDK.
const (
	Version    = "8.19.16"
	lowestJDK  = 17
	highestJDK = 21
)

// readyLimit bounds the wait for the first good answer: 8 s is usual, 41 s were seen on two busy cores.
const readyLimit = 3 * time.Minute

// Elasticsearch is a running server without security. Safe for concurrent use.
type Elasticsearch struct {
	// URL is its address on loopback, without a slash at the end.
	URL string
	// Ready is how long it took from the process's start to the first good answer.
	Ready time.Duration

	node    string // config, data and logs of this one
	process *process
}

// Start fetches what is missing and starts a server with an empty data folder.
// The error wraps ErrMissing when a JDK or Maven is missing and may not be installed.
func Start(ctx context.Context) (*Elasticsearch, error) {
	java, err := findOrInstallJDK(ctx)
	if err != nil {
		return nil, err
	}
	as, err := unprivileged()
	if err != nil {
		return nil, err
	}
	cache, err := cacheFolder(as)
	if err != nil {
		return nil, err
	}
	home, err := fetch(ctx, cache)
	if err != nil {
		return nil, err
	}
	node, err := makeNode(cache, home, as)
	if err != nil {
		return nil, err
	}
	return launch(ctx, java, home, node, as)
}

func launch(ctx context.Context, java, home, node string, as *account) (*Elasticsearch, error) {
	started := time.Now()
	p, err := startProcess(command{
		path: filepath.Join(home, "bin", "elasticsearch"),
		env:  nodeEnv(java, node),
		dir:  node,
		log:  filepath.Join(node, "console.log"),
		as:   as,
	})
	if err != nil {
		os.RemoveAll(node)
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	url, err := awaitReady(ctx, p, filepath.Join(node, "logs", "http.ports"))
	s := &Elasticsearch{URL: url, Ready: time.Since(started), node: node, process: p}
	if err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// Stop ends the server and removes its data. A second Stop returns nil.
func (s *Elasticsearch) Stop() error {
	s.process.stop()
	if err := os.RemoveAll(s.node); err != nil {
		return fmt.Errorf("server: data of the stopped Elasticsearch remain: %w", err)
	}
	return nil
}
