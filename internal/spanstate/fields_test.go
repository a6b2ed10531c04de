package spanstate

import (
	"context"
	"testing"

	"go.opentelemetry.io/otel/attribute"
)

func TestWithField(t *testing.T) {
	fields := func(ctx context.Context) []attribute.KeyValue {
		got, _ := ctx.Value(FieldsKey{}).([]attribute.KeyValue)
		return got
	}
	var none context.Context
	one := WithField(none, attribute.String("a", "1"))
	two := WithField(one, attribute.String("b", "2"))
	other := WithField(one, attribute.String("a", "3"))
	if got := fields(one); len(got) != 1 || got[0].Value.AsString() != "1" {
		t.Errorf("a context below changed the fields: %v", got)
	}
	if got := fields(two); len(got) != 2 || got[1].Value.AsString() != "2" {
		t.Errorf("fields are %v", got)
	}
	if got := fields(other); len(got) != 1 || got[0].Value.AsString() != "3" {
		t.Errorf("a field of the same name is not replaced: %v", got)
	}
	if !FieldsUsed() {
		t.Error("lines would not look for the fields")
	}
}
