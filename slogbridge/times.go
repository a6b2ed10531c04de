package slogbridge

import (
	"log/slog"
	"slices"
	"time"
)

const badYear = "!ERROR:time.Time year outside of range [0,9999]"

// inRange reports whether RFC 3339 has the year of t.
func inRange(t time.Time) bool {
	const day, year1, year9999 = 86400, -62135596800, 253370764800 // as Unix times
	if s := t.Unix(); s > year1+day && s < year9999-day {
		return true // without the calendar, wherever it is
	}
	y := t.Year()
	return y >= 0 && y < 10000
}

// isInRange reports whether a slog.JSONHandler can write all times of the record.
func isInRange(r *slog.Record) bool {
	fits := inRange(r.Time)
	r.Attrs(func(a slog.Attr) bool {
		switch a.Value.Kind() {
		case slog.KindTime, slog.KindGroup:
			fits = fits && !hasBadTime(a.Value)
		}
		return fits
	})
	return fits
}

// inRangeRecord returns the record as a slog.JSONHandler can write it. A time that RFC 3339 does not have makes an invalid
// line there: slog writes its mark and the time. Such a time of the record itself becomes an attribute.
func inRangeRecord(r *slog.Record) slog.Record {
	n := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	if !inRange(r.Time) {
		n.Time = time.Time{}
		n.AddAttrs(slog.String(slog.TimeKey, badYear))
	}
	r.Attrs(func(a slog.Attr) bool {
		n.AddAttrs(inRangeAttr(a))
		return true
	})
	return n
}

func hasBadTime(v slog.Value) bool {
	switch v.Kind() {
	case slog.KindTime:
		return !inRange(v.Time())
	case slog.KindGroup:
		return slices.ContainsFunc(v.Group(), func(a slog.Attr) bool { return hasBadTime(a.Value) })
	}
	return false
}

func inRangeAttr(a slog.Attr) slog.Attr {
	switch {
	case !hasBadTime(a.Value):
	case a.Value.Kind() == slog.KindTime:
		a.Value = slog.StringValue(badYear)
	default:
		a.Value = slog.GroupValue(inRangeAttrs(a.Value.Group())...)
	}
	return a
}

func inRangeAttrs(attrs []slog.Attr) []slog.Attr {
	out := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		out[i] = inRangeAttr(a)
	}
	return out
}
