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
	m.fields = m.cleared()
	memories.Put(m)
}

// cleared returns the memory of the fields without them, nil where it is too large to be used again.
func (m *memory) cleared() []zapcore.Field {
	if cap(m.fields) > maxFields {
		return nil
	}
	clear(m.fields)
	return m.fields[:0]
}
