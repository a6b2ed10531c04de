package e2e

import (
	"testing"

	"github.com/spanlog/spanlog/internal/e2e/server"
)

func TestMain(m *testing.M) { server.Main(m) }
