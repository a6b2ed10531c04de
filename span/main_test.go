package span_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/spanlog/spanlog/internal/testenv"
)

func TestMain(m *testing.M) {
	testenv.Clear()
	goleak.VerifyTestMain(m)
}
