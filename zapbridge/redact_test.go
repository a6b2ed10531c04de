package zapbridge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/spanlog/spanlog/events"
)

var hides = []events.Redaction{events.RedactKeys("password", "user.card", "user.user.card", "d"), events.RedactPattern(regexp.MustCompile(`c4rd\d`))}

type secretText string

func (s secretText) String() string { return string(s) }

// verbose is an error whose long form tells more.
type verbose struct{ error }

func (v verbose) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, "at c4rd2") }

// secrets holds c4rd1, c4rd2, 9876543210 or s3cret in each field.
func secrets() []zap.Field {
	return []zap.Field{
		zap.String("password", "s3cret"), zap.Int("Password", 9876543210), zap.String("text", "card c4rd1!"), zap.ByteString("bytes", []byte("c4rd1")),
		zap.Stringer("stringer", secretText("c4rd1")), zap.Error(errors.New("card c4rd1")), zap.NamedError("v", verbose{errors.New("e")}),
		zap.Errors("errs", []error{errors.New("c4rd1")}), zap.Strings("list", []string{"a", "c4rd1"}), zap.Duration("d", 9876543210),
		zap.Dict("user", zap.String("card", "s3cret"), zap.String("name", "n"), zap.String("password", "s3cret")),
		zap.Reflect("reflect", map[string]any{"password": "s3cret", "deep": []any{map[string]string{"text": "c4rd1"}}}),
		zap.Any("struct", struct {
			Password string
			N        int
		}{"s3cret", 1}),
		zap.Inline(object(zap.String("password", "s3cret"), zap.String("inline", "c4rd1"), zap.Object("o", object(zap.String("password", "s3cret"))))),
		zap.Object("fails", zapcore.ObjectMarshalerFunc(func(zapcore.ObjectEncoder) error { return errors.New("c4rd1") })),
		zap.Object("panics", zapcore.ObjectMarshalerFunc(func(zapcore.ObjectEncoder) error { panic("c4rd1") })),
		zap.Inline(zapcore.ObjectMarshalerFunc(func(zapcore.ObjectEncoder) error { panic("c4rd1") })),
		zap.Int("n", 1), zap.Binary("bin", []byte{1}), zap.Time("t", aTime), zap.Namespace("user"), zap.String("card", "s3cret"), zap.String("ok", "fine"),
	}
}

func isClean(t *testing.T, what, text string) {
	t.Helper()
	for _, secret := range []string{"s3cret", "c4rd1", "c4rd2", "9876543210"} {
		if i := strings.Index(text, secret); i >= 0 {
			t.Errorf("%s tells: … %s", what, text[max(0, i-60):min(len(text), i+30)])
		}
	}
}

// TestRedaction: no secret on the line, the event or the status, of bound fields or those of the call, whatever the schema.
func TestRedaction(t *testing.T) {
	for _, schema := range []events.Schema{events.OTel, events.ECS} {
		for flavour, newLogger := range with(&events.Policy{Schema: schema, Redact: hides}) {
			for name, log := range map[string]func(*zap.Logger, zap.Field){
				"call": func(l *zap.Logger, ctx zap.Field) { l.Error("card c4rd1", append(secrets(), ctx)...) },
				"bound": func(l *zap.Logger, ctx zap.Field) {
					l.With(secrets()...).Error("card c4rd1", ctx, zap.String("password", "s3cret"))
				},
				"both": func(l *zap.Logger, ctx zap.Field) {
					l.With(secrets()...).Error("card c4rd1", append(secrets(), ctx)...)
				},
				"twice": func(l *zap.Logger, ctx zap.Field) { l.Error("m", append(append(secrets(), secrets()...), ctx)...) },
			} {
				t.Run(fmt.Sprint(schema, flavour, name), func(t *testing.T) {
					for _, traced := range []bool{true, false} {
						var b bytes.Buffer
						r := record(t)
						ctx := zap.Skip()
						if traced {
							ctx = Context(r.ctx)
						}
						log(newLogger(&b), ctx)
						isClean(t, "the line", b.String())
						if !json.Valid(b.Bytes()) || !strings.Contains(b.String(), `"ok":"fine"`) {
							t.Errorf("line %s", b.String())
						}
						for _, e := range r.span.Events() {
							isClean(t, "the event", fmt.Sprint(e.Name, e.Attributes))
						}
						isClean(t, "the status", r.span.Status().Description)
					}
				})
			}
		}
	}
}

// TestRedactedForms: what is not hidden stays as it is, also its type, and what is hidden says so.
func TestRedactedForms(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	l := Wrap(zap.New(core), &events.Policy{Redact: hides})
	err, dur := errors.New("fine"), zap.Duration("dur", time.Second)
	l.Info("card c4rd1", zap.Error(err), dur, zap.Reflect("r", []int{1}), zap.Dict("user", zap.String("card", "x"), zap.Int("n", 1)),
		zap.Inline(object(zap.Int("in", 1), zap.Namespace("ns"))), zap.Int("password", 1))
	e := logs.All()[0]
	if e.Message != "card "+events.Redacted+"" {
		t.Errorf("message %q", e.Message)
	}
	want := []zap.Field{zap.Error(err), dur, zap.Reflect("r", []int{1}), zap.Reflect("user", json.RawMessage(`{"card":"[REDACTED]","n":1}`)),
		zap.Int("in", 1), zap.Namespace("ns"), zap.String("password", events.Redacted)}
	if len(e.Context) != len(want) {
		t.Fatalf("fields %v, want %v", e.Context, want)
	}
	for i, f := range e.Context {
		if !f.Equals(want[i]) {
			t.Errorf("field %d is %v, want %v", i, f, want[i])
		}
	}
}

