package zapbridge

import (
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
)

// appendIDs appends the ids of sc as fields.
func appendIDs(dst []zapcore.Field, rules *events.Rules, sc trace.SpanContext) []zapcore.Field {
	ids, n := rules.IDs(sc)
	for _, id := range ids[:n] {
		dst = append(dst, fieldOfAttribute(id))
	}
	return dst
}

// appendScope appends the fields that the contexts put on the line of a wrapped logger.
func appendScope(dst []zapcore.Field, rules *events.Rules, scope *events.Scope) []zapcore.Field {
	for _, kv := range scope.Fields() {
		key := string(kv.Key)
		switch {
		case rules.IsID(key):
			continue
		case rules.Taken(key):
			kv.Key = attribute.Key(rules.Label(key))
		}
		dst = append(dst, fieldOfAttribute(kv))
	}
	return dst
}

func fieldOfAttribute(kv attribute.KeyValue) zapcore.Field {
	if kv.Value.Type() == attribute.STRING {
		return zap.String(string(kv.Key), kv.Value.AsString())
	}
	return zap.Any(string(kv.Key), kv.Value.AsInterface())
}

func constantFields(rules *events.Rules) []zapcore.Field {
	var fields []zapcore.Field
	for _, kv := range rules.Constant() {
		fields = append(fields, fieldOfAttribute(kv))
	}
	return fields
}
