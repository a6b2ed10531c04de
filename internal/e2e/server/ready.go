package server

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

// awaitReady waits until find knows the server's address and the server answers there, and returns the URL.
// A process that ends meanwhile ends the wait at once; the error holds the end of its log.
func awaitReady(ctx context.Context, p *process, find func() string, password string) (string, error) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if url := find(); url != "" && answers(ctx, url, password) {
			return url, nil
		}
		select {
		case <-p.done:
			return "", fmt.Errorf("ended while starting: %v\n%s", p.err, p.logTail())
		case <-ctx.Done():
			return "", fmt.Errorf("not ready: %w\n%s", ctx.Err(), p.logTail())
		case <-tick.C:
		}
	}
}

// address reads the file that Elasticsearch writes under node.portsfile, one host:port a line; "" before that.
func address(portsFile string) string {
	data, err := os.ReadFile(portsFile)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "127.0.0.1:") {
			return "http://" + line
		}
	}
	return ""
}

// answers reports whether the cluster can store documents. GET / would be 405 on the reduced server.
func answers(ctx context.Context, url, password string) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/_cluster/health?wait_for_status=yellow&timeout=1s", nil)
	if err != nil {
		return false
	}
	if password != "" {
		req.SetBasicAuth("elastic", password)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}
