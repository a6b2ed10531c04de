package elktest

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

// store holds templates, streams and documents.
//
// mu guards everything below it, and every stream's index. A bulk holds it for one document at a time, a search for all of its work.
type store struct {
	profile Profile
	forms   *forms

	mu        sync.Mutex
	templates map[string]*template
	streams   map[string]*dataStream
	arrived   []Document
}

// dataStream is a data stream with its backing indices, at least one. Documents go to the last.
type dataStream struct {
	name    string
	indices []*backing
}

func (d *dataStream) writeIndex() *backing { return d.indices[len(d.indices)-1] }

// backing is a backing index of a data stream.
type backing struct {
	stream, name, uuid string
	mapping            *mapping
	ids                map[string]*stored
	documents          []*stored
	blocks             blocks
}

// stored is a document with its searchable values by dotted path.
type stored struct {
	id     string
	number int // _seq_no
	source json.RawMessage
	values map[string][]any
}

func newStore() *store {
	return &store{forms: newForms(), templates: map[string]*template{}, streams: map[string]*dataStream{}}
}

// documents copies what arrived in the stream; "" is all.
func (s *store) documents(stream string) []Document {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Document
	for _, d := range s.arrived {
		if stream == "" || d.Stream == stream {
			d.Source = bytes.Clone(d.Source)
			found = append(found, d)
		}
	}
	return found
}

// target finds the stream called name, or creates it from the template that matches. The error is an item's.
func (s *store) target(name string, requireStream bool) (*backing, int, *problem) {
	if d, ok := s.streams[name]; ok {
		return d.writeIndex(), 0, nil
	}
	if p := badStream(name); p != nil {
		return nil, 400, p
	}
	t := s.match(name)
	switch {
	case t != nil && t.stream:
		return s.create(name, t), 0, nil
	case requireStream:
		return nil, 404, &problem{
			kind:   "index_not_found_exception",
			reason: "no such index [" + name + "] and the index creation request requires a data stream, but no matching index template with data stream template was found for it",
			extra:  object{{"index_uuid", "_na_"}, {"index", name}},
		}
	default:
		return nil, 400, illegalArgument("elktest does not know plain indices, and no template with a data stream matches [%s]", name)
	}
}

// create makes the stream with its first backing index.
func (s *store) create(name string, t *template) *backing {
	d := &dataStream{name: name}
	s.streams[name] = d
	return s.extend(d, t)
}

// extend gives the stream a new write index, with the mapping of the template.
func (s *store) extend(d *dataStream, t *template) *backing {
	b := &backing{
		stream:  d.name,
		name:    s.profile.indexName(d.name, len(d.indices)+1),
		uuid:    randomID(16),
		mapping: t.mapping.clone(),
		ids:     map[string]*stored{},
	}
	d.indices = append(d.indices, b)
	return b
}

// all returns the backing indices of all streams, in no order.
func (s *store) all() []*backing {
	var all []*backing
	for _, d := range s.streams {
		all = append(all, d.indices...)
	}
	return all
}

// badStream checks a name as Elasticsearch does before it creates a stream.
func badStream(name string) *problem {
	why := ""
	switch {
	case name == "":
		why = "must not be empty"
	case strings.ContainsAny(name, `\/*?"<>| ,`):
		why = `must not contain the following characters ['\\','/','*','?','"','<','>','|',' ',',']`
	case strings.Contains(name, "#"):
		why = "must not contain '#'"
	case strings.Contains(name, ":"):
		why = "must not contain ':'"
	case strings.ContainsAny(name[:1], "_-+"):
		why = "must not start with '_', '-', or '+'"
	case len(name) > 255:
		why = fmt.Sprintf("name is too long, (%d > 255)", len(name))
	case name == "." || name == "..":
		why = "must not be '.' or '..'"
	case strings.ToLower(name) != name:
		why = "must be lowercase"
	case strings.HasPrefix(name, ".ds-"):
		why = "must not start with '.ds-'"
	case strings.HasPrefix(name, ".fs-"):
		why = "must not start with '.fs-'"
	default:
		return nil
	}
	return illegalArgument("data_stream [%s] %s", name, why)
}

// randomID is a random text of the alphabet A-Z a-z 0-9 _ -.
func randomID(bytes int) string {
	b := make([]byte, bytes)
	rand.Read(b) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}

// autoID is an automatic document id: 15 bytes in 20 characters.
func autoID() string { return randomID(15) }

// indexed finds a backing index by its own name.
func (s *store) indexed(name string) *backing {
	if !strings.HasPrefix(name, ".ds-") {
		return nil
	}
	for _, b := range s.all() {
		if b.name == name {
			return b
		}
	}
	return nil
}
