package span

import (
	"cmp"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/baggage"
)

// The limits up to which the W3C's specification asks everybody to pass baggage on.
const (
	maxBaggageMembers = 64
	maxBaggageBytes   = 8192
)

// parseBaggage reads the values of all baggage headers as one list. A member is left out if it is invalid, if it is
// beyond the 64th key, or if it does not fit into what those before it have left of 8192 bytes, as they came in or as
// they will be sent. Of a repeated key the last one counts, as OpenTelemetry has it.
func parseBaggage(values []string) baggage.Baggage {
	var members []baggage.Member
	keys := map[string]bool{}
	roomIn, roomOut := maxBaggageBytes+len(","), maxBaggageBytes+len(",")
	for _, value := range values {
		for item := range strings.SplitSeq(value, ",") {
			item = trimBlanks(item)
			if item == "" || len(item)+len(",") > roomIn {
				continue
			}
			roomIn -= len(item) + len(",") // also for an invalid one: it bounds the work
			m, size := parseBaggageMember(item)
			if size == 0 || size+len(",") > roomOut || !keys[m.Key()] && len(keys) == maxBaggageMembers {
				continue
			}
			roomOut -= size + len(",")
			keys[m.Key()] = true
			members = append(members, m)
		}
	}
	b, _ := baggage.New(members...) // its limits are kept already
	return b
}

// parseBaggageMember returns the size of the member when it is sent, 0 for an invalid one. Broken UTF-8 grows on its
// way, a needless escape shrinks.
func parseBaggageMember(item string) (m baggage.Member, size int) {
	b, err := baggage.Parse(item)
	if err != nil || b.Len() != 1 {
		return baggage.Member{}, 0
	}
	m = b.Members()[0]
	return m, len(m.String())
}

// formatBaggage writes the members in the order of their keys, so that the same ones are dropped each time: those that
// HTTP cannot carry, those beyond the 64th, and those that do not fit into 8192 bytes.
func formatBaggage(b baggage.Baggage) string {
	members := b.Members()
	slices.SortFunc(members, func(a, b baggage.Member) int { return cmp.Compare(a.Key(), b.Key()) })
	var out []string
	room := maxBaggageBytes + len(",")
	for _, m := range members {
		text := strings.TrimRight(m.String(), ";") // left by properties that HTTP cannot carry
		if text == "" || len(out) == maxBaggageMembers || len(text)+len(",") > room {
			continue
		}
		room -= len(text) + len(",")
		out = append(out, text)
	}
	return strings.Join(out, ",")
}
