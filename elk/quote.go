package elk

import "strings"

// String says what the error is, without what the server quotes of a document.
func (c cause) String() string { return c.Type + ": " + unquoted(c.Reason) }

// quotes are what servers write before a piece of a document, or all of it.
var quotes = [...]string{
	"source[", // unavailable_shards_exception
	"Preview of field's value",
	"[Source: ", // of a JSON parser
	"Unrecognized token '",
	"Numeric value (",
	"For input string: ",
	"failed to parse date field [",
	"The prefix of the first immense term is",
}

// unquoted cuts a reason where the server begins to quote.
func unquoted(reason string) string {
	end := len(reason)
	for _, quote := range quotes {
		if i := strings.Index(reason[:end], quote); i >= 0 {
			end = i
		}
	}
	if end == len(reason) {
		return reason
	}
	return strings.TrimRight(reason[:end], " ") + " …"
}
