package span_test

import (
	"fmt"
	"strings"
)

// The W3C's validation suite for Trace Context (github.com/w3c/trace-context, test/test.py at acab820), SPEC_LEVEL 2 and
// STRICT_LEVEL 2, as a table: the name of each test, the requests that it makes, and what must come of them.

const (
	w3cTraceID  = "12345678901234567890123456789012"
	w3cParentID = "1234567890123456"
)

type w3cCase struct {
	name      string
	exchanges []exchange
	calls     int // outgoing requests to each that comes in; 0: one
}

// exchange is one request: its headers, name and value untrimmed, and what its outgoing requests are to show.
type exchange struct {
	headers [][2]string
	want    []expect
}

// expect returns what is wrong with an outgoing request, or "".
type expect func(outgoing) string

// send makes an exchange of lines "name:value". T and P in braces are the ids; "01", "00" and "02" alone stand for a
// traceparent with these flags.
func send(want expect, lines ...string) exchange {
	e := exchange{want: []expect{want}}
	for _, line := range lines {
		if len(line) == 2 {
			line = "traceparent:00-{T}-{P}-" + line
		}
		line = strings.NewReplacer("{T}", w3cTraceID, "{P}", w3cParentID).Replace(line)
		name, value, _ := strings.Cut(line, ":")
		e.headers = append(e.headers, [2]string{name, value})
	}
	return e
}

// each sends several requests of one header each, with the same expectation.
func each(want expect, lines ...string) []exchange {
	var exchanges []exchange
	for _, line := range lines {
		exchanges = append(exchanges, send(want, line))
	}
	return exchanges
}

// states sends several requests with flags 00 and one tracestate each.
func states(want expect, values ...string) []exchange {
	var exchanges []exchange
	for _, value := range values {
		exchanges = append(exchanges, send(want, "00", "tracestate:"+value))
	}
	return exchanges
}

func all(wants ...expect) expect {
	return func(o outgoing) string {
		var wrong []string
		for _, want := range wants {
			if text := want(o); text != "" {
				wrong = append(wrong, text)
			}
		}
		return strings.Join(wrong, "; ")
	}
}

func anything(outgoing) string { return "" }

func same(o outgoing) string {
	if o.traceID != w3cTraceID {
		return "another trace id: " + o.traceID
	}
	return ownParent(o)
}

func ownParent(o outgoing) string {
	if o.spanID == w3cParentID {
		return "the parent id is the caller's"
	}
	return ""
}

// fresh wants a trace id other than T and than ids.
func fresh(ids ...string) expect {
	return func(o outgoing) string {
		for _, id := range append(ids, w3cTraceID) {
			if o.traceID == id {
				return "trace id is still " + id
			}
		}
		return ""
	}
}

func random(o outgoing) string {
	if o.flags&2 == 0 {
		return fmt.Sprintf("flags %02x lack random", o.flags)
	}
	return ""
}

// state wants exactly these members in this order.
func state(members ...string) expect {
	return func(o outgoing) string {
		if got, want := strings.Join(o.state, ","), strings.Join(members, ","); got != want {
			return fmt.Sprintf("tracestate %q, want %q", got, want)
		}
		return ""
	}
}

// oneOf wants one of several tracestates.
func oneOf(values ...string) expect {
	return func(o outgoing) string {
		for _, value := range values {
			if strings.Join(o.state, ",") == value {
				return ""
			}
		}
		return fmt.Sprintf("tracestate %q, want one of %q", o.state, values)
	}
}

// numbered returns bar01=01 and so on, n of them, ten to a header.
func numbered(n int) (members, headers []string) {
	headers = []string{"00"}
	for i := range n {
		member := fmt.Sprintf("bar%02d=%02d", i+1, i+1)
		if members = append(members, member); i%10 == 0 {
			headers = append(headers, "tracestate:"+member)
		} else {
			headers[len(headers)-1] += "," + member
		}
	}
	return members, headers
}

