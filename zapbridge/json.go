package zapbridge

import (
	"encoding/json"
	"strings"

	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
)

// fieldsJSON returns a JSON object of the fields.
func fieldsJSON(fields ...zapcore.Field) (string, error) {
	buf, err := zapcore.NewJSONEncoder(valueConfig()).EncodeEntry(zapcore.Entry{}, fields)
	if err != nil {
		return "", err
	}
	defer buf.Free()
	return buf.String(), nil
}

// valueJSON returns the value of a field as JSON. What panics, or cannot be encoded, is a mark.
func valueJSON(f zapcore.Field) json.RawMessage {
	value, failure := partsJSON(f)
	if value == nil {
		return quoted("!ERROR:" + failure)
	}
	return value
}

// partsJSON returns what zap makes of a field: its value as JSON, nil if there is none, and what zap would write under
// <key>Error, empty if nothing is wrong. A panic is a mark for a value.
func partsJSON(f zapcore.Field) (value json.RawMessage, failure string) {
	defer func() {
		if r := recover(); r != nil {
			value, failure = quoted(panicMark(r)), ""
		}
	}()
	f.Key = "v"
	object, err := fieldsJSON(f)
	if err != nil {
		return quoted(errorMark(err)), ""
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(object), &members); err != nil {
		return quoted(object), ""
	}
	return members["v"], jsonText(members["vError"])
}

func quoted(text string) json.RawMessage { return events.AppendJSONString(nil, text) }

// jsonText returns a JSON string as it is meant, all else as it stands.
func jsonText(value []byte) string {
	var s string
	if strings.HasPrefix(string(value), `"`) && json.Unmarshal(value, &s) == nil {
		return s
	}
	return string(value)
}

// textOf returns the value of a field as a string: a string as it is, all else as its JSON.
func textOf(f zapcore.Field) string {
	if f.Type == zapcore.StringType {
		return f.String
	}
	return jsonText(valueJSON(f))
}
