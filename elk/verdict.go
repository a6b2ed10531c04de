package elk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter bounds how long a server may make the shipper wait.
const maxRetryAfter = 5 * time.Minute

// productCheck is how go-elasticsearch reports a server that does not call
// itself Elasticsearch. It does so after the request, so the documents may
// be stored, and would do so again for every repeat.
const productCheck = "the client noticed that the server is not Elasticsearch"

// indexNotFound is Elasticsearch's word for an index that is not there.
const indexNotFound = "index_not_found_exception"

// reply is what came back for one request.
type reply struct {
	status int
	header http.Header
	body   []byte
	list   *itemList // what a long answer said, instead of body
	err    error     // no whole answer: connection, time, encoding
	sent   bool      // the server may have seen the request
	denied bool      // for want of credentials it was not made
	// reading says that the client may still read the request's body.
	reading bool
	// authorization is what Config.Credentials had given for it.
	authorization string
}

// itemList is what was read of an answer to a bulk request.
type itemList struct {
	items []item
	count int // of those that came, of which no more than expected are kept
	err   error
}

// fate says what to do with a request as a whole.
type fate int

const (
	kept       fate = iota // no verdict: everything is sent again
	answered               // a verdict for each document
	refused                // for what one of its documents is: halve it
	unknowable             // the client hides what became of the documents
	again                  // for the request's own form, which is mended
)

// outcome is the meaning of a reply.
type outcome struct {
	fate   fate
	items  []item        // answered: one per document, in order
	whole  item          // where one word holds for every document: items is nil
	after  time.Duration // kept: not before
	reason string        // kept: the alarm's reason
	detail string        // for people
	denied bool          // kept: the credentials may be wrong
	// unknown: kept, but the documents may have been stored.
	unknown       bool
	blameless     bool   // kept: not for what the documents are
	authorization string // of the request
	complaint     string // kept: about parameters
	news          []news
}

// item returns the word on the document at i.
func (o outcome) item(i int) item {
	if o.items == nil {
		return o.whole
	}
	return o.items[i]
}

// allDelivered reports whether one word holds for all documents, and is that
// they are stored.
func (o outcome) allDelivered() bool {
	return o.fate == answered && o.items == nil && o.whole.verdict() == verdictDelivered
}

// item is the server's word on one document.
type item struct {
	status       int
	cause        cause
	failureStore string
	index        string // where asked for
	mend         flaw   // for which it was refused, where it can be mended
}

// cause is an Elasticsearch error.
type cause struct {
	Type   string `json:"type"`
	Reason string `json:"reason"`
	Inner  *cause `json:"caused_by"`
}

// mend is what the document was refused for, where that can be mended;
// OpenSearch says so in an inner error.
func (c *cause) mend() flaw {
	for ; c != nil; c = c.Inner {
		switch {
		case strings.Contains(c.Reason, "Duplicate field"), strings.Contains(c.Reason, "Duplicate Object property"):
			return flawDuplicateKey
		case strings.Contains(c.Reason, "failed to parse field [") && strings.Contains(c.Reason, "of type [long]"):
			return flawBigNumber // if there is one
		}
	}
	return flawNone
}

// verdict says what becomes of one document.
type verdict int

const (
	verdictRetry verdict = iota
	verdictDelivered
	verdictDiverted
	verdictDuplicate
	verdictDead
)

// verdict follows the status, but for what can be mended at the server while
// the document waits.
func (i item) verdict() verdict {
	switch {
	case (i.status == http.StatusOK || i.status == http.StatusCreated) && i.failureStore == "used":
		return verdictDiverted
	case i.status == http.StatusOK || i.status == http.StatusCreated:
		return verdictDelivered
	case i.status == http.StatusConflict:
		return verdictDuplicate
	case i.unavailable(),
		i.status == http.StatusTooManyRequests,
		i.status == http.StatusRequestTimeout,
		i.status < 400 || i.status >= 500:
		return verdictRetry
	}
	return verdictDead
}

// unavailable reports whether the server takes nothing of the document's kind
// until somebody mends something.
func (i item) unavailable() bool {
	switch i.status {
	case http.StatusForbidden:
		return true
	case http.StatusNotFound:
		return i.cause.Type == indexNotFound
	case http.StatusBadRequest:
		return i.cause.mendable()
	}
	return false
}

// mendable reports whether a 400 is for what the server lacks, and not for
// what the document says: its index is closed, a new one would be a shard too
// many, or the pipeline that the index names is not there.
func (c cause) mendable() bool {
	switch c.Type {
	case "index_closed_exception":
		return true
	case "validation_exception":
		return strings.Contains(c.Reason, "this action would add [")
	case "illegal_argument_exception":
		return strings.HasPrefix(c.Reason, "pipeline with id [")
	}
	return false
}

// ambiguous reports whether a document that has to wait may be stored: the
// server failed while it was at work on it.
func (i item) ambiguous() bool { return i.status >= 500 || i.status == http.StatusRequestTimeout }

