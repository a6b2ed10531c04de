package elk

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	// fullReasons is how many bytes of reasons are kept of one answer; of the
	// rest only shortReason of each.
	fullReasons = 1 << 20
	shortReason = 128
)

var errItemTooLarge = errors.New("elk: answer: an item is too large")

// wireItem is an item as it comes.
type wireItem struct {
	Create *struct {
		Status       int             `json:"status"`
		Error        json.RawMessage `json:"error"`
		FailureStore string          `json:"failure_store"`
		Index        string          `json:"_index"`
	} `json:"create"`
}

// itemReader reads the items of an answer to a bulk request one by one, and
// keeps of each no more than is needed.
type itemReader struct {
	decode *json.Decoder
	read   int64
	source io.Reader
	limit  int // items that are kept

	items  []item
	count  int
	reason int // bytes of reasons kept
	words  map[string]string
	index  bool // one has its index
}

// readItems returns the items of an answer, of which there should be n, and
// how many there are. More are counted and not kept.
func readItems(from io.Reader, n int) (items []item, count int, err error) {
	r := &itemReader{source: from, limit: n, words: map[string]string{}}
	r.decode = json.NewDecoder(r)
	if err := r.answer(); err != nil {
		return nil, 0, err
	}
	return r.items, r.count, nil
}

// Read is what the decoder reads from: it keeps an endless item from it.
func (r *itemReader) Read(p []byte) (int, error) {
	if r.read-r.decode.InputOffset() > maxItemBytes {
		return 0, errItemTooLarge
	}
	n, err := r.source.Read(p)
	r.read += int64(n)
	return n, err
}

func (r *itemReader) answer() error {
	if err := r.expect(json.Delim('{')); err != nil {
		return err
	}
	seen := false
	for r.decode.More() {
		key, err := r.decode.Token()
		switch {
		case err != nil:
			return err
		case key == "items" && seen:
			return errors.New("it has items twice")
		case key == "items":
			seen = true
			err = r.list()
		default:
			err = r.skip()
		}
		if err != nil {
			return err
		}
	}
	if err := r.expect(json.Delim('}')); err != nil {
		return err
	}
	if token, err := r.decode.Token(); err != io.EOF {
		return fmt.Errorf("something follows it: %v %w", token, err)
	}
	return nil
}

func (r *itemReader) expect(want json.Token) error {
	got, err := r.decode.Token()
	if err == nil && got != want {
		err = fmt.Errorf("%v where %v is expected", got, want)
	}
	return err
}

// skip reads a value without keeping it.
func (r *itemReader) skip() error {
	for depth := 0; ; {
		token, err := r.decode.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

func (r *itemReader) list() error {
	if err := r.expect(json.Delim('[')); err != nil {
		return err
	}
	for r.decode.More() {
		var wire wireItem
		if err := r.decode.Decode(&wire); err != nil {
			return err
		}
		if r.count++; wire.Create == nil || wire.Create.Status == 0 {
			return fmt.Errorf("item %d is no answer to a create", r.count)
		}
		if r.count <= r.limit {
			r.items = append(r.items, r.item(wire))
		}
	}
	return r.expect(json.Delim(']'))
}

func (r *itemReader) item(wire wireItem) item {
	it := item{status: wire.Create.Status, failureStore: r.word(wire.Create.FailureStore)}
	if len(wire.Create.Error) > 0 {
		it.cause = itemCause(wire.Create.Error)
		it.mend = it.cause.mend()
		it.cause = cause{Type: r.word(it.cause.Type), Reason: r.cut(it.cause.Reason)}
	}
	// One will do, see learn.
	if !r.index && it.verdict() == verdictDelivered && strings.HasPrefix(wire.Create.Index, ".ds-") {
		it.index, r.index = wire.Create.Index, true
	}
	return it
}

// word returns one copy of a word that comes often.
func (r *itemReader) word(w string) string {
	if known, ok := r.words[w]; ok {
		return known
	}
	if len(r.words) < 100 {
		r.words[w] = w
	}
	return w
}

func (r *itemReader) cut(reason string) string {
	if r.reason > fullReasons && len(reason) > shortReason {
		reason = strings.ToValidUTF8(strings.Clone(reason[:shortReason]), "")
	}
	r.reason += len(reason)
	return reason
}
