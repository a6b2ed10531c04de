package bridgetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"unicode/utf8"
)

// output collects what a logger writes, one line per Write.
type output struct {
	mu      sync.Mutex
	lines   []string
	written func() // called at every line; may be nil
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lines = append(o.lines, string(p))
	if o.written != nil {
		o.written()
	}
	return len(p), nil
}

// take returns the lines written since it was asked last.
func (o *output) take() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	lines := o.lines
	o.lines = nil
	return lines
}

// object is a JSON object: numbers are json.Number.
type object map[string]any

// parse reads one line strictly: one object, valid UTF-8, one line feed at its end, no key twice at any depth.
func parse(text string) (object, error) {
	if !utf8.ValidString(text) {
		return nil, fmt.Errorf("not UTF-8: %q", text)
	}
	if i := bytes.IndexByte([]byte(text), '\n'); i != len(text)-1 {
		return nil, fmt.Errorf("not one line: %q", text)
	}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	v, err := readValue(d)
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, text)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("more than one value in %s", text)
	}
	o, ok := v.(object)
	if !ok {
		return nil, fmt.Errorf("not an object: %s", text)
	}
	return o, nil
}

func readValue(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return readObject(d)
	case json.Delim('['):
		return readArray(d)
	}
	return token, nil
}

func readObject(d *json.Decoder) (object, error) {
	o := object{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		name := key.(string)
		if _, twice := o[name]; twice {
			return nil, fmt.Errorf("the key %q stands twice", name)
		}
		if o[name], err = readValue(d); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return o, err
}

func readArray(d *json.Decoder) ([]any, error) {
	var all []any
	for d.More() {
		v, err := readValue(d)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	_, err := d.Token()
	return all, err
}
