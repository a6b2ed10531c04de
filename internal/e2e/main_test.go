package e2e

import (
	"os"
	"testing"

	"github.com/spanlog/spanlog/internal/e2e/server"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(childURL); url != "" {
		child(url)
	}
	server.Main(m)
}
