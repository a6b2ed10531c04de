package bridgetest

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// deviation is some rows that some flavours cannot keep, or keep in another form.
type deviation struct {
	flavour string // names of flavours, or the beginnings of several
	rows    []string
	want    any // what these flavours are held to instead; nil: the rows are out of their reach and do not run
	limit   limit
	reason  string // what the limit means for these rows
}

// limit is why rows deviate: a property of a library that no bridge can change. README.md has the table of them.
type limit string

const (
	textOnlyLine limit = "zerolog formats a field in the caller's own statement: a hook and a writer find text on a line, not the value, its type or its methods"
	hooksFirst   limit = "zerolog runs hooks before it adds the message and writes the line, and tells them no time"
	contextGone  limit = "zerolog's Event.Ctx replaces the logger's context before a hook can see it"
	handlersOwn  limit = "a slog.Handler does not say what it does with a record: whether it adds the source, which methods of a value it asks"
	twoOutputs   limit = "zap and slog tell two outputs nothing of each other: only a recording span knows that they have the same call, and each flushes after its own line"
)

var limits = []limit{textOnlyLine, hooksFirst, contextGone, handlersOwn, twoOutputs}

// maxDeviations is how many rows deviate, counted for each flavour, and may only become smaller.
const maxDeviations = 434

var deviations = []deviation{
	{"zerolog-wrap zerolog-console zerolog-sampled", []string{"time"}, near, hooksFirst,
		"zerolog's hooks see no time: the event has the moment of the call"},
	{"zerolog", []string{"type-duration", "type-duration-with"}, int64(1500), textOnlyLine,
		"zerolog's line holds a duration as a number of milliseconds, and nothing says that it is one"},
	{"zerolog", []string{"type-time", "type-time-with"}, "2024-02-29T12:30:45+01:00", textOnlyLine,
		"zerolog's line holds a time as text in zerolog.TimeFieldFormat"},
	{"zerolog", []string{"type-bytes", "type-bytes-with"}, "\ufffd\x00ab", textOnlyLine,
		"zerolog's line holds bytes as a string"},
	{"zerolog", []string{"exception", "exception-with", "two-errors", "exception-stack", "exception-root-in-group", "ecs-error", "ecs-error-with", "ecs-error-in-group"}, textOnly, textOnlyLine,
		"zerolog's line holds an error as its text: it has neither type nor stack"},
	{"zerolog", []string{"status"}, "_OTHER", textOnlyLine,
		"zerolog's line holds an error as its text: error.type is what the conventions have for an unknown one"},
	{"zerolog", []string{"exception-any-key"}, absent, textOnlyLine,
		"zerolog's line holds an error as its text: what stands under another key than zerolog's own is a string like any other"},
	{"zerolog", []string{"ecs-two-errors"}, "own keys", textOnlyLine,
		"zerolog's line holds an error as its text: what stands under another key than zerolog's own is a string like any other"},
	{"zerolog", []string{"exception-once-wrapped", "exception-once-below"}, again, textOnlyLine,
		"zerolog's line holds an error as its text: that one wraps another cannot be seen"},
	{"zerolog", []string{"bound-over-no-span"}, absent, contextGone,
		"Event.Ctx replaces the logger's context before a hook can see it, also by one without a span"},
	{"zerolog", []string{"panic-stringer", "panic-marshaler", "panic-error", "panic-object", "bad-nil-stringer"}, nil, textOnlyLine,
		"zerolog formats a value in the caller's own statement, before a hook or a writer runs"},
	{"zerolog", []string{"bad-nil-error"}, absent, textOnlyLine,
		"zerolog writes no field for an error that is a nil pointer"},
	{"zerolog", []string{"bad-cyclic", "bad-channel", "bad-func", "bad-complex"}, "marshaling error: ", textOnlyLine,
		"zerolog formats a value in the caller's own statement, and marks what it cannot in this way"},
	{"zerolog-wrap zerolog-console zerolog-sampled", []string{"bad-raw-json"}, nil, hooksFirst,
		"zerolog writes raw JSON unseen, and with Wrap the line is its own: to read each costs half as much as to make it (New does)"},
	{"slog-text", []string{"panic-marshaler"}, unasked, handlersOwn,
		"slog's text handler asks no MarshalJSON"},
	{"zerolog", []string{"source"}, "no function", textOnlyLine,
		"zerolog's caller is a file and a line"},
	{"zap-own-tee", []string{"fatal"}, "line span+1 export flush export flush", twoOutputs,
		"two outputs: each flushes after its own line"},
	{"zap-own-tee", []string{"panic"}, "line export flush export flush", twoOutputs,
		"two outputs: each flushes after its own line"},
	{"zerolog-own", []string{"fatal"}, "span+1 export line flush", hooksFirst,
		"zerolog's hook runs before the line is written: the span is exported first"},
	{"zerolog-own", []string{"panic"}, "export line flush", hooksFirst,
		"zerolog's hook runs before the line is written: the spans are exported first"},
	{"zerolog", []string{"fatal"}, "span+1 export line", hooksFirst,
		"as with New; and what writes the line is not ours: zerolog closes it, and Policy.Flush is not called"},
	{"zerolog", []string{"panic"}, "export line", hooksFirst,
		"as with New; and what writes the line is not ours: Policy.Flush is not called"},
	{"zerolog-wrap zerolog-console zerolog-sampled", []string{"redact-message"}, "event only", hooksFirst,
		"zerolog adds the message behind the hooks: with Wrap nothing can change it on the line"},
	{"slog-wrap slog-text slog-user", []string{"source"}, absent, handlersOwn,
		"a slog.Handler does not say whether it adds the source, so a wrapper leaves it to it"},
	{"zap-own-tee", []string{"record-severity"}, 2, twoOutputs,
		"at Fatal the first core ends the span, so that the second cannot tell that it has the same call: both make a record"},
	{"slog-multi zap-own-tee", []string{"record-without-span"}, 2, twoOutputs,
		"without a span nothing tells that two outputs had the same call: each makes a record"},
}

