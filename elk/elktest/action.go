package elktest

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
)

const maxIDBytes = 512

// action is one parsed pair of a bulk body.
type action struct {
	op            string // create, index, update or delete: the key of the item
	index         string
	id            string
	hasID         bool
	pipeline      string
	requireStream bool
	source        []byte
	complaints    []string // what validation has against it
}

// defaults come from the request's path and parameters.
type defaults struct {
	index         string
	pipeline      string
	requireStream bool
	quote         bool // errors may quote the source
	profile       Profile
}

// bulkReader walks over the lines of a bulk body.
type bulkReader struct {
	rest []byte
	line int
}

// next returns the next line without its end. A last line without a newline refuses the request.
func (b *bulkReader) next() ([]byte, bool, error) {
	line, rest, found := bytes.Cut(b.rest, []byte{'\n'})
	if !found {
		if len(b.rest) > 0 {
			return nil, false, illegal(`The bulk request must be terminated by a newline [\n]`)
		}
		return nil, false, nil
	}
	b.rest = rest
	b.line++
	return bytes.TrimSuffix(line, []byte{'\r'}), true, nil
}

// parseBulk reads actions until limit bytes of lines are together, or all; the rest is for the next call. The first
// malformed line refuses what this call has read; an action without a document at the end is ignored.
func (b *bulkReader) parseBulk(d defaults, limit int) ([]action, error) {
	var actions []action
	for start := len(b.rest); start-len(b.rest) < limit; {
		a, ok, err := b.pair(d)
		if !ok || err != nil {
			return actions, err
		}
		if a != nil {
			actions = append(actions, *a)
		}
	}
	return actions, nil
}

// pair reads an action with its document; a blank line is nil. It is not ok at the end.
func (b *bulkReader) pair(d defaults) (*action, bool, error) {
	line, ok, err := b.next()
	if !ok || err != nil {
		return nil, false, err
	}
	a, err := b.action(line, d)
	if a == nil || err != nil {
		return nil, true, err
	}
	if a.op != "delete" {
		if a.source, ok, err = b.next(); !ok || err != nil {
			return nil, false, err
		}
	}
	return a, true, a.update(d)
}

// action parses an action line; a blank one is nil.
func (b *bulkReader) action(line []byte, d defaults) (*action, error) {
	root, end, syntax := parseJSON(line)
	switch {
	case syntax != nil:
		return nil, refuse(http.StatusBadRequest, syntax.problem(line, d.quote))
	case root == nil:
		return nil, nil
	case root.kind != kindObject:
		return nil, b.malformed("expected START_OBJECT but found [%s]", tokenOf(root))
	case len(root.members) == 0:
		return nil, b.malformed("expected FIELD_NAME but found [END_OBJECT]")
	}
	a := &action{op: root.members[0].name, index: d.index, pipeline: d.pipeline, requireStream: d.requireStream}
	if !slices.Contains([]string{"create", "delete", "index", "update"}, a.op) {
		return nil, b.malformed("expected field [create], [delete], [index] or [update] but found [%s]", a.op)
	}
	if len(root.members) > 1 && d.profile == Elasticsearch9 {
		return nil, b.malformed("expected END_OBJECT but found [FIELD_NAME]") // the others look at the first alone
	}
	if err := b.behind(line, end, d); err != nil {
		return nil, err
	}
	return a, b.metadata(a, root.members[0].value, d.profile)
}

// behind judges what follows the object of an action line. OpenSearch does not look at it.
func (b *bulkReader) behind(line []byte, end int, d defaults) error {
	if end == len(line) || d.profile == OpenSearch3 {
		return nil
	}
	_, _, err := parseJSON(line[end:])
	if err == nil {
		return illegal("elktest does not know what becomes of a value behind an action, in line [%d]", b.line)
	}
	err.at += end
	return refuse(http.StatusBadRequest, err.problem(line, d.quote))
}

// malformed refuses the body because of the current line, the first being 1.
func (b *bulkReader) malformed(format string, args ...any) *refusal {
	return illegal("Malformed action/metadata line [%d], %s", b.line, fmt.Sprintf(format, args...))
}

func (b *bulkReader) metadata(a *action, n *node, p Profile) error {
	if n.kind != kindObject {
		return b.malformed("expected START_OBJECT or END_OBJECT but found [%s]", tokenOf(n))
	}
	for _, m := range n.members {
		if m.value.kind == kindObject || m.value.kind == kindArray {
			return b.malformed("expected a simple value for field [%s] but found [%s]", m.name, tokenOf(m.value))
		}
		if err := b.key(a, m, p); err != nil {
			return err
		}
	}
	a.validate()
	return nil
}

// key takes one key of the metadata; null is as good as absent.
func (b *bulkReader) key(a *action, m member, p Profile) error {
	null := m.value.kind == kindNull
	if p.lacks(m.name) {
		return b.unknownKey(m.name)
	}
	switch m.name {
	case "_index":
		a.index = either(null, a.index, m.value.text)
	case "_id":
		a.id, a.hasID = m.value.text, !null
	case "pipeline":
		a.pipeline = either(null, a.pipeline, m.value.text)
	case "op_type":
		return a.opType(m.value.text)
	case "require_data_stream":
		v, err := boolean(m)
		a.requireStream = v
		return err
	case "version":
		a.complaints = append(a.complaints, "create operations do not support explicit versions. use index instead")
	case "version_type":
		a.complaints = append(a.complaints, "create operations only support internal versioning. use index instead")
	case "if_seq_no", "if_primary_term":
		a.complaints = append(a.complaints, "create operations do not support compare and set. use index instead")
	default:
		return b.unknownKey(m.name)
	}
	return nil
}

func (b *bulkReader) unknownKey(name string) error {
	return illegal("Action/metadata line [%d] contains an unknown parameter [%s]", b.line, name)
}

func either(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// opType makes an index action with op_type create what it says.
func (a *action) opType(text string) error {
	switch {
	case text != "create" && text != "index":
		return illegal("opType must be 'create' or 'index', found: [%s]", text)
	case a.op == "index":
		a.op = text
	}
	return nil
}

// validate gathers what refuses the whole request once all lines are read.
func (a *action) validate() {
	if a.index == "" {
		a.complaints = append(a.complaints, "index is missing")
	}
	if !a.hasID && (a.op == "delete" || a.op == "update") {
		a.complaints = append(a.complaints, "id is missing")
	}
	if len(a.id) > maxIDBytes {
		a.complaints = append(a.complaints, fmt.Sprintf("id [%s] is too long, must be no longer than %d bytes but was: %d", a.id, maxIDBytes, len(a.id)))
	}
}

// update parses the body of an update, which a real server reads before anything else. The item is refused later in any case.
func (a *action) update(d defaults) error {
	if a.op != "update" {
		return nil
	}
	root, end, err := parseJSON(a.source)
	switch {
	case err != nil:
		return refuse(http.StatusBadRequest, err.problem(a.source, d.quote))
	case root == nil || root.kind != kindObject || end < len(a.source):
		return illegal("elktest expects one object as the body of an update")
	}
	return nil
}

// tokenOf names a value as Elasticsearch's parser names tokens.
func tokenOf(n *node) string {
	switch n.kind {
	case kindObject:
		return "START_OBJECT"
	case kindArray:
		return "START_ARRAY"
	case kindString:
		return "VALUE_STRING"
	case kindNumber:
		return "VALUE_NUMBER"
	case kindBool:
		return "VALUE_BOOLEAN"
	default:
		return "VALUE_NULL"
	}
}
