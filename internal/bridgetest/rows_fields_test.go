package bridgetest

import (
	"maps"
	"testing"
)

func fieldRows() []row {
	return []row{
		{name: "fields-with", says: "the fields of With are on the event",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.with(f("a", 1), f("b", "two")).with(f("c", true)).log(s.ctx, 0, "m", f("d", 4.5))
				e := s.event()
				wantAttr(t, e, "a", int64(1))
				wantAttr(t, e, "b", "two")
				wantAttr(t, e, "c", true)
				wantAttr(t, e, "d", 4.5)
			}},
		{name: "fields-only", says: "besides log.severity and the fields the event holds nothing: not time, level, message or ids",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.with(f("a", 1)).log(s.ctx, 0, "m", f("b", 2))
				e := s.event()
				if want := map[string]any{"log.severity": "INFO", "a": int64(1), "b": int64(2)}; !maps.Equal(e.attrs, want) {
					t.Errorf("got %v, want %v", e.attrs, want)
				}
			}},
		{name: "fields-many", says: "a hundred fields are all on the line and on the event",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				var bound, call []field
				for i := range 50 {
					bound = append(bound, f("b"+digits(i), i))
					call = append(call, f("c"+digits(i), i))
				}
				s.with(bound...).log(s.ctx, 0, "m", call...)
				line, e := s.line(), s.event()
				for i := range 50 {
					for _, key := range []string{"b" + digits(i), "c" + digits(i)} {
						wantNumber(t, line, key, digits(i))
						wantAttr(t, e, key, int64(i))
					}
				}
			}},
		{name: "group-path", says: "on the event a group's members have the path of groups, joined by dots",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.with(f("a", 1)).open("g").with(f("b", 2)).open("h").with(f("c", 3)).log(s.ctx, 0, "m", f("d", 4))
				e := s.event()
				wantAttr(t, e, "a", int64(1))
				wantAttr(t, e, "g.b", int64(2))
				wantAttr(t, e, "g.h.c", int64(3))
				wantAttr(t, e, "g.h.d", int64(4))
			}},
		{name: "group-members", says: "all members of a group in the call are on the line and on the event, nested ones too",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.info("m", f("g", members{f("a", 1), f("b", 2), f("h", members{f("c", "x")})}), f("d", 4))
				group := inside(t, s.line(), "g")
				wantNumber(t, group, "a", "1")
				wantNumber(t, group, "b", "2")
				wantMember(t, inside(t, group, "h"), "c", "x")
				e := s.event()
				wantAttr(t, e, "g.a", int64(1))
				wantAttr(t, e, "g.b", int64(2))
				wantAttr(t, e, "g.h.c", "x")
				wantAttr(t, e, "d", int64(4))
			}},
		{name: "group-members-with", says: "so are those of a group in With",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.with(f("g", members{f("a", 1), f("b", 2)})).log(s.ctx, 0, "m", f("d", 4))
				e := s.event()
				wantAttr(t, e, "g.a", int64(1))
				wantAttr(t, e, "g.b", int64(2))
				wantAttr(t, e, "d", int64(4))
			}},
		{name: "group-namespace-in-call", says: "a namespace opened among the call's fields gives its path to those behind it",
			run: func(t *testing.T, with func(setting) *stage) {
				s := with(setting{})
				s.open("g").log(s.ctx, 0, "m", f("a", 1), f("h", opened{}), f("b", 2))
				e := s.event()
				wantAttr(t, e, "g.a", int64(1))
				wantAttr(t, e, "g.h.b", int64(2))
			}},
		{name: "severity", says: "log.severity is the library's name of the level, in capitals",
			run: func(t *testing.T, with func(setting) *stage) {
				for _, sev := range with(setting{}).flavour.levels {
					s := with(setting{policy: everything})
					s.log(s.ctx, sev.level, "m")
					wantAttr(t, s.event(), "log.severity", sev.name)
				}
			}},
	}
}
