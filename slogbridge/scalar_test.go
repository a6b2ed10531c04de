package slogbridge_test

import (
	"io"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/spanlog/spanlog/slogbridge"
)

// The short way of a scalar to the event ends where the long one does, which Wrap goes.
func TestShortWay(t *testing.T) {
	for _, key := range []string{"", "k", "event.name", "trace_id", "\xff", "a\"b\x00", "ünï", strings.Repeat("long", 300)} {
		for _, text := range []string{"", "v", "\xff\xfe", "\"\\\n\u2028", "ünï", strings.Repeat("x", 70_000), strings.Repeat("\xff", 70_000)} {
			checkShortWay(t, key, text, -1)
		}
	}
}

func FuzzShortWay(f *testing.F) {
	f.Add("event.name", "v\xff", int64(1))
	f.Add("k\xff", "", int64(-1))
	f.Fuzz(func(t *testing.T, key, text string, n int64) { checkShortWay(t, key, text, n) })
}

func checkShortWay(t *testing.T, key, text string, n int64) {
	t.Helper()
	values := []slog.Value{
		slog.StringValue(text), slog.Int64Value(n), slog.Uint64Value(uint64(n)), slog.Float64Value(float64(n) / 3), slog.BoolValue(n > 0),
		slog.DurationValue(time.Duration(n)), slog.TimeValue(time.Unix(n, 0)),
	}
	var events [2]any
	for i, h := range []slog.Handler{slogbridge.NewHandler(io.Discard, nil, nil), slogbridge.Wrap(slog.NewJSONHandler(io.Discard, nil), nil)} {
		ctx, end := recording(t)
		for _, v := range values {
			slog.New(h).LogAttrs(ctx, slog.LevelInfo, "m", slog.Attr{Key: key, Value: v})
			slog.New(h).WithGroup("g").LogAttrs(ctx, slog.LevelInfo, "m", slog.Attr{Key: key, Value: v})
		}
		var all []any
		for _, e := range end().Events() {
			all = append(all, e.Name, e.Attributes)
		}
		if len(all) != 4*len(values) {
			t.Fatalf("%d events", len(all)/2)
		}
		events[i] = all
	}
	if !reflect.DeepEqual(events[0], events[1]) {
		t.Fatalf("%.40q %.40q:\nour handler %.900v\nwrapped     %.900v", key, text, events[0], events[1])
	}
}
