package events

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// String returns a string attribute, cut at 64 KiB, with U+FFFD in the place of what is not UTF-8.
func String(key, v string) attribute.KeyValue {
	return attribute.String(key, spanstate.Cut(v, spanstate.MaxString))
}

// Uint64 returns an int64 attribute, or the decimal digits as a string where v is above MaxInt64.
func Uint64(key string, v uint64) attribute.KeyValue {
	if v > math.MaxInt64 {
		return attribute.String(key, strconv.FormatUint(v, 10))
	}
	return attribute.Int64(key, int64(v))
}

// Time returns a string attribute: RFC 3339 with nanoseconds, in UTC.
func Time(key string, v time.Time) attribute.KeyValue {
	return attribute.String(key, v.UTC().Format(time.RFC3339Nano))
}

// Bytes returns a string attribute: v in base64.
func Bytes(key string, v []byte) attribute.KeyValue {
	return String(key, base64.StdEncoding.EncodeToString(v))
}

// Any returns the attribute of a value of any type, by the rules of the package documentation. It never panics: what a
// method of v's raises stands in its place as "!PANIC: …", what cannot be encoded as "!ERROR:…".
func Any(key string, v any) attribute.KeyValue {
	switch x := v.(type) {
	case nil:
		return attribute.String(key, "null")
	case string:
		return String(key, x)
	case bool:
		return attribute.Bool(key, x)
	case int:
		return attribute.Int(key, x)
	case int64:
		return attribute.Int64(key, x)
	case float64:
		return attribute.Float64(key, x)
	case time.Duration:
		return attribute.Int64(key, int64(x))
	case time.Time:
		return Time(key, x)
	case error:
		return String(key, spanstate.Text(x))
	}
	return other(key, v)
}

// other is the rarer half of Any.
func other(key string, v any) attribute.KeyValue {
	switch x := v.(type) {
	case []byte:
		return Bytes(key, x)
	case []string:
		return attribute.StringSlice(key, x)
	case []int:
		return attribute.IntSlice(key, x)
	case []int64:
		return attribute.Int64Slice(key, x)
	case []float64:
		return attribute.Float64Slice(key, x)
	case []bool:
		return attribute.BoolSlice(key, x)
	case uint64:
		return Uint64(key, x)
	case json.Marshaler, interface{ MarshalText() ([]byte, error) }:
		return fromJSON(key, v)
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Bool:
		return attribute.Bool(key, rv.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return attribute.Int64(key, rv.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return Uint64(key, rv.Uint())
	case reflect.Float32, reflect.Float64:
		return attribute.Float64(key, rv.Float())
	case reflect.String:
		return String(key, rv.String())
	}
	return fromJSON(key, v)
}

// fromJSON is the attribute that v's JSON stands for.
func fromJSON(key string, v any) attribute.KeyValue {
	text := marshal(v)
	if n := len(text); n > 1 && text[0] == '"' {
		return String(key, UnquoteJSON(string(text[1:n-1])))
	}
	return FromJSONText(key, string(text))
}

// FromJSONText returns the attribute of a JSON text that is not a string: a bool and a whole number within int64 as
// such, other numbers as float64 where that keeps every digit, all else as the text itself.
func FromJSONText(key, text string) attribute.KeyValue {
	switch text {
	case "true", "false":
		return attribute.Bool(key, text == "true")
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return attribute.Int64(key, n)
	}
	if f, ok := exactFloat(text); ok {
		return attribute.Float64(key, f)
	}
	return String(key, text)
}

// exactFloat parses a JSON number that is not whole; a whole one that is too large for int64 would lose digits.
func exactFloat(text string) (float64, bool) {
	if text == "" || text[0] != '-' && (text[0] < '0' || text[0] > '9') || !bytes.ContainsAny([]byte(text), ".eE") {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil
}

// marshal returns v's JSON, or a mark that says why there is none.
func marshal(v any) (text []byte) {
	defer func() {
		if r := recover(); r != nil {
			text = []byte("!PANIC: " + spanstate.Sprint(r))
		}
	}()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return []byte("!ERROR:" + spanstate.Text(err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
