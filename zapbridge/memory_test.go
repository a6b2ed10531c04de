package zapbridge

import (
	"slices"
	"testing"

	"go.uber.org/zap"
)

// Memory that is used again holds nothing of the line before, and does not grow for ever.
func TestMemory(t *testing.T) {
	m := memory{fields: five()}
	again := m.cleared()
	if len(again) != 0 || cap(again) < 5 || !slices.EqualFunc(again[:5], make([]zap.Field, 5), zap.Field.Equals) {
		t.Errorf("%d of %d: %v", len(again), cap(again), again[:5])
	}
	if m.fields = make([]zap.Field, maxFields+1); m.cleared() != nil {
		t.Error("a long line's memory is kept")
	}
}
