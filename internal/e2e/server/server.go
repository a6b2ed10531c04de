package server

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// readyLimit bounds the wait for the first good answer: 8 s is usual, 41 s were seen on two busy cores.
const readyLimit = 3 * time.Minute

// Options change what Start starts. The zero value is a server without security.
type Options struct {
	// Password of the user elastic switches security on. Elasticsearch only.
	Password string
	// Users who are made before the start; only with a Password.
	Users []User
	// ServiceTokens names tokens of the account elastic/fleet-server; see Server.Token. Only with a Password.
	ServiceTokens []string
	// APIKeys gives the server what it lacks to make API keys. Only with a Password.
	APIKeys bool
	// Settings are more settings of the node; they win over ours.
	Settings map[string]string
}

// Server is a running server. Its methods are not safe for concurrent use.
type Server struct {
	// Kind is what runs.
	Kind Kind
	// URL is its address on loopback, without a slash at the end. It is the same after Restart.
	URL string
	// Ready is how long it took from the last start of the process to the first good answer.
	Ready time.Duration

	options Options
	java    string
	home    string // the unpacked server, shared
	node    string // config, data and logs of this one
	as      *account
	tokens  map[string]string
	process *process
}

// Start fetches what is missing and starts a server with an empty data folder.
// The error wraps ErrMissing when a JDK or Maven is missing and may not be installed.
func Start(ctx context.Context, kind Kind, options Options) (*Server, error) {
	recipe := kind.recipe()
	java, err := findOrInstallJDK(ctx, recipe)
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
	home, err := recipe.fetch(ctx, cache, recipe.version)
	if err != nil {
		return nil, err
	}
	if options.APIKeys {
		if home, err = withAPIKeys(ctx, cache, home, java, recipe.version); err != nil {
			return nil, err
		}
	}
	s := &Server{Kind: kind, options: options, java: java, home: home, as: as, tokens: map[string]string{}}
	if err := s.prepare(ctx, cache); err != nil {
		return nil, err
	}
	return s, s.launchOrRemove(ctx)
}

// prepare makes the node's folder with everything that must be there before the start.
func (s *Server) prepare(ctx context.Context, cache string) error {
	node, err := makeNode(cache)
	if err != nil {
		return err
	}
	s.node = node
	if err := s.fill(ctx); err != nil {
		os.RemoveAll(node)
		return fmt.Errorf("server: cannot prepare %s: %w", node, err)
	}
	return nil
}

func (s *Server) launchOrRemove(ctx context.Context) error {
	err := s.launch(ctx)
	if err != nil {
		os.RemoveAll(s.node)
	}
	return err
}

// launch starts the process on the node's folder and waits until it answers.
func (s *Server) launch(ctx context.Context) error {
	started := time.Now()
	c, find := s.command()
	p, err := startProcess(c)
	if err != nil {
		return err
	}
	s.process = p
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	url, err := awaitReady(ctx, s.process, find, s.options.Password)
	if err != nil {
		s.process.stop()
		return fmt.Errorf("server: %s: %w", s.Kind, err)
	}
	s.URL, s.Ready = url, time.Since(started)
	return nil
}

// command is what runs the node, and where its address will be found.
func (s *Server) command() (command, func() string) {
	if s.Kind == OpenSearch3 {
		return s.openSearchCommand()
	}
	portsFile := filepath.Join(s.node, "logs", "http.ports")
	os.Remove(portsFile) // that of an earlier start
	c := command{
		path: filepath.Join(s.home, "bin", "elasticsearch"),
		env:  nodeEnv(s.java, s.node),
		dir:  s.node,
		log:  filepath.Join(s.node, "console.log"),
		as:   s.as,
	}
	return c, func() string { return address(portsFile) }
}

// port is the part of the URL behind the last colon.
func (s *Server) port() string { return s.URL[strings.LastIndexByte(s.URL, ':')+1:] }

// Kill ends the server at once, as a power switch for its process would: SIGKILL for all of its group. Data remains.
func (s *Server) Kill() {
	killGroup(s.process.cmd.Process)
	<-s.process.done
	awaitGroupEnd(s.process.cmd.Process)
}

// Restart starts a killed server again, on its data and its address, with further settings.
func (s *Server) Restart(ctx context.Context, settings map[string]string) error {
	more := map[string]string{"http.port": s.port()}
	for _, m := range []map[string]string{s.options.Settings, settings} {
		for name, value := range m {
			more[name] = value
		}
	}
	s.options.Settings = more
	if err := s.writeSettings(); err != nil {
		return fmt.Errorf("server: cannot restart: %w", err)
	}
	return s.launch(ctx)
}

// Stop ends the server and removes its data. A second Stop returns nil.
func (s *Server) Stop() error {
	s.process.stop()
	if err := os.RemoveAll(s.node); err != nil {
		return fmt.Errorf("server: data of the stopped %s remain: %w", s.Kind, err)
	}
	return nil
}
