package spanstate

import (
	"context"
	"slices"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
)

// FieldsKey is the key of the fields that a context puts on every line and event of log calls made with it, a
// []attribute.KeyValue that is never changed.
type FieldsKey struct{}

// fieldsUsed is set by the first WithFields, so that programs without it do not search their contexts.
var fieldsUsed atomic.Bool

// FieldsUsed reports whether any context of the program may have fields.
func FieldsUsed() bool { return fieldsUsed.Load() }

// WithFields returns a context with these fields in place of those of ctx. It keeps the slice.
func WithFields(ctx context.Context, fields []attribute.KeyValue) context.Context {
	fieldsUsed.Store(true)
	return context.WithValue(ctx, FieldsKey{}, fields)
}

// WithField returns a context with the fields of ctx and this one, which replaces one of the same name.
func WithField(ctx context.Context, kv attribute.KeyValue) context.Context {
	if ctx == nil {
		ctx = context.Background()
	}
	have, _ := ctx.Value(FieldsKey{}).([]attribute.KeyValue)
	fields := append(make([]attribute.KeyValue, 0, len(have)+1), have...)
	if i := slices.IndexFunc(fields, func(f attribute.KeyValue) bool { return f.Key == kv.Key }); i >= 0 {
		fields[i] = kv
		return WithFields(ctx, fields)
	}
	return WithFields(ctx, append(fields, kv))
}
