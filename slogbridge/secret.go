package slogbridge

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// any returns a value of any type without what must not be seen. A wrapped handler may write it as JSON, or as slog's
// text handler does: it becomes the form that has a secret, cleaned, and stays what it is if none has.
func (re rewriter) any(path string, v slog.Value) slog.Value {
	if err, ok := v.Any().(error); ok {
		if cleaned, changed := re.cleaned(spanstate.Text(err)); changed {
			return slog.StringValue(cleaned)
		}
		return re.text(v)
	}
	enc := encoder{output: &output{rules: re.rules}}
	enc.any(v.Any())
	if cleaned := re.rules.CleanJSON(path, enc.b); !bytes.Equal(cleaned, enc.b) {
		return slog.AnyValue(json.RawMessage(cleaned))
	}
	if bytes.Contains(enc.b, []byte("encountered a cycle")) { // package fmt would follow it until the program dies
		return v
	}
	return re.text(v)
}

// text returns the value, or its text if there is something to hide in that.
func (re rewriter) text(v slog.Value) slog.Value {
	if re.json {
		return v
	}
	if cleaned, changed := re.cleaned(textForm(v.Any())); changed {
		return slog.StringValue(cleaned)
	}
	return v
}

func (re rewriter) cleaned(text string) (cleaned string, changed bool) {
	cleaned = re.rules.CleanText(text)
	return cleaned, cleaned != text
}

// textForm is a value as a slog.TextHandler writes it.
func textForm(v any) (text string) {
	defer func() {
		if recover() != nil {
			text = ""
		}
	}()
	switch v := v.(type) {
	case encoding.TextMarshaler:
		b, _ := v.MarshalText()
		return string(b)
	case []byte:
		return string(v)
	}
	return fmt.Sprintf("%+v", v)
}
