package span

import (
	"encoding/hex"
	"strings"

	"go.opentelemetry.io/otel/trace"
)

// Fields of the W3C's two formats.
const (
	traceparentField = "traceparent"
	tracestateField  = "tracestate"
	baggageField     = "baggage"
)

// Offsets in a traceparent: version, trace id, parent id and flags, with a dash after each of the first three.
const (
	traceIDAt = 3
	spanIDAt  = traceIDAt + 32 + 1
	flagsAt   = spanIDAt + 16 + 1
	// traceparentLen is the length of version 00, and the least of any later one.
	traceparentLen = flagsAt + 2
)

// definedFlags are those of level 2, sampled and random. The others have no meaning yet: they are sent as zero.
const definedFlags = trace.FlagsSampled | trace.FlagsRandom

// parseTraceparent reads the only value of the traceparent header. What follows the flags of a later version is ignored
// (Trace Context Level 2, 3.2.4).
func parseTraceparent(value string) (sc trace.SpanContextConfig, ok bool) {
	var version, flags [1]byte
	value = trimBlanks(value)
	if !shapedTraceparent(value) ||
		!decodeHex(version[:], value) || version[0] == 0xff ||
		version[0] == 0 && len(value) > traceparentLen ||
		!decodeHex(sc.TraceID[:], value[traceIDAt:]) || !sc.TraceID.IsValid() ||
		!decodeHex(sc.SpanID[:], value[spanIDAt:]) || !sc.SpanID.IsValid() ||
		!decodeHex(flags[:], value[flagsAt:]) {
		return trace.SpanContextConfig{}, false
	}
	sc.TraceFlags = trace.TraceFlags(flags[0]) & definedFlags
	return sc, true
}

// shapedTraceparent tells whether value is long enough and has its dashes where they belong.
func shapedTraceparent(value string) bool {
	return len(value) >= traceparentLen &&
		value[traceIDAt-1] == '-' && value[spanIDAt-1] == '-' && value[flagsAt-1] == '-' &&
		(len(value) == traceparentLen || value[traceparentLen] == '-')
}

// formatTraceparent writes version 00, the one that everybody reads.
func formatTraceparent(sc trace.SpanContext) string {
	var buf [traceparentLen]byte
	traceID, spanID, flags := sc.TraceID(), sc.SpanID(), byte(sc.TraceFlags()&definedFlags)
	out := append(buf[:0], "00-"...)
	out = append(hex.AppendEncode(out, traceID[:]), '-')
	out = append(hex.AppendEncode(out, spanID[:]), '-')
	return string(hex.AppendEncode(out, []byte{flags}))
}

// decodeHex fills dst from the first digits of s. Unlike encoding/hex it refuses capitals, as the format does.
func decodeHex(dst []byte, s string) bool {
	for i := range dst {
		high, low := nibble(s[2*i]), nibble(s[2*i+1])
		if high|low > 15 {
			return false
		}
		dst[i] = high<<4 | low
	}
	return true
}

func nibble(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 0xff
}

// trimBlanks takes away what HTTP calls optional white space: servers of HTTP have done so, other carriers have not.
func trimBlanks(s string) string { return strings.Trim(s, " \t") }
