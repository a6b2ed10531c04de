package elktest

import (
	"math"
	"math/big"
	"net/netip"
	"strconv"
	"strings"
)

const maxKeywordBytes = 32766

// dynamic decides what a value in a new field becomes; its type is frozen from then on.
func (c *checker) dynamic(path string, n *node) (mapped, *problem) {
	found, detected, p := c.detect(n)
	if p != nil {
		return mapped{}, p
	}
	leaf := path[strings.LastIndexByte(path, '.')+1:]
	if f, ok := c.mapping.ruleFor(path, leaf, detected); ok {
		return f, nil
	}
	return found, nil
}

// detect returns what a value is by itself, and the name that dynamic templates have for that.
func (c *checker) detect(n *node) (mapped, string, *problem) {
	switch n.kind {
	case kindBool:
		return mapped{kind: typeBoolean}, typeBoolean, nil
	case kindNumber:
		if strings.ContainsAny(n.text, ".eE") {
			return mapped{kind: typeFloat}, typeDouble, nil
		}
		return mapped{kind: typeLong}, typeLong, nil // also where no long holds it, which is then refused for it
	}
	f, p := c.dynamicString(n.text)
	if f.kind == typeDate {
		return f, typeDate, p
	}
	return f, "string", p
}

func (c *checker) dynamicString(text string) (mapped, *problem) {
	if !c.mapping.dateDetection || !strings.ContainsAny(text, ":-/") {
		return c.mapping.strings, nil
	}
	if _, ok := c.forms.parse(text, false); ok {
		return mapped{kind: typeDate}, nil
	}
	if c.forms.slashes.MatchString(text) {
		return mapped{}, illegalArgument("elktest does not know dynamic dates with slashes: [%s]", text)
	}
	return c.mapping.strings, nil
}

// convert returns the searchable value of a scalar: int64 for long and date, float64, bool or string; nil when it is not indexed.
func (c *checker) convert(f mapped, n *node) (any, *problem) {
	switch f.kind {
	case typeLong, typeInteger, typeShort, typeByte:
		return c.convertLong(f.kind, n)
	case typeFloat, typeDouble, typeHalfFloat:
		return convertFloat(f.kind, n)
	case typeBoolean:
		return convertBoolean(n)
	case typeDate, typeDateNanos:
		return c.convertDate(f, n)
	case typeIP:
		return convertIP(n.text)
	case typeConstantKeyword:
		return convertConstant(f, n.text)
	case typeKeyword, typeWildcard:
		return convertKeyword(f, n.text)
	default:
		return n.text, nil
	}
}

func convertKeyword(f mapped, text string) (any, *problem) {
	if f.ignoreAbove > 0 && len([]rune(text)) > f.ignoreAbove {
		return nil, nil
	}
	if len(text) > maxKeywordBytes {
		return nil, illegalArgument("Document contains at least one immense term (whose UTF8 encoding is longer than the max length %d)", maxKeywordBytes)
	}
	return text, nil
}

// convertLong accepts digits in a string and cuts fractions, as coerce does by default.
func (c *checker) convertLong(kind string, n *node) (any, *problem) {
	switch {
	case n.kind == kindBool:
		return nil, notNumeric(n)
	case n.kind == kindString && n.text == "":
		return nil, nil
	}
	r, ok := c.forms.number(n.text)
	if !ok {
		return nil, badInput(n)
	}
	whole := new(big.Int).Quo(r.Num(), r.Denom())
	if bits := map[string]int{typeLong: 63, typeInteger: 31, typeShort: 15, typeByte: 7}[kind]; whole.BitLen() > bits {
		return nil, illegalArgument("Value [%s] is out of range for %s [%s]", n.text, map[bool]string{true: "an", false: "a"}[kind == typeInteger], kind)
	}
	return whole.Int64(), nil
}

// number reads a number exactly. A huge exponent is refused before it becomes a huge number.
func (f *forms) number(text string) (*big.Rat, bool) {
	if !f.decimal.MatchString(text) {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

func convertFloat(kind string, n *node) (any, *problem) {
	switch {
	case n.kind == kindBool:
		return nil, notNumeric(n)
	case n.kind == kindString && n.text == "":
		return nil, nil
	}
	v, err := strconv.ParseFloat(n.text, 64)
	if err != nil && !math.IsInf(v, 0) {
		return nil, badInput(n)
	}
	switch {
	case kind == typeFloat:
		v = float64(float32(v))
	case kind == typeHalfFloat && math.Abs(v) >= 65520:
		v = math.Inf(1)
	}
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return nil, illegalArgument("[%s] supports only finite values, but got [%v]", kind, v)
	}
	return v, nil
}

func convertIP(text string) (any, *problem) {
	address, err := netip.ParseAddr(text)
	if err != nil || address.Zone() != "" {
		return nil, illegalArgument("'%s' is not an IP string literal.", text)
	}
	return address.String(), nil
}

func convertConstant(f mapped, text string) (any, *problem) {
	if text != f.constant {
		return nil, illegalArgument("constant keyword field [%s] must have a value of [%s]", f.kind, f.constant)
	}
	return text, nil
}

func badInput(n *node) *problem {
	return illegalArgument("For input string: \"%s\"", n.text)
}

func notNumeric(n *node) *problem {
	return illegalArgument("Current token (VALUE_%s) not numeric, can not use numeric value accessors", strings.ToUpper(n.text))
}

func convertBoolean(n *node) (any, *problem) {
	switch {
	case n.kind == kindNumber:
	case n.text == "true":
		return true, nil
	case n.text == "false", n.text == "":
		return false, nil
	}
	return nil, illegalArgument("Failed to parse value [%s] as only [true] or [false] are allowed.", n.text)
}

func (c *checker) convertDate(f mapped, n *node) (any, *problem) {
	if n.kind != kindBool {
		if at, ok := c.forms.in(f.kind, n.text, f.epoch); ok {
			return at, nil
		}
	}
	format := "strict_date_optional_time"
	if f.epoch {
		format += "||epoch_millis"
	}
	p := illegalArgument("failed to parse date field [%s] with format [%s]", n.text, format)
	p.cause = &problem{kind: "date_time_parse_exception", reason: "Failed to parse with all enclosed parsers"}
	return nil, p
}