// broken writes a member and reports an error.
type broken struct{ text string }

func (f broken) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	enc.AddString("told", f.text)
	return errors.New("failed: " + f.text)
}

func (f broken) MarshalLogArray(enc zapcore.ArrayEncoder) error {
	enc.AppendString(f.text)
	return errors.New("failed: " + f.text)
}

// TestRedactionKeepsFailures: what zap says of a value that cannot be encoded is there, without secrets.
func TestRedactionKeepsFailures(t *testing.T) {
	for _, text := range []string{"fine", "c4rd1"} {
		var b bytes.Buffer
		l := Wrap(zap.New(plain(&b)), &events.Policy{Redact: append(hides, events.RedactKeys("hushError"))})
		l.With(zap.Array("list", broken{text})).Info("m", zap.Object("o", broken{text}), zap.Reflect("c", make(chan int)),
			zap.Inline(broken{text}), zap.Object("hush", broken{"x"}))
		want := strings.ReplaceAll(text, "c4rd1", events.Redacted)
		has(t, parse(t, b.String()), map[string]any{
			"o": map[string]any{"told": want}, "oError": "failed: " + want, "list": []any{want}, "listError": "failed: " + want,
			"cError": "json: unsupported type: chan int", "told": want, "Error": "failed: " + want,
			"hush": map[string]any{"told": "x"}, "hushError": events.Redacted,
		})
		isClean(t, "the line", b.String())
	}
}

// TestRedactionSparesIDs: a pattern that ids and times happen to match does not break them.
func TestRedactionSparesIDs(t *testing.T) {
	for _, schema := range []events.Schema{events.OTel, events.ECS} {
		for flavour, newLogger := range with(&events.Policy{Schema: schema, Redact: []events.Redaction{events.RedactPattern(regexp.MustCompile(`\d+`))}}) {
			var b bytes.Buffer
			newLogger(&b).WithOptions(zap.WithClock(clock{})).Info("m1", Context(remote()), zap.String("a", "2"), zap.NamedError("e", errors.New("3")))
			line := parse(t, b.String())
			ids := map[string]any{"trace_id": traceIDOf(remote()), "span_id": "0200000000000000", "trace_flags": "00", "msg": "m[REDACTED]", "a": events.Redacted, "e": events.Redacted}
			if schema == events.ECS {
				ids = map[string]any{"trace.id": traceIDOf(remote()), "span.id": "0200000000000000"}
			}
			if schema == events.ECS && flavour == "core" {
				ids["@timestamp"], ids["message"], ids["error.message"] = "2026-11-22T10:11:12.123456789Z", "m[REDACTED]", events.Redacted
			}
			has(t, line, ids)
		}
	}
}

// TestRedactionKeepsNothing: what an inline object adds may be used again by it afterwards.
func TestRedactionKeepsNothing(t *testing.T) {
	var b bytes.Buffer
	o, text := &badObject{1}, []byte("a")
	Wrap(zap.New(plain(&b)), &events.Policy{Redact: hides}).Info("m", zap.Inline(zapcore.ObjectMarshalerFunc(func(enc zapcore.ObjectEncoder) error {
		err := enc.AddObject("o", o)
		enc.AddByteString("text", text)
		enc.AddBinary("bytes", text)
		o.n, text[0] = 2, 'b'
		return err
	})))
	has(t, parse(t, b.String()), map[string]any{"o": map[string]any{"n": 1}, "text": "a", "bytes": "YQ=="})
}

// TestHiddenErrors: an error under a hidden key is neither the exception nor error.* nor in the status; the next one is.
func TestHiddenErrors(t *testing.T) {
	secret, plainly := errors.New("s3cret"), errors.New("plainly")
	for name, field := range map[string]zap.Field{
		"error":        zap.NamedError("password", secret),
		"reflected":    zap.Reflect("password", secret),
		"errors":       zap.Errors("password", []error{secret}),
		"in a Dict":    zap.Dict("user", zap.NamedError("card", secret)),
		"in an object": zap.Object("user", object(zap.Reflect("card", secret))),
		"inline":       zap.Inline(object(zap.NamedError("password", secret))),
	} {
		for _, schema := range []events.Schema{events.OTel, events.ECS} {
			for flavour, newLogger := range with(&events.Policy{Schema: schema, Redact: hides}) {
				t.Run(fmt.Sprint(schema, flavour, name), func(t *testing.T) {
					var b bytes.Buffer
					r := record(t)
					newLogger(&b).With(field).Error("bound", Context(r.ctx))
					newLogger(&b).Error("call", Context(r.ctx), field, zap.Error(plainly))
					isClean(t, "line, event or status", fmt.Sprint(b.String(), r.span.Events(), r.span.Status().Description))
					if n := strings.Count(fmt.Sprint(r.span.Events()), "exception.message"); n != 1 {
						t.Errorf("exceptions = %d, want that of the last field only", n)
					}
				})
			}
		}
	}
}
