package setup

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode"

	"github.com/spanlog/spanlog/internal/spanstate"
)

// ErrSetting is wrapped by each error that [New] and [Run] join: a variable
// or an option that cannot be used as it stands. The SDK works without it.
var ErrSetting = errors.New("setup: wrong setting")

// settings reads the environment for one SDK and collects what is wrong in it.
type settings struct {
	strict   bool // nothing happens instead
	problems []error
}

// get returns the value of a variable without white space around it; one that
// is empty counts as not set, as the specification wants it.
func (e *settings) get(name string) string {
	return strings.TrimSpace(os.Getenv(name))
}

// list returns the members of a list, in lower case, each once and none empty.
func list(values ...string) []string {
	var members []string
	seen := map[string]bool{"": true}
	for _, value := range values {
		for member := range strings.SplitSeq(value, ",") {
			member = strings.ToLower(strings.TrimSpace(member))
			if !seen[member] {
				seen[member] = true
				members = append(members, member)
			}
		}
	}
	return members
}

// wrong notes that value cannot be used: the reason, and what happens instead.
func (e *settings) wrong(name, value, reason, instead string) {
	e.problems = append(e.problems,
		fmt.Errorf("%w: %s=%.100q: %s%s", ErrSetting, name, value, readable{errors.New(reason)}, e.instead(instead)))
}

// failed is wrong for what has an error of its own and no value to show.
func (e *settings) failed(name string, err error, instead string) {
	e.problems = append(e.problems, fmt.Errorf("%w: %s: %w%s", ErrSetting, name, readable{err}, e.instead(instead)))
}

func (e *settings) instead(text string) string {
	if e.strict {
		return ""
	}
	return "; " + text
}

// readable is an error whose text may hold what stands in a variable: a file
// name of any length, line feeds.
type readable struct{ error }

const maxReason = 300 // bytes

func (r readable) Error() string {
	text := strings.Map(func(c rune) rune {
		if unicode.IsPrint(c) {
			return c
		}
		return ' '
	}, r.error.Error())
	return spanstate.Cut(text, maxReason)
}

func (r readable) Unwrap() error { return r.error }

func (e *settings) err() error {
	return errors.Join(e.problems...)
}

// disabled reports whether OTEL_SDK_DISABLED is "true" in any letter case,
// which is the only value that disables.
func (e *settings) disabled() bool {
	const name = "OTEL_SDK_DISABLED"
	value := e.get(name)
	switch strings.ToLower(value) {
	case "true":
		return true
	case "", "false":
	default:
		e.wrong(name, value, `is neither "true" nor "false"`, "the SDK stays enabled")
	}
	return false
}

// silent reports whether OTEL_LOG_LEVEL keeps warnings away, the only lines
// that the SDK writes. The specification names no values; these are those of
// the SDKs that read it.
func (e *settings) silent() bool {
	const name = "OTEL_LOG_LEVEL"
	value := e.get(name)
	switch strings.ToLower(value) {
	case "none", "error":
		return true
	case "", "warn", "info", "debug", "all":
	default:
		e.wrong(name, value, "is not none, error, warn, info, debug or all", "info is used")
	}
	return false
}
