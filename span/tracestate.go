package span

import (
	"context"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/trace"
)

const (
	maxStateMembers = 32
	maxStatePart    = 256 // bytes of a key, and of a value
	// maxStateBytes is twice what the most and longest members need; a longer header is not read at all.
	maxStateBytes = 2 * maxStateMembers * (2*maxStatePart + 2)
)

// stateMember is one entry of a tracestate. Held: the trace.TraceState of the span context has it too.
type stateMember struct {
	key, value string
	held       bool
}

// parseTracestate reads the values of all tracestate headers as one list. It returns nil if any part of it breaks the
// grammar of level 2: the W3C's suite asks for all or nothing. Of a repeated key the first entry counts.
func parseTracestate(values []string) []stateMember {
	var members []stateMember
	total, bytes := 0, 0
	for _, value := range values {
		if bytes += len(value); bytes > maxStateBytes {
			return nil
		}
		for entry := range strings.SplitSeq(value, ",") {
			if entry = trimBlanks(entry); entry == "" {
				continue
			}
			m, ok := parseStateMember(entry)
			if total++; !ok || total > maxStateMembers {
				return nil
			}
			if !hasKey(members, m.key) {
				members = append(members, m)
			}
		}
	}
	return members
}

func hasKey(members []stateMember, key string) bool {
	return slices.ContainsFunc(members, func(m stateMember) bool { return m.key == key })
}

func parseStateMember(entry string) (m stateMember, ok bool) {
	key, value, _ := strings.Cut(entry, "=")
	return stateMember{key: key, value: value}, validStateKey(key) && validStateValue(value)
}

// validStateKey is the grammar of level 2: "@" anywhere but in front, where level 1 had tenant@system.
func validStateKey(key string) bool {
	if key == "" || len(key) > maxStatePart || !lowerOrDigit(key[0]) {
		return false
	}
	for i := 1; i < len(key); i++ {
		if !lowerOrDigit(key[i]) && strings.IndexByte("_-*/@", key[i]) < 0 {
			return false
		}
	}
	return true
}

func lowerOrDigit(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }

// validStateValue expects a value without blanks behind; those in front belong to it.
func validStateValue(value string) bool {
	if value == "" || len(value) > maxStatePart {
		return false
	}
	for i := range len(value) {
		if c := value[i]; c < ' ' || c > '~' || c == ',' || c == '=' {
			return false
		}
	}
	return true
}

// levelOneKey tells whether a key that is valid in level 2 is valid in level 1.
func levelOneKey(key string) bool {
	tenant, system, tenanted := strings.Cut(key, "@")
	if !tenanted {
		return !digit(key[0])
	}
	return len(tenant) <= 241 && system != "" && len(system) <= 14 &&
		'a' <= system[0] && system[0] <= 'z' && !strings.Contains(system, "@")
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// traceState returns what a span context can hold of members, and marks them. whole: that is all of them.
func traceState(members []stateMember) (ts trace.TraceState, whole bool) {
	if ts, err := trace.ParseTraceState(formatTracestate(members)); err == nil {
		return ts, true
	}
	var held []stateMember
	for _, m := range members {
		if levelOneKey(m.key) {
			held = append(held, m)
		}
	}
	ts, err := trace.ParseTraceState(formatTracestate(held))
	for i := range members {
		members[i].held = err == nil && levelOneKey(members[i].key)
	}
	return ts, false
}

// received is a tracestate that came in, in full. It stays in the context beside the span context, whose
// trace.TraceState holds the keys of level 1 only.
type received struct {
	traceID trace.TraceID
	members []stateMember // never changed
}

type receivedKey struct{}

// withTracestate adds to sc what it can hold of members, and keeps the whole in the context if that is not all.
func withTracestate(ctx context.Context, sc *trace.SpanContextConfig, members []stateMember) context.Context {
	ts, whole := traceState(members)
	sc.TraceState = ts
	switch {
	case !whole:
		return context.WithValue(ctx, receivedKey{}, &received{traceID: sc.TraceID, members: members})
	case ctx.Value(receivedKey{}) != nil: // it may be of an earlier caller in the same trace
		return context.WithValue(ctx, receivedKey{}, (*received)(nil))
	}
	return ctx
}

// tracestate returns what the span context in ctx sends on.
func tracestate(ctx context.Context, sc trace.SpanContext) string {
	in, _ := ctx.Value(receivedKey{}).(*received)
	if in == nil || in.traceID != sc.TraceID() {
		return sc.TraceState().String()
	}
	var now []stateMember
	sc.TraceState().Walk(func(key, value string) bool {
		now = append(now, stateMember{key: key, value: value, held: true})
		return true
	})
	return formatTracestate(in.merge(now))
}

// merge returns what came in, with what a sampler has made of the members that the span context held: the new, changed
// and moved ones in front, the deleted ones gone, the rest in its order. Beyond 32, the last ones are dropped.
func (r *received) merge(now []stateMember) []stateMember {
	n := r.added(now)
	out, kept := slices.Clone(now[:n]), now[n:]
	for _, m := range r.members {
		switch {
		case !m.held:
			out = append(out, m)
		case len(kept) > 0 && m == kept[0]:
			out, kept = append(out, m), kept[1:]
		}
	}
	return out[:min(len(out), maxStateMembers)]
}

// added returns how many members at the front of now were not there, or not in this order, when they came in. The
// specification lets changes happen at the front only, so what is old is a tail of now.
func (r *received) added(now []stateMember) int {
	j := len(r.members)
	for i := len(now); i > 0; i-- {
		for j--; j >= 0 && r.members[j] != now[i-1]; j-- {
			continue
		}
		if j < 0 {
			return i
		}
	}
	return 0
}

func formatTracestate(members []stateMember) string {
	size := 0
	for _, m := range members {
		size += len(",=") + len(m.key) + len(m.value)
	}
	var b strings.Builder
	b.Grow(size)
	for i, m := range members {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(m.key)
		b.WriteByte('=')
		b.WriteString(m.value)
	}
	return b.String()
}
