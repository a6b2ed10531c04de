package elk

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"

	"github.com/klauspost/compress/gzip"
)

const (
	// maxAnswerBytes is far above any answer to a batch of the default size;
	// what is longer is not believed.
	maxAnswerBytes = 128 << 20

	// maxTextBytes is how much is kept of a string in an answer, which may
	// quote a document.
	maxTextBytes = 1 << 10

	// maxItemBytes is how long one item of an answer may be once its strings
	// are cut, and an answer without items.
	maxItemBytes = 1 << 20
)

// answerReader reads an answer: unpacked, also where the client or a proxy
// left it compressed, and not beyond a limit.
type answerReader struct {
	from *bufio.Reader
	left int
	err  error // of reading, once there was one that is not the end
}

func openAnswer(header http.Header, body io.Reader) (*answerReader, error) {
	packed := bufio.NewReaderSize(body, 16<<10)
	if magic, _ := packed.Peek(2); header.Get("Content-Encoding") != "gzip" && !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return &answerReader{from: packed, left: maxAnswerBytes}, nil
	}
	if _, err := packed.Peek(1); err == io.EOF {
		return &answerReader{from: packed}, nil // empty, whatever the header says
	}
	unpack, err := gzip.NewReader(packed)
	if err != nil {
		return nil, fmt.Errorf("elk: answer: %w", err)
	}
	return &answerReader{from: bufio.NewReaderSize(unpack, 16<<10), left: maxAnswerBytes}, nil
}

func (a *answerReader) Read(p []byte) (int, error) {
	if a.err != nil {
		return 0, a.err
	}
	n, err := a.from.Read(p)
	if a.left -= n; a.left < 0 {
		err = fmt.Errorf("more than %d bytes", maxAnswerBytes)
	}
	if err != nil && err != io.EOF {
		a.err = fmt.Errorf("elk: answer: %w", err)
		err = a.err
	}
	return n, err
}

// cutReader reads JSON with its long strings cut.
type cutReader struct {
	from io.Reader
	cutter
}

func (c *cutReader) Read(p []byte) (int, error) {
	for {
		n, err := c.from.Read(p)
		if kept := c.cut(p[:n]); kept > 0 || err != nil || len(p) == 0 {
			return kept, err
		}
	}
}

// cutter cuts the strings of a JSON text that goes by, between two
// characters as they are written, so that what was valid stays so.
type cutter struct {
	inside bool // of a string
	kept   int  // bytes of it
	escape int  // bytes of an escape that are still to come
}

// cut moves what is kept to the front and returns its length.
func (c *cutter) cut(p []byte) (kept int) {
	for _, b := range p {
		if c.keeps(b) {
			p[kept] = b
			kept++
		}
	}
	return kept
}

func (c *cutter) keeps(b byte) bool {
	switch {
	case !c.inside:
		c.inside, c.kept = b == '"', 0
		return true
	case c.escape > 0:
		if c.escape--; c.escape == 0 && b == 'u' && c.kept >= 0 {
			c.escape = 4
		}
	case b == '"':
		c.inside = false
		return true
	default:
		if c.kept >= maxTextBytes {
			c.kept = -1
		}
		if b == '\\' {
			c.escape = 1
		}
	}
	if c.kept < 0 {
		return false
	}
	c.kept++
	return true
}

// readWhole replaces what is in dst with an answer that is not long.
func readWhole(dst *bytes.Buffer, from io.Reader) error {
	dst.Reset()
	n, err := dst.ReadFrom(io.LimitReader(&cutReader{from: from}, maxItemBytes+1))
	if err == nil && n > maxItemBytes {
		err = fmt.Errorf("elk: answer: more than %d bytes", maxItemBytes)
	}
	return err
}
