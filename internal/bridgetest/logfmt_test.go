package bridgetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// word is a value of a line that has no types: it is equal to whatever is written like this.
type word string

// equal compares a member of a line with what it is to be.
func equal(got, want any) bool {
	if isWord(got) || isWord(want) {
		return fmt.Sprint(got) == fmt.Sprint(want)
	}
	return reflect.DeepEqual(got, want)
}

// member returns an object inside another: in a line of words, the members whose keys begin with its name and a dot.
func member(o object, key string) (object, bool) {
	if inner, ok := o[key].(object); ok {
		return inner, true
	}
	inner := object{}
	for name, v := range o {
		if rest, ok := strings.CutPrefix(name, key+"."); ok && isWord(v) {
			inner[rest] = v
		}
	}
	return inner, len(inner) > 0
}

func isWord(v any) bool {
	_, ok := v.(word)
	return ok
}

// readWords reads a line of key=value: values are words, those in quotation marks too, or objects in JSON.
func readWords(text string) (object, error) {
	rest, ok := strings.CutSuffix(text, "\n")
	if !ok {
		return nil, fmt.Errorf("not a line: %q", text)
	}
	o := object{}
	for rest = strings.TrimLeft(rest, " "); rest != ""; rest = strings.TrimLeft(rest, " ") {
		var key string
		var v any
		if key, rest, ok = cutKey(rest); !ok {
			return nil, fmt.Errorf("no key at %q in %q", rest, text)
		}
		v, rest = cutValue(rest)
		if _, twice := o[key]; twice {
			return nil, fmt.Errorf("the key %q stands twice in %q", key, text)
		}
		o[key] = v
	}
	return o, nil
}

func cutKey(text string) (key, rest string, ok bool) {
	if quoted, err := strconv.QuotedPrefix(text); err == nil {
		key, _ = strconv.Unquote(quoted)
		rest, ok = strings.CutPrefix(text[len(quoted):], "=")
		return key, rest, ok
	}
	return strings.Cut(text, "=")
}

func cutValue(text string) (v any, rest string) {
	if quoted, err := strconv.QuotedPrefix(text); err == nil {
		s, _ := strconv.Unquote(quoted)
		return word(s), text[len(quoted):]
	}
	if strings.HasPrefix(text, "{") {
		d := json.NewDecoder(bytes.NewReader([]byte(text)))
		d.UseNumber()
		if v, err := readValue(d); err == nil {
			return v, text[d.InputOffset():]
		}
	}
	s, rest, _ := strings.Cut(text, " ")
	return word(s), rest
}

// readConsole reads a line of zap's console encoder: columns, and the fields as JSON in the last.
func readConsole(text string) (object, error) {
	columns := strings.Split(strings.TrimSuffix(text, "\n"), "\t")
	if len(columns) < 3 {
		return nil, fmt.Errorf("got %d columns in %q", len(columns), text)
	}
	last, fields := len(columns)-1, object{}
	if strings.HasPrefix(columns[last], "{") {
		var err error
		if fields, err = parse(columns[last] + "\n"); err != nil {
			return nil, err
		}
		last--
	}
	fields["level"], fields["msg"] = word(columns[1]), word(columns[last])
	return fields, nil
}