// judge finds the meaning of the reply to a request with n documents. It
// believes nothing that it does not understand.
func judge(r reply, n int) outcome {
	switch {
	case r.err != nil && strings.Contains(r.err.Error(), productCheck):
		return outcome{fate: unknowable, whole: item{cause: cause{Type: reasonProduct, Reason: r.err.Error()}}}
	case r.denied:
		return outcome{reason: alarmUnauthorized, detail: r.err.Error(), denied: true}
	case r.err != nil && !decided(r.status):
		return outcome{reason: alarmUnreachable, detail: r.err.Error(), unknown: r.sent}
	case r.status == http.StatusOK:
		return judgeAnswer(r, n)
	case r.status == http.StatusRequestEntityTooLarge:
		return refusal(r.status, cause{Type: "request_entity_too_large", Reason: "larger than the server accepts"})
	case r.status == http.StatusBadRequest:
		return judgeBadRequest(r)
	case r.status == http.StatusUnauthorized, r.status == http.StatusForbidden:
		return outcome{reason: alarmUnauthorized, detail: describe(r), denied: true}
	case r.status == http.StatusTooManyRequests:
		return outcome{reason: alarmBusy, detail: describe(r), after: retryAfter(r.header, time.Now())}
	case r.status >= 300 && r.status < 400:
		return outcome{reason: alarmUnexpected, detail: describe(r) + ": a redirect" + toHost(r.header) + ", which is not followed"}
	}
	return outcome{reason: alarmUnexpected, detail: describe(r), after: retryAfter(r.header, time.Now()), unknown: ambiguous(r)}
}

// decided reports whether a status says enough without the body of the
// answer, which could not be read.
func decided(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestEntityTooLarge, http.StatusTooManyRequests:
		return true
	}
	return false
}

// ambiguous reports whether a status says nothing of whether the documents
// are stored: a proxy lost the answer, or the server failed in the middle. A
// 503 is one only where it is not Elasticsearch's own, which then did nothing:
// some proxies answer it to a connection that broke after the request.
func ambiguous(r reply) bool {
	switch r.status {
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
		return true
	case http.StatusServiceUnavailable:
		return requestCause(r.body).Type == ""
	}
	return r.status < 300
}

// toHost names the host of a redirect, and nothing else that may be in it.
func toHost(h http.Header) string {
	u, err := url.Parse(h.Get("Location"))
	if err != nil || u.Host == "" {
		return ""
	}
	return " to " + u.Host
}

// judgeBadRequest tells a document that spoils its request from a request
// that no document could mend: what is not Elasticsearch's own error, and
// what it says of parameters.
func judgeBadRequest(r reply) outcome {
	c := requestCause(r.body)
	out := outcome{reason: alarmUnexpected, detail: describe(r), after: retryAfter(r.header, time.Now())}
	switch {
	case c.Type == "":
		return out
	case strings.Contains(c.Reason, "unrecognized parameter"):
		out.complaint = c.Reason
		return out
	}
	return refusal(r.status, c)
}

func refusal(status int, c cause) outcome {
	return outcome{fate: refused, whole: item{status: status, cause: c}}
}

// requestCause reads {"error":{"type":…,"reason":…}}.
func requestCause(body []byte) cause {
	var answer struct {
		Error cause `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return cause{}
	}
	return answer.Error
}

func describe(r reply) string {
	c := requestCause(r.body)
	if c.Type == "" {
		return fmt.Sprintf("status %d", r.status)
	}
	return fmt.Sprintf("status %d: %s", r.status, c)
}

// retryAfter reads both forms of the header, seconds and a date
// (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after).
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	var wait time.Duration
	if seconds, err := strconv.Atoi(text); err == nil {
		wait = time.Duration(min(seconds, int(maxRetryAfter/time.Second))) * time.Second
	} else if date, err := http.ParseTime(text); err == nil {
		wait = date.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}

// judgeAnswer reads the items of a 200. The answer's own "errors" is not
// asked: each item says for itself.
func judgeAnswer(r reply, n int) outcome {
	if allCreated(r.body, n) {
		return outcome{fate: answered, whole: item{status: http.StatusCreated}}
	}
	list := r.list
	if list == nil {
		list = &itemList{}
		list.items, list.count, list.err = readItems(bytes.NewReader(r.body), n)
	}
	if list.err != nil {
		return outcome{reason: alarmUnbelieved, unknown: true, detail: "the answer is not that of a bulk request: " + list.err.Error()}
	}
	if list.count != n {
		return outcome{reason: alarmUnbelieved, unknown: true, detail: fmt.Sprintf("the answer has %d items for %d documents", list.count, n)}
	}
	return outcome{fate: answered, items: list.items}
}

const (
	createdItem = `{"create":{"status":201}}`
	headBytes   = 64
)

// usualAnswer is how long an answer to n documents may be that were all
// created.
func usualAnswer(n int) int { return headBytes + n*(len(createdItem)+1) + 1 }

// allCreated reports whether body is, byte for byte, the usual answer to n
// documents that were all created. It spares the good case the parsing of
// JSON, and leaves all else to parseItems.
func allCreated(body []byte, n int) bool {
	const created = createdItem
	_, list, ok := bytes.Cut(body, []byte(`"items":[`))
	head := body[:max(0, len(body)-len(list))]
	if !ok || !bytes.HasPrefix(head, []byte(`{"errors":false,"took":`)) && !bytes.HasPrefix(head, []byte(`{"took":`)) {
		return false
	}
	if len(list) != n*(len(created)+1)+1 || len(head) > headBytes || !json.Valid(append(head[:len(head):len(head)], "]}"...)) {
		return false
	}
	for i := range n {
		at := i * (len(created) + 1)
		if string(list[at:at+len(created)]) != created {
			return false
		}
		if sep := list[at+len(created)]; i < n-1 && sep != ',' || i == n-1 && sep != ']' {
			return false
		}
	}
	return list[len(list)-1] == '}'
}

// itemCause reads an item's error, which some proxies make a plain string.
func itemCause(raw json.RawMessage) cause {
	var c cause
	if len(raw) > 0 && json.Unmarshal(raw, &c) != nil {
		_ = json.Unmarshal(raw, &c.Reason)
	}
	return c
}