// exclusion is some rows that say nothing about a flavour.
type exclusion struct {
	flavour string // names of flavours, or the beginnings of several
	rows    []string
	reason  string
}

// maxNotRun is how many rows are not run, counted for each flavour, and may only become smaller.
const maxNotRun = 2

var exclusions = []exclusion{
	{"slog-text", []string{"invalid-utf8"},
		"slog's text handler writes a byte that is not UTF-8 as \\xff in quotation marks"},
}

// notRun is the reason why a flavour does not run a row, "" if it does.
func notRun(fl flavour, row string) string {
	for _, e := range exclusions {
		if named(fl.name, e.flavour) && slices.Contains(e.rows, row) {
			return e.reason
		}
	}
	return ""
}

func deviationOf(fl flavour, row string) *deviation {
	for i, d := range deviations {
		if named(fl.name, d.flavour) && slices.Contains(d.rows, row) {
			return &deviations[i]
		}
	}
	return nil
}

// deviates returns the deviation of a row that the flavour runs, or would if it could; nil if there is none.
func deviates(fl flavour, r row) *deviation {
	if !r.concerns(fl) || notRun(fl, r.name) != "" {
		return nil
	}
	return deviationOf(fl, r.name)
}

// TestDeviations prints the tables, by the limits that explain them, and fails when one grows, in rows or in flavours, or
// when an entry has lost its row.
func TestDeviations(t *testing.T) {
	counts := map[limit]int{}
	total, left := 0, 0
	for _, fl := range flavours() {
		for _, r := range rows() {
			if d := deviates(fl, r); d != nil {
				total++
				counts[d.limit]++
			}
			if r.concerns(fl) && notRun(fl, r.name) != "" {
				left++
			}
		}
	}
	for _, l := range limits {
		t.Logf("%d of %d: %s", counts[l], total, l)
		delete(counts, l)
		for _, d := range deviations {
			for _, name := range d.rows {
				if d.limit == l {
					t.Logf("    %-26s %-13s %s", name, d.flavour, d.reason)
					wantConcerned(t, d.flavour, name)
				}
			}
		}
	}
	for l, n := range counts {
		t.Errorf("%d deviations have a limit that is not in the table: %q", n, l)
	}
	for _, e := range exclusions {
		for _, name := range e.rows {
			t.Logf("not run: %-26s %-13s %s", name, e.flavour, e.reason)
			wantConcerned(t, e.flavour, name)
		}
	}
	if left > maxNotRun {
		t.Errorf("got %d rows of a flavour that are not run, want at most %d", left, maxNotRun)
	}
	if total > maxDeviations {
		t.Errorf("got %d deviations of a flavour, want at most %d: the bridge is to be mended, not the table", total, maxDeviations)
	}
}

// TestDeviationsInReadme holds the table of limits in README.md: each with its rows, and how many rows of a flavour it is.
func TestDeviationsInReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range limits {
		var names []string
		n := 0
		for _, d := range deviations {
			if d.limit == l {
				names = append(names, d.rows...)
			}
		}
		for _, fl := range flavours() {
			for _, r := range rows() {
				if d := deviates(fl, r); d != nil && d.limit == l {
					n++
				}
			}
		}
		slices.Sort(names)
		names = slices.Compact(names)
		want := fmt.Sprintf("| %s | %d | %d: `%s` |\n", l, n, len(names), strings.Join(names, "`, `"))
		if !strings.Contains(string(readme), want) {
			t.Errorf("README.md lacks this row of the table of limits:\n%s", want)
		}
	}
}

// wantConcerned fails when no flavour of that name is asked for a row of that name.
func wantConcerned(t *testing.T, flavour, name string) {
	t.Helper()
	for _, fl := range flavours() {
		for _, r := range rows() {
			if named(fl.name, flavour) && r.name == name && r.concerns(fl) {
				return
			}
		}
	}
	t.Errorf("%s %s: no such row in no such flavour", flavour, name)
}

// named reports whether one of the words in the table is the name of the flavour, or its beginning.
func named(flavour, words string) bool {
	return slices.ContainsFunc(strings.Fields(words), func(word string) bool { return strings.HasPrefix(flavour, word) })
}
