package span

import (
	"slices"
	"strings"

	"go.opentelemetry.io/otel/propagation"
)

// Environ is a carrier over environment variables in the form of os.Environ and of the Env of an exec.Cmd, by
// OpenTelemetry's specification of environment variables as carriers: traceparent is TRACEPARENT, tracestate is
// TRACESTATE, baggage is BAGGAGE. A program reads what it was started with:
//
//	env := span.Environ(os.Environ())
//	ctx = span.Propagator().Extract(ctx, &env)
//
// and hands its own context to a program that it starts. It changes the copy, never the environment of the process:
//
//	env := span.Environ(os.Environ())
//	span.Propagator().Inject(ctx, &env)
//	cmd.Env = env
//
// Names are compared letter by letter, on Windows too. Other users of the machine may see the variables of a process:
// no secrets into baggage. A nil *Environ is empty, and Set on it does nothing. Not safe for concurrent use.
type Environ []string

var _ propagation.TextMapCarrier = (*Environ)(nil)

// Get returns the value of the variable for key, the last one as in an exec.Cmd, or "".
func (e *Environ) Get(key string) string {
	if e == nil {
		return ""
	}
	prefix := variable(key) + "="
	for _, line := range slices.Backward(*e) {
		if value, ok := strings.CutPrefix(line, prefix); ok {
			return value
		}
	}
	return ""
}

// Set sets the variable for key in a new list: the one that e was made from keeps its elements.
func (e *Environ) Set(key, value string) {
	if e == nil {
		return
	}
	e.Delete(key)
	*e = append(*e, variable(key)+"="+value)
}

// Delete removes the variable for key, in a new list.
func (e *Environ) Delete(key string) {
	if e == nil {
		return
	}
	prefix := variable(key) + "="
	*e = slices.DeleteFunc(slices.Clone(*e), func(line string) bool { return strings.HasPrefix(line, prefix) })
}

// Keys returns the names of the variables that can be a carrier's: those of capitals, digits and underscores.
func (e *Environ) Keys() []string {
	if e == nil {
		return nil
	}
	var names []string
	for _, line := range *e {
		if name, _, ok := strings.Cut(line, "="); ok && name != "" && name == variable(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// variable returns the name of the variable for key: capitals, digits and underscores, no digit in front.
func variable(key string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
			return r
		}
		return '_'
	}, key)
	if name == "" || digit(name[0]) {
		return "_" + name
	}
	return name
}
