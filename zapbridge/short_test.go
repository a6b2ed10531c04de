package zapbridge

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// The short way makes the bytes that zap's encoder makes, for whatever it does not leave to it.
func TestShort(t *testing.T) {
	texts := []string{"", "order accepted", `"quoted" \ back`, "tab\tnewline\ncontrol\x01\x1f\x7f", "grün 日本", "bad \xff\xfe utf8", "line\u2028sep\u2029", "<&>", "trace_id", "span_id"}
	text := func() string { return texts[rand.IntN(len(texts))] }
	field := func() zap.Field {
		switch rand.IntN(12) {
		case 0:
			return zap.Int64(text(), rand.Int64()-rand.Int64())
		case 1:
			return zap.Uint64(text(), rand.Uint64())
		case 2:
			return zap.Uint8(text(), uint8(rand.Uint32()))
		case 3:
			return zap.Int8(text(), int8(rand.Uint32()))
		case 4:
			return zap.Float64(text(), []float64{1.5, 1e21, 1e-9, math.NaN(), math.Inf(-1), rand.NormFloat64(), math.Copysign(0, -1)}[rand.IntN(7)])
		case 5:
			return zap.Bool(text(), rand.IntN(2) == 0)
		case 6:
			return zap.Duration(text(), time.Duration(rand.Int64()))
		case 7:
			return zap.Any(text(), []any{nil, []string{"a"}, map[string]int{"b": 1}, aTime, 1i}[rand.IntN(5)])
		case 8:
			return zap.Uint32(text(), rand.Uint32())
		case 9:
			return zap.Skip()
		}
		return zap.String(text(), text())
	}
	several := func() (fs []zap.Field) {
		for range rand.IntN(4) {
			fs = append(fs, field())
		}
		return fs
	}
	var ours, theirs bytes.Buffer
	own := zapcore.Core(NewCore(&ours, zapcore.Level(-100), nil))
	plain := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(&theirs), zapcore.Level(-100))
	short := 0
	for range 20_000 {
		with, fields := several(), several()
		if rand.IntN(20) == 0 {
			with = append(with, zap.Namespace(text()))
		}
		ent := zapcore.Entry{Level: zapcore.Level(rand.IntN(9) - 2), Time: time.Unix(0, rand.Int64()), Message: text()}
		switch rand.IntN(10) {
		case 0:
			ent.Time = time.Time{}
		case 1:
			ent.LoggerName = "name"
		case 2:
			ent.Stack = "stack"
		case 3:
			ent.Caller = zapcore.EntryCaller{Defined: true, File: "a/b.go", Line: 7}
		}
		o, p := own.With(with), plain.With(with)
		ours.Reset()
		theirs.Reset()
		if err1, err2 := o.Write(ent, fields), p.Write(ent, fields); err1 != nil || err2 != nil || ours.String() != theirs.String() {
			t.Fatalf("%v %v\ngot  %s\nwant %s", err1, err2, ours.String(), theirs.String())
		}
		if _, ok := new(line).short(o.(*Core), &ent, fields, false, nil); ok {
			short++
		}
	}
	if short < 3000 {
		t.Errorf("%d lines of 20,000 went the short way", short)
	}
}

// TestShortNamespaceOfAnID: a namespace with the name of an id holds what follows, under another name.
func TestShortNamespaceOfAnID(t *testing.T) {
	var b bytes.Buffer
	r := record(t)
	l := zap.New(NewCore(&b, zap.DebugLevel, nil))
	l.Info("m", Context(r.ctx), zap.Namespace("trace_id"), zap.Int("b", 2))
	if !strings.Contains(b.String(), `"labels.trace_id":{"b":2}`) || strings.Count(b.String(), `"trace_id":`) != 1 {
		t.Errorf("line %s", b.String())
	}
	attrs := r.span.Events()[0].Attributes
	if last := attrs[len(attrs)-1]; last.Key != "trace_id.b" {
		t.Errorf("the event has %v", attrs)
	}
}

// TestShortErrorsOfAnID: a list of errors with the name of an id gives way on the line, and is the exception of the event.
func TestShortErrorsOfAnID(t *testing.T) {
	r := record(t)
	l := zap.New(NewCore(new(bytes.Buffer), zap.DebugLevel, nil))
	l.Info("m", Context(r.ctx), zap.Errors("trace_id", []error{errors.New("declined")}))
	attrs := r.span.Events()[0].Attributes
	if last := attrs[len(attrs)-1]; last.Key != "exception.message" || last.Value.AsString() != "declined" {
		t.Errorf("the event has %v", attrs)
	}
}
