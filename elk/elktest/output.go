package elktest

import (
	"encoding/json"
	"strconv"
	"strings"
)

// object is a JSON object in the order in which its keys are written.
type object []field

type field struct {
	key   string
	value any
}

// array is a JSON array.
type array []any

// appendJSON encodes the values of which answers are made: object, array, string, int, int64, bool, nil and raw JSON.
func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case object:
		return appendObject(b, v)
	case array:
		return appendArray(b, v)
	case string:
		return appendString(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case bool:
		return strconv.AppendBool(b, v)
	case json.RawMessage:
		return append(b, v...)
	default:
		return append(b, "null"...)
	}
}

func appendObject(b []byte, o object) []byte {
	b = append(b, '{')
	for i, f := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, f.key), ':')
		b = appendJSON(b, f.value)
	}
	return append(b, '}')
}

func appendArray(b []byte, a array) []byte {
	b = append(b, '[')
	for i, v := range a {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, v)
	}
	return append(b, ']')
}

// appendString quotes s without the HTML escapes that encoding/json adds by default.
func appendString(b []byte, s string) []byte {
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil {
		return append(b, `""`...)
	}
	return append(b, strings.TrimSuffix(out.String(), "\n")...)
}

// tree turns a parsed value into one that can be filtered and encoded again.
func (n *node) tree() any {
	switch n.kind {
	case kindObject:
		o := object{}
		for _, m := range n.members {
			o = append(o, field{m.name, m.value.tree()})
		}
		return o
	case kindArray:
		a := array{}
		for _, item := range n.items {
			a = append(a, item.tree())
		}
		return a
	case kindString:
		return n.text
	case kindNull:
		return nil
	default:
		return json.RawMessage(n.text)
	}
}
