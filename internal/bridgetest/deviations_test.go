package bridgetest

import (
	"slices"
	"strings"
	"testing"
)

// deviation is some rows that some flavours cannot keep, or keep in another form.
type deviation struct {
	flavour string // a flavour's name, or the beginning of several
	rows    []string
	want    any // what these flavours are held to instead; nil: the rows are out of their reach and do not run
	reason  string
}

// maxDeviations is the number of rows in the table, and may only become smaller.
const maxDeviations = 24

var deviations = []deviation{
	{"zerolog", []string{"time"}, near,
		"zerolog's hooks see no time: the event has the moment of the call"},
	{"zerolog", []string{"type-duration", "type-duration-with"}, int64(1500),
		"zerolog's line holds a duration as a number of milliseconds, and nothing says that it is one"},
	{"zerolog", []string{"type-time", "type-time-with"}, "2024-02-29T12:30:45+01:00",
		"zerolog's line holds a time as text in zerolog.TimeFieldFormat"},
	{"zerolog", []string{"type-bytes", "type-bytes-with"}, "\ufffd\x00ab",
		"zerolog's line holds bytes as a string"},
	{"zerolog", []string{"exception", "exception-with", "two-errors", "exception-stack", "ecs-error", "ecs-error-with"}, textOnly,
		"zerolog's line holds an error as its text: it has neither type nor stack"},
	{"zerolog", []string{"status"}, "_OTHER",
		"zerolog's line holds an error as its text: error.type is what the conventions have for an unknown one"},
	{"zerolog", []string{"exception-any-key", "exception-root-in-group"}, absent,
		"zerolog's line holds an error as its text: what stands under another key than zerolog's own, or in a dict, is a string like any other"},
	{"zerolog", []string{"ecs-two-errors"}, "own keys",
		"zerolog's line holds an error as its text: what stands under another key than zerolog's own is a string like any other"},
	{"zerolog", []string{"exception-once-wrapped", "exception-once-below"}, again,
		"zerolog's line holds an error as its text: that one wraps another cannot be seen"},
	{"zerolog", []string{"bound-over-no-span"}, absent,
		"Event.Ctx replaces the logger's context before a hook can see it, also by one without a span"},
	{"zerolog", []string{"panic-stringer", "panic-marshaler", "panic-error", "panic-object"}, nil,
		"zerolog formats a value in the caller's own statement, before a hook or a writer runs"},
}

func deviationOf(fl flavour, row string) *deviation {
	for i, d := range deviations {
		if strings.HasPrefix(fl.name, d.flavour) && slices.Contains(d.rows, row) {
			return &deviations[i]
		}
	}
	return nil
}

// TestDeviations prints the table, and fails when it grows or when an entry has lost its row.
func TestDeviations(t *testing.T) {
	total := 0
	for _, d := range deviations {
		for _, name := range d.rows {
			t.Logf("%-13s %-26s %s", d.flavour, name, d.reason)
			if !concerned(d.flavour, name) {
				t.Errorf("%s %s: no such row in no such flavour", d.flavour, name)
			}
			total++
		}
	}
	if total > maxDeviations {
		t.Errorf("got %d deviations, want at most %d: the bridge is to be mended, not the table", total, maxDeviations)
	}
}

// concerned reports whether a flavour of that name is asked for a row of that name.
func concerned(flavour, name string) bool {
	for _, fl := range flavours() {
		for _, r := range rows() {
			if strings.HasPrefix(fl.name, flavour) && r.name == name && r.concerns(fl) {
				return true
			}
		}
	}
	return false
}