// printable returns the characters of a value from first on.
func printable(first byte) string {
	var b strings.Builder
	for c := first; c <= '~'; c++ {
		if c != ',' && c != '=' {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func w3cCases() []w3cCase {
	return append(traceparentCases(), append(tracestateCases(), requestCases()...)...)
}

func traceparentCases() []w3cCase {
	return []w3cCase{
		{name: "both_traceparent_and_tracestate_missing", exchanges: []exchange{send(anything)}},
		{name: "traceparent_included_tracestate_missing", exchanges: []exchange{send(same, "01")}},
		{name: "traceparent_duplicated", exchanges: []exchange{
			send(fresh("12345678901234567890123456789011"), "traceparent:00-12345678901234567890123456789011-{P}-01", "01"),
		}},
		{name: "traceparent_header_name", exchanges: each(fresh(), "trace-parent:00-{T}-{P}-01", "trace.parent:00-{T}-{P}-01")},
		{name: "traceparent_header_name_valid_casing", exchanges: each(same,
			"TraceParent:00-{T}-{P}-01", "TrAcEpArEnT:00-{T}-{P}-01", "TRACEPARENT:00-{T}-{P}-01")},
		{name: "traceparent_version_0x00", exchanges: each(fresh(),
			"traceparent:00-{T}-{P}-01.", "traceparent:00-{T}-{P}-01-what-the-future-will-be-like")},
		{name: "traceparent_version_0xcc", exchanges: append(
			each(same, "traceparent:cc-{T}-{P}-01", "traceparent:cc-{T}-{P}-01-what-the-future-will-be-like"),
			send(fresh(), "traceparent:cc-{T}-{P}-01.what-the-future-will-be-like"))},
		{name: "traceparent_version_0xff", exchanges: each(fresh(), "traceparent:ff-{T}-{P}-01")},
		{name: "traceparent_version_illegal_characters", exchanges: each(fresh(),
			"traceparent:.0-{T}-{P}-01", "traceparent:0.-{T}-{P}-01")},
		{name: "traceparent_version_too_long", exchanges: each(fresh(),
			"traceparent:000-{T}-{P}-01", "traceparent:0000-{T}-{P}-01")},
		{name: "traceparent_version_too_short", exchanges: each(fresh(), "traceparent:0-{T}-{P}-01")},
		{name: "traceparent_trace_id_all_zero", exchanges: each(fresh(),
			"traceparent:00-00000000000000000000000000000000-{P}-01")},
		{name: "traceparent_trace_id_illegal_characters", exchanges: each(fresh(),
			"traceparent:00-.2345678901234567890123456789012-{P}-01", "traceparent:00-1234567890123456789012345678901.-{P}-01")},
		{name: "traceparent_trace_id_too_long", exchanges: each(fresh("23456789012345678901234567890123"),
			"traceparent:00-123456789012345678901234567890123-{P}-01")},
		{name: "traceparent_trace_id_too_short", exchanges: each(fresh(),
			"traceparent:00-1234567890123456789012345678901-{P}-01")},
		{name: "traceparent_parent_id_all_zero", exchanges: each(fresh(), "traceparent:00-{T}-0000000000000000-01")},
		{name: "traceparent_parent_id_illegal_characters", exchanges: each(fresh(),
			"traceparent:00-{T}-.234567890123456-01", "traceparent:00-{T}-123456789012345.-01")},
		{name: "traceparent_parent_id_too_long", exchanges: each(fresh(), "traceparent:00-{T}-12345678901234567-01")},
		{name: "traceparent_parent_id_too_short", exchanges: each(fresh(), "traceparent:00-{T}-123456789012345-01")},
		{name: "traceparent_trace_flags_illegal_characters", exchanges: each(fresh(),
			"traceparent:00-{T}-{P}-.0", "traceparent:00-{T}-{P}-0.")},
		{name: "traceparent_trace_flags_too_long", exchanges: each(fresh(), "traceparent:00-{T}-{P}-001")},
		{name: "traceparent_trace_flags_too_short", exchanges: each(fresh(), "traceparent:00-{T}-{P}-1")},
		{name: "traceparent_ows_handling", exchanges: each(same,
			"traceparent: 00-{T}-{P}-01", "traceparent:\t00-{T}-{P}-01", "traceparent:00-{T}-{P}-01 ",
			"traceparent:00-{T}-{P}-01\t", "traceparent:\t 00-{T}-{P}-01 \t")},
	}
}

func tracestateCases() []w3cCase {
	foo := all(same, state("foo=1"))
	fooBar := all(same, state("foo=1", "bar=2"))
	fooBarBaz := all(same, state("foo=1", "bar=2", "baz=3"))
	key, value := "abcdefghijklmnopqrstuvwxyz0123456789_-*/", printable(' ')
	members, headers := numbered(32)
	_, tooMany := numbered(33)
	z, t, v := strings.Repeat("z", 257), strings.Repeat("t", 242), strings.Repeat("v", 15)
	long := func(key string) exchange {
		return send(all(same, state("foo=1", key+"=1")), "00", "tracestate:foo=1", "tracestate:"+key+"=1")
	}
	return []w3cCase{
		{name: "tracestate_included_traceparent_missing", exchanges: each(state(), "tracestate:foo=1", "tracestate:foo=1,bar=2")},
		{name: "tracestate_included_traceparent_included", exchanges: states(fooBar, "foo=1,bar=2")},
		{name: "tracestate_header_name", exchanges: []exchange{
			send(state(), "00", "trace-state:foo=1"), send(state(), "00", "trace.state:foo=1")}},
		{name: "tracestate_header_name_valid_casing", exchanges: []exchange{
			send(foo, "00", "TraceState:foo=1"), send(foo, "00", "TrAcEsTaTe:foo=1"), send(foo, "00", "TRACESTATE:foo=1")}},
		{name: "tracestate_empty_header", exchanges: []exchange{
			send(all(same, state()), "00", "tracestate:"),
			send(foo, "00", "tracestate:foo=1", "tracestate:"),
			send(foo, "00", "tracestate:", "tracestate:foo=1")}},
		{name: "tracestate_multiple_headers_different_keys", exchanges: []exchange{
			send(all(same, state("foo=1", "bar=2", "rojo=1", "congo=2", "baz=3")),
				"00", "tracestate:foo=1,bar=2", "tracestate:rojo=1,congo=2", "tracestate:baz=3")}},
		{name: "tracestate_duplicated_keys", exchanges: append(
			states(all(same, oneOf("foo=1", "foo=1,foo=1", "foo=1,foo=2", "foo=2")), "foo=1,foo=1", "foo=1,foo=2"),
			send(all(same, oneOf("foo=1", "foo=1,foo=1")), "00", "tracestate:foo=1", "tracestate:foo=1"),
			send(all(same, oneOf("foo=1", "foo=1,foo=2", "foo=2")), "00", "tracestate:foo=1", "tracestate:foo=2"))},
		{name: "tracestate_all_allowed_characters", exchanges: []exchange{
			send(all(same, state(key+"="+value)), "00", "tracestate:"+key+"="+value),
			send(all(same, state(key+"@a-z0-9_-*/="+value)), "00", "tracestate:"+key+"@a-z0-9_-*/="+value)}},
		{name: "tracestate_ows_handling", exchanges: append(
			states(fooBarBaz, "foo=1 \t , \t bar=2, \t baz=3", "foo=1\t \t,\t \tbar=2,\t \tbaz=3"),
			states(foo, " foo=1", "\tfoo=1", "foo=1 ", "foo=1\t", "\t foo=1 \t")...)},
		{name: "tracestate_key_illegal_characters", exchanges: states(state(), "foo =1", "FOO=1", "foo.bar=1")},
		{name: "tracestate_key_illegal_vendor_format", exchanges: []exchange{
			states(all(same, state("foo@=1", "bar=2")), "foo@=1,bar=2")[0],
			states(all(same, state()), "@foo=1,bar=2")[0],
			states(all(same, state("foo@@bar=1", "bar=2")), "foo@@bar=1,bar=2")[0],
			states(all(same, state("foo@bar@baz=1", "bar=2")), "foo@bar@baz=1,bar=2")[0]}},
		{name: "tracestate_member_count_limit", exchanges: []exchange{
			send(all(same, state(members...)), headers...), send(all(same, state()), tooMany...)}},
		{name: "tracestate_key_length_limit", exchanges: []exchange{
			long(z[:256]),
			send(all(same, state()), "00", "tracestate:foo=1", "tracestate:"+z+"=1"),
			long(t[:241] + "@" + v[:14]), long(t + "@v"), long("t@" + v)}},
		{name: "tracestate_value_illegal_characters", exchanges: states(all(same, state()), "foo=bar=baz", "foo=,bar=3")},
	}
}

func requestCases() []w3cCase {
	return []w3cCase{
		{name: "multiple_requests_with_valid_traceparent", exchanges: each(same, "01"), calls: 3},
		{name: "multiple_requests_without_traceparent", exchanges: []exchange{send(anything)}, calls: 3},
		{name: "multiple_requests_with_illegal_traceparent", exchanges: each(fresh(),
			"traceparent:00-00000000000000000000000000000000-{P}-01"), calls: 3},
		{name: "propagates_random_flag", exchanges: each(all(same, random), "02")},
	}
}
