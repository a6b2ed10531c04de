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

// valueJSON returns the value of a field as JSON, and whether there was nothing wrong with it. What panics, or cannot be
// encoded, is a mark.
func valueJSON(f zapcore.Field) (value json.RawMessage, whole bool) {
	defer func() {
		if r := recover(); r != nil {
			value, whole = quoted(panicMark(r)), false
		}
	}()
	f.Key = "v"
	object, err := fieldsJSON(f)
	if err != nil {
		return quoted(errorMark(err)), false
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(object), &members); err != nil {
		return quoted(object), false
	}
	failure, failed := members["vError"]
	if value, ok := members["v"]; ok {
		return value, !failed
	}
	return quoted("!ERROR:" + jsonText(failure)), false
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
	value, _ := valueJSON(f)
	return jsonText(value)
}
