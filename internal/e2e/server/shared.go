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

// shared is the one server of this test binary: started by the first test that asks, stopped by Main.
var shared struct {
	once   sync.Once
	server *Elasticsearch
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

// Shared returns the started Elasticsearch of this test binary. It skips the test when a JDK or Maven is missing
// and may not be installed, and fails it when the server does not start. Safe for parallel tests.
func Shared(t *testing.T) *Elasticsearch {
	t.Helper()
	shared.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), startLimit)
		defer cancel()
		if shared.server, shared.err = Start(ctx); shared.err == nil {
			fmt.Fprintf(os.Stderr, "server: Elasticsearch %s ready after %.1f s\n", Version, shared.server.Ready.Seconds())
		}
	})
	if errors.Is(shared.err, ErrMissing) {
		t.Skip("e2e part skipped: " + shared.err.Error())
	}
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.server
}
