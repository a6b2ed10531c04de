package elk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

// NoHostName as Config.HostName leaves host.name out.
const NoHostName = "-"

// maxFields is how many Config.Fields there may be: a shape has a bit for
// each, and for those of the shipper's own.
const maxFields = 50

// maxFieldBytes bounds each: it is in every document.
const maxFieldBytes = 1024

// The fields that differ from line to line stand first.
const (
	atTimestamp = iota
	atSequence
	atConstants
)

// fields is what a splice adds to the lines of one target, each unless the
// line has it. It does not change, so all may read it.
type fields struct {
	list     []field
	first    [256]bool // whether a root key that begins so can matter
	constant []byte    // the texts of all fields from atConstants on
	prefix   int       // bytes of the longest one
	wrapped  shape     // of what wrap makes of a line
}

type field struct {
	path string
	text []byte // "path":"value", and nil for those that differ
}

// newFields prepares the bytes once for all lines.
func newFields(c Config, dataset, namespace string) *fields {
	f := &fields{list: []field{{path: "@timestamp"}, {path: "event.sequence"}}}
	f.add("data_stream.type", "logs")
	f.add("data_stream.dataset", dataset)
	f.add("data_stream.namespace", namespace)
	if c.HostName != NoHostName {
		f.add("host.name", c.HostName)
	}
	for _, path := range slices.Sorted(maps.Keys(c.Fields)) {
		f.add(path, c.Fields[path])
	}
	for _, one := range f.list {
		f.first[one.path[0]] = true
		f.constant = append(f.constant, one.text...)
	}
	f.prefix = prefixBytes + len(f.constant)
	f.wrapped = f.wrappedShape()
	return f
}

// add prepares a field, unless it is there or conflicts with one that is:
// what the shipper knows best stands first.
func (f *fields) add(path, value string) {
	for _, one := range f.list {
		if within([]byte(path), one.path) || within([]byte(one.path), path) {
			return
		}
	}
	f.list = append(f.list, field{path: path, text: fieldText(path, value)})
}

// fieldText cannot fail: a string is always encoded.
func fieldText(path, value string) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(path)
	buf.Truncate(buf.Len() - 1)
	buf.WriteByte(':')
	_ = enc.Encode(value)
	buf.Truncate(buf.Len() - 1)
	buf.WriteByte(',')
	return buf.Bytes()
}

// all is the mask of every field.
func (f *fields) all() uint64 { return 1<<len(f.list) - 1 }

// constants is the mask of those with a text.
func (f *fields) constants() uint64 { return f.all() &^ (1<<atConstants - 1) }

// appendConstants appends those that a line does not have.
func (f *fields) appendConstants(dst []byte, present uint64) []byte {
	if present&f.constants() == 0 {
		return append(dst, f.constant...)
	}
	for i := atConstants; i < len(f.list); i++ {
		if present>>i&1 == 0 {
			dst = append(dst, f.list[i].text...)
		}
	}
	return dst
}

// within reports whether key is the field name or one below it.
func within(key []byte, name string) bool {
	return len(key) >= len(name) && string(key[:len(name)]) == name && (len(key) == len(name) || key[len(name)] == '.')
}

// hostName is Config.HostName's default: without a name of the host there is
// no field.
func hostName() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return NoHostName
	}
	return strings.ToValidUTF8(name, "\ufffd")
}

// checkFields refuses what could not be part of a document.
func (c *Config) checkFields() error {
	if len(c.Fields) > maxFields {
		return fmt.Errorf("elk: Fields has %d entries, the most is %d", len(c.Fields), maxFields)
	}
	if c.NotJSON != NotJSONWrap && c.NotJSON != NotJSONDeadLetter {
		return fmt.Errorf("elk: NotJSON is %d", c.NotJSON)
	}
	if !utf8.ValidString(c.HostName) {
		return errors.New("elk: HostName is not valid UTF-8")
	}
	for _, path := range slices.Sorted(maps.Keys(c.Fields)) {
		if err := checkField(path, c.Fields[path]); err != nil {
			return err
		}
	}
	return nil
}

func checkField(path, value string) error {
	switch {
	case !utf8.ValidString(path) || !utf8.ValidString(value):
		return fmt.Errorf("elk: Fields: %q is not valid UTF-8", path)
	case slices.Contains(strings.Split(path, "."), ""):
		return fmt.Errorf("elk: Fields: %q has an empty part in its name", path)
	case len(path)+len(value) > maxFieldBytes:
		return fmt.Errorf("elk: Fields: %q and its value have more than %d bytes", path, maxFieldBytes)
	}
	return nil
}
