package elktest

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// isoForm is strict_date_optional_time. A zone may follow an hour only.
func isoForm() *regexp.Regexp {
	return regexp.MustCompile(`^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?(\S*))?)?)?$`)
}

// forms knows the texts that Elasticsearch's default mappings take for dates and numbers. It is safe for concurrent use.
type forms struct {
	iso, epoch, slashes, offset, decimal *regexp.Regexp
}

func newForms() *forms {
	return &forms{
		iso:     isoForm(),
		epoch:   regexp.MustCompile(`^-?\d+(\.\d+)?$`),
		slashes: regexp.MustCompile(`^\d{4}/\d{2}/\d{2}( \d{2}:\d{2}:\d{2})?$`),
		offset:  regexp.MustCompile(`^[+-](\d\d):?(\d\d)?$`),
		decimal: regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$`),
	}
}

// parse returns the epoch milliseconds of text, cut and not rounded; epoch allows digits alone as milliseconds.
func (f *forms) parse(text string, epoch bool) (int64, bool) {
	t, ok := f.time(text, epoch)
	return t.UnixMilli(), ok
}

// in is the value of a field of that type: date or date_nanos.
func (f *forms) in(kind, text string, epoch bool) (int64, bool) {
	if kind == typeDateNanos {
		return f.nanos(text, epoch)
	}
	return f.parse(text, epoch)
}

// nanos is parse for date_nanos: nanoseconds from 1970 to 2262.
func (f *forms) nanos(text string, epoch bool) (int64, bool) {
	t, ok := f.time(text, epoch)
	return t.UnixNano(), ok && !t.Before(time.Unix(0, 0)) && !t.After(time.Unix(0, math.MaxInt64))
}

func (f *forms) time(text string, epoch bool) (time.Time, bool) {
	if t, ok := f.parseISO(text); ok {
		return t, true
	}
	if !epoch || !f.epoch.MatchString(text) {
		return time.Time{}, false
	}
	whole, _, _ := strings.Cut(text, ".")
	ms, err := strconv.ParseInt(whole, 10, 64)
	return time.UnixMilli(ms), err == nil
}

func (f *forms) parseISO(text string) (time.Time, bool) {
	m := f.iso.FindStringSubmatch(text)
	if m == nil {
		return time.Time{}, false
	}
	zone, ok := f.zone(m[8])
	if !ok {
		return time.Time{}, false
	}
	year, month, day := part(m[1], 1), part(m[2], 1), part(m[3], 1)
	hour, minute, second := part(m[4], 0), part(m[5], 0), part(m[6], 0)
	if hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	nanos := part((m[7] + "000000000")[:9], 0)
	t := time.Date(year, time.Month(month), day, hour, minute, second, nanos, zone)
	if date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC); int(date.Month()) != month || date.Day() != day {
		return time.Time{}, false
	}
	return t, true
}

// part reads digits that the form has checked; absent is what stands for an absent part.
func part(digits string, absent int) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return absent
	}
	return n
}

// zone reads Z, an offset with or without colon, or a zone's name; no zone is UTC.
func (f *forms) zone(text string) (*time.Location, bool) {
	if text == "" || text == "Z" {
		return time.UTC, true
	}
	if m := f.offset.FindStringSubmatch(text); m != nil {
		hours, minutes := part(m[1], 0), part(m[2], 0)
		seconds := hours*3600 + minutes*60
		if text[0] == '-' {
			seconds = -seconds
		}
		return time.FixedZone("", seconds), minutes < 60 && math.Abs(float64(seconds)) <= 18*3600
	}
	if !strings.Contains(text, "/") && text != "UTC" && text != "GMT" {
		return nil, false
	}
	zone, err := time.LoadLocation(text)
	return zone, err == nil
}
