package elk

import (
	"io"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxDatasets bounds how many data streams one shipper writes to: each
	// has room in the ring's tables and requests of its own.
	maxDatasets = 256
	// maxNameBytes is Elastic's limit for a dataset or a namespace.
	maxNameBytes = 100
)

// Dataset writes into one data stream of a Shipper; make it with
// Shipper.Dataset. Like the Shipper it may be used from any goroutine, and its
// writes return ErrClosed once the Shipper is closed. It need not be closed.
type Dataset struct {
	shipper *Shipper
	target  *target
}

var _ io.Writer = (*Dataset)(nil)

// Dataset returns a writer into logs-<name>-<namespace>, beside the Shipper's
// own data stream: over the same ring, with the same promises, counted in the
// same Stats. Lines of a stream that the server refuses wait without holding
// up the others.
//
// A name that Elasticsearch would refuse is changed, not refused: to lower
// case, with "_" for what must not be in it, cut after 100 bytes; "" is the
// Shipper's own dataset. A shipper has up to 256; lines for further ones go
// into its own data stream, with an alarm.
//
// Equal names share a stream, so Dataset may be called for each line, though
// it is cheaper to keep the writer.
func (s *Shipper) Dataset(name string) *Dataset {
	if s.isZero() {
		return &Dataset{}
	}
	if name = sanitizeName(name); name == "" {
		return &Dataset{shipper: s, target: s.home}
	}
	t, ok := s.queue.open(name, s.config.Namespace, maxDatasets)
	if !ok {
		s.alarms.raise(alarmDatasets, "too many datasets: lines for "+name+" go to "+s.home.name)
		t = s.home
	}
	return &Dataset{shipper: s, target: t}
}

// Write is Shipper.Write into this data stream.
func (d *Dataset) Write(p []byte) (int, error) { return d.WriteLine(slog.LevelInfo, p) }

// WriteLine is Shipper.WriteLine into this data stream.
func (d *Dataset) WriteLine(level slog.Level, p []byte) (int, error) {
	if d == nil {
		return 0, ErrClosed
	}
	return d.shipper.writeLine(d.target, level, p)
}

// sanitizeName makes a name that checkName accepts, or "".
func sanitizeName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r = unicode.ToLower(r); r == utf8.RuneError || forbiddenInName(r) {
			return '_'
		}
		return r
	}, strings.ToLower(name))
	if len(name) > maxNameBytes {
		name = strings.ToValidUTF8(name[:maxNameBytes], "")
	}
	if checkName("dataset", name) != nil {
		return "_"
	}
	return name
}
