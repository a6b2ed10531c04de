package zapbridge

import (
	"sync"

	"go.uber.org/zap/zapcore"
)

// maxFields is the largest number of fields whose memory is used again.
const maxFields = 64

// memory is what one line of a wrapped logger needs, to be used again for the next one.
type memory struct {
	fields []zapcore.Field
	ids    hexIDs
}

var memories = sync.Pool{New: func() any { return new(memory) }}

func (m *memory) free() {
	if cap(m.fields) <= maxFields {
		clear(m.fields)
		memories.Put(m)
	}
}
