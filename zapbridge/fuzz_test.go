package zapbridge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
)

// fuzzedFields makes fields of what the fuzzer found: each byte of kinds is one.
func fuzzedFields(kinds []byte, key, text string, n int64) (fields []zap.Field) {
	f := math.Float64frombits(uint64(n))
	for i, kind := range kinds[:min(len(kinds), 64)] {
		k := [...]string{key, text, "labels." + key, text + "_2"}[i%4] // the last ones are made of others by us, too
		fields = append(fields, []zap.Field{
			zap.String(k, text), zap.Int64(k, n), zap.Float64(k, f), zap.Float32(k, float32(f)), zap.Bool(k, n > 0), zap.Uint64(k, uint64(n)),
			zap.Duration(k, time.Duration(n)), zap.Time(k, time.Unix(n%1e12, n%1e9)), zap.Binary(k, []byte(text)), zap.ByteString(k, []byte(text)),
			zap.Complex128(k, complex(f, -f)), zap.NamedError(k, errors.New(text)), zap.Reflect(k, map[string]any{text: []any{n, text}}),
			zap.Namespace(k), zap.Dict(k, zap.String(text, key), zap.Namespace(text), zap.Int64(key, n)), zap.Strings(k, []string{text, key}),
			zap.Inline(object(zap.String(k, text), zap.Namespace(text))), zap.Stringer(k, secretText(text)), zap.Errors(k, []error{nil, errors.New(text)}),
			zap.Skip(), zap.Reflect(k, nil), zap.NamedError(k, stacked{errors.New(text)}),
		}[int(kind)%22])
	}
	return fields
}

// FuzzLine: every line is valid JSON with its ids once; without a span and a policy it is zap's own.
func FuzzLine(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7}, []byte{13, 14, 15, 16, 17, 18}, "key", "text\"\\", int64(7))
	f.Add([]byte{8, 9, 10, 11, 12}, []byte{19, 20, 21, 0, 0}, "trace_id", "\xff\u2028", int64(math.MinInt64))
	f.Add([]byte{13, 13, 14, 11}, []byte{11, 0, 16, 16}, "error", "message", int64(0x7ff8000000000000))
	f.Add([]byte{}, []byte{14, 14, 0}, "", "", int64(-1))
	f.Add([]byte{}, []byte{0, 4, 13, 11}, "0", "error", int64(1))       // a label at the root while a namespace is open
	f.Add([]byte{0}, []byte{0, 0, 0}, "\x89\xa5", "\x9f\x9f", int64(1)) // two keys that are one as JSON
	policies := []*events.Policy{nil, policyOfECS, {Schema: events.GCP}, {Redact: []events.Redaction{events.RedactSecrets()}}}
	f.Fuzz(func(t *testing.T, bound, call []byte, key, text string, n int64) {
		with, fields := fuzzedFields(bound, key, text, n), fuzzedFields(call, text, key, n)
		ent := zapcore.Entry{Time: time.Unix(n%1e12, 0), Message: text, LoggerName: key, Level: zapcore.Level(n % 3)}
		write := func(b *bytes.Buffer, c zapcore.Core, fields []zap.Field) []byte {
			b.Reset()
			if ce := c.With(with).Check(ent, nil); ce != nil {
				ce.Write(fields...)
			}
			return b.Bytes()
		}
		var b, other bytes.Buffer
		want := write(&b, plain(&b), fields)
		if got := write(&other, NewCore(&other, zap.DebugLevel, nil), fields); !bytes.Equal(got, want) {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
		for _, p := range policies {
			ctx := events.ContextWith(remote(), slog.String(key, text), slog.Int64("labels."+text, n))
			line := write(&other, NewCore(&other, zap.DebugLevel, p), append(fields, Context(ctx)))
			if len(want) > 0 && !json.Valid(line) {
				t.Fatalf("no JSON: %s", line)
			}
			if len(want) > 0 && (p == nil || p.Schema == events.OTel) && count(rootKeys(t, string(line)), "trace_id") != 1 {
				t.Fatalf("trace_id is not there once: %s", line)
			}
			if len(want) > 0 && p == policyOfECS {
				parse(t, string(line)) // no key twice
			}
			wrapped := Wrap(zap.New(plain(&other)), p).Core()
			first := bytes.Clone(write(&other, wrapped, append(fields, Context(remote()))))
			if len(want) > 0 && !json.Valid(first) {
				t.Fatalf("wrapped, no JSON: %s", first)
			}
			around := Wrap(zap.New(foreign{plain(&other)}), p).Core()
			for range 2 { // the ids are made once
				if got := write(&other, around, append(fields, Context(remote()))); len(want) > 0 && !bytes.Equal(got, first) {
					t.Fatalf("around a user's core\n%s, around zap's\n%s", got, first)
				}
			}
			core := wrapped.With(with)
			for range 2 * spanCalls { // until the span has a core
				other.Reset()
				if err := core.Write(ent, append(fields, Context(remote()))); err != nil || len(want) > 0 && !bytes.Equal(other.Bytes(), first) {
					t.Fatalf("wrapped, %v, a later line\n%s, the first\n%s", err, other.Bytes(), first)
				}
			}
		}
	})
}

