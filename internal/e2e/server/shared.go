package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"
)

// startLimit bounds a start with everything before it: installing, fetching, unpacking.
const startLimit = 10 * time.Minute

// shared is the one server of this test binary that lasts: started by the first test that asks, stopped by Main.
var shared struct {
	once   sync.Once
	server *Server
	err    error
}

// Main runs the tests and stops the shared server, whatever became of them. It is the whole body of a TestMain.
func Main(m *testing.M) {
	code := m.Run()
	if err := stopShared(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func stopShared() error {
	if shared.server == nil {
		return nil
	}
	return shared.server.Stop()
}

// Shared returns the started Elasticsearch 8 of this test binary, without security, http.max_content_length 40mb. It skips the test when a JDK or
// Maven is missing and may not be installed, and fails it when the server does not start. Safe for parallel tests.
func Shared(t *testing.T) *Server {
	t.Helper()
	shared.once.Do(func() {
		shared.server, shared.err = begin(Elasticsearch8, Options{Settings: map[string]string{"http.max_content_length": "40mb"}})
	})
	check(t, Elasticsearch8, shared.err)
	return shared.server
}

// Run starts a server for one test and stops it at the test's end. It skips and fails as Shared does.
func Run(t *testing.T, kind Kind, options Options) *Server {
	t.Helper()
	s, err := begin(kind, options)
	check(t, kind, err)
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func begin(kind Kind, options Options) (*Server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	s, err := Start(ctx, kind, options)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "server: %s ready after %.1f s\n", kind, s.Ready.Seconds())
	return s, nil
}

// check skips or fails the test. What the part of a whole check cannot do without is Elasticsearch 8.
func check(t *testing.T, kind Kind, err error) {
	t.Helper()
	switch {
	case errors.Is(err, ErrMissing) && kind == Elasticsearch8:
		t.Skip("e2e part skipped: " + err.Error())
	case errors.Is(err, ErrMissing):
		t.Skipf("%s skipped: %v", kind, err)
	case err != nil:
		t.Fatal(err)
	}
}
