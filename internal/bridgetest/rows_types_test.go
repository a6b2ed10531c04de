package bridgetest

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// kind is a value of a field and the attribute that stands for it on an event.
type kind struct {
	name  string
	value any
	want  any
}

var berlin = time.FixedZone("", 3600)

func kinds() []kind {
	return []kind{
		{"string", "text", "text"},
		{"int", -42, int64(-42)},
		{"large-int", int64(math.MaxInt64), int64(math.MaxInt64)},
		{"exact-int", int64(1<<53 + 1), int64(1<<53 + 1)},
		{"bool", true, true},
		{"float", 1.5, 1.5},
		{"float32", float32(0.25), 0.25},
		{"duration", 1500 * time.Millisecond, int64(1500 * time.Millisecond)},
		{"time", time.Date(2024, 2, 29, 12, 30, 45, 123456789, berlin), "2024-02-29T11:30:45.123456789Z"},
		{"bytes", []byte("\xff\x00ab"), "/wBhYg=="},
		{"uint64", uint64(7), int64(7)},
		{"large-uint64", uint64(math.MaxUint64), "18446744073709551615"},
		{"nil", nil, "null"},
		{"error", errPlain, "card declined"},
		{"strings", []string{"a", "b"}, []string{"a", "b"}},
	}
}

// typeRows are two for each kind of value: in the call, and in With.
func typeRows() (all []row) {
	for _, k := range kinds() {
		all = append(all,
			row{name: "type-" + k.name, says: "the event's attribute has the type of the field: " + k.name,
				run: func(t *testing.T, with func(setting) *stage) {
					s := with(setting{})
					s.info("m", f("before", 1), f("k", k.value), f("after", 2))
					checkKind(t, s, k)
				}},
			row{name: "type-" + k.name + "-with", says: "so it has when the field comes from With: " + k.name,
				run: func(t *testing.T, with func(setting) *stage) {
					s := with(setting{})
					s.with(f("before", 1), f("k", k.value), f("after", 2)).log(s.ctx, 0, "m")
					checkKind(t, s, k)
				}})
	}
	return all
}

// checkKind wants the field on the line and, with its type, on the event, and its neighbours unharmed.
func checkKind(t *testing.T, s *stage, k kind) {
	t.Helper()
	line := s.line()
	if !has(line, "k") {
		t.Errorf("k is not on the line %v", line)
	}
	switch k.value.(type) {
	case int, int64, uint64:
		wantNumber(t, line, "k", fmt.Sprint(k.value))
	}
	e := s.event()
	wantAttr(t, e, "before", int64(1))
	wantAttr(t, e, "k", s.want(k.want))
	wantAttr(t, e, "after", int64(2))
}

func has(o object, key string) bool {
	_, there := o[key]
	return there
}