// FuzzShortEvent: the event and the log record of a call have the same attributes, whichever way its line is made; a
// wrapped logger never takes the short one.
func FuzzShortEvent(f *testing.F) {
	every := []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 13, 0, 1}
	f.Add([]byte{0, 1, 2, 4}, []byte{0, 1, 2, 4, 5, 201, 220, 240}, "key", "text", int64(7))
	f.Add([]byte{}, []byte{0, 1, 4, 2, 19, 0, 5, 5}, "trace_id", "\xff\u2028", int64(-1))
	f.Add([]byte{13}, []byte{0, 1, 2, 4}, "event.name", "text", int64(1))
	f.Add([]byte{}, []byte{0, 5, 1, 4}, "event.name", "event.name", int64(-1))
	f.Add([]byte{}, []byte{0, 1, 2, 2, 4}, "", "", int64(0x7ff8000000000000))
	f.Add(every, every, "k\"", "span_id", int64(math.MaxInt64))
	f.Add([]byte{}, []byte{0, 1, 4}, "k\xff", "\xfe", int64(1))
	f.Add([]byte("0"), []byte("(00\x02"), "trace_id", "\xff\x80\x80\xa8", int64(-1))
	f.Add([]byte{}, []byte{19, 0, 5}, "trace_id", "text", int64(-1))
	f.Add([]byte{}, []byte("9000\x13\x00\x05\x05"), "trace_id", "\xff\xe2\x10\xa8", int64(-1))
	f.Add([]byte{}, []byte{0, 4}, strings.Repeat("long", 300), strings.Repeat("x", 70_000), int64(1))
	f.Fuzz(func(t *testing.T, bound, call []byte, key, text string, n int64) {
		with, fields := fuzzedFields(bound, key, text, n), fuzzedFields(call, key, text, n)
		for i, kind := range call[:min(len(call), 64)] {
			if kind > 200 {
				fields[i] = [...]zap.Field{zap.Uint8(key, uint8(n)), zap.Int16(key, int16(n)), zap.Uint32(text, uint32(n)), zap.Int32(text, int32(n))}[n&3]
			}
		}
		var got [2]any
		for i, newLogger := range []func(*events.Policy) zapcore.Core{
			func(p *events.Policy) zapcore.Core { return NewCore(nil, zap.DebugLevel, p) },
			func(p *events.Policy) zapcore.Core { return Wrap(zap.New(plain(new(bytes.Buffer))), p).Core() },
		} {
			rec, r := new(recorder), record(t)
			core := newLogger(&events.Policy{Logs: sdklog.NewLoggerProvider(sdklog.WithProcessor(rec), sdklog.WithAllowKeyDuplication())}).With(with)
			for _, more := range [][]zap.Field{nil, {Context(r.ctx)}} {
				core.Check(zapcore.Entry{Time: aTime, Message: text}, nil).Write(append(fields[:len(fields):len(fields)], more...)...)
			}
			all := []any{r.span.Events()}
			for _, record := range rec.records {
				all = append(all, record.EventName())
				record.WalkAttributes(func(kv attribute.KeyValue) bool {
					all = append(all, kv)
					return true
				})
			}
			if len(r.span.Events()) != 1 || len(rec.records) != 2 {
				t.Fatalf("%d events, %d records", len(r.span.Events()), len(rec.records))
			}
			got[i] = all
		}
		if a, b := fmt.Sprintf("%#v", got[0]), fmt.Sprintf("%#v", got[1]); a != b {
			t.Fatalf("our core %.2000s\nwrapped  %.2000s", a, b)
		}
	})
}
