package setup

import (
	"context"
	"flag"
	"go/format"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

var update = flag.Bool("update", false, "write the list of variables into doc.go")

// The list in doc.go is the table.
func TestVariablesInDoc(t *testing.T) {
	const file, begin, end = "doc.go", "// # Variables\n//\n", "// # Resource\n"
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, found := strings.Cut(string(source), begin)
	old, tail, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no headings Variables and Resource", file)
	}
	list := docList()
	if *update {
		text, err := format.Source([]byte(head + begin + list + end + tail))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if old != list {
		t.Errorf("the list in %s is not the table; go test -run %s -update writes it.\ngot:\n%s\nwant:\n%s", file, t.Name(), old, list)
	}
}

func docList() string {
	var b strings.Builder
	for _, k := range []kind{kindOurs, kindOTLP, kindLimit, kindFree, kindNone} {
		b.WriteString("// " + strings.ToUpper(string(k[:1])) + string(k[1:]) + ":\n")
		for _, v := range variables() {
			if v.kind == k {
				b.WriteString(docItem(v))
			}
		}
		b.WriteString("//\n")
	}
	b.WriteString("// (T) stands for a second form OTEL_EXPORTER_OTLP_TRACES_ that wins.\n//\n")
	return b.String()
}

func docItem(v variable) string {
	text := v.name
	if v.traces {
		text += " (T)"
	}
	text += ": " + v.meaning
	if v.normal != "" {
		text += "; default " + v.normal
	}
	return wrap("//   - ", "//     ", text+".", 80)
}

func wrap(first, other, text string, width int) string {
	var b strings.Builder
	line, empty := first, true
	for word := range strings.FieldsSeq(text) {
		if !empty && len(line)+1+len(word) > width {
			b.WriteString(line + "\n")
			line, empty = other, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	return b.String() + line + "\n"
}

// names of one row.
func (v variable) names() []string {
	if !v.traces {
		return []string{v.name}
	}
	return []string{v.name, strings.Replace(v.name, "_OTLP_", "_OTLP_TRACES_", 1)}
}

// hostile are values that make no sense for most variables. NUL cannot stand
// in the environment: os.Setenv refuses it.
func hostile() map[string]string {
	const mega = 128 << 10 // as long as Linux lets one be for a program that starts
	return map[string]string{
		"empty": "", "blank": " \t ", "letters": strings.Repeat("x", mega), "commas": strings.Repeat(",", mega),
		"members": strings.Repeat("a=b,", mega/4), "digits": strings.Repeat("9", mega), "CRLF": "a\r\nb: c",
		"negative": "-1", "NaN": "NaN", "infinite": "+Inf", "huge": "99999999999999999999", "max": "9223372036854775807",
		"zero": "0", "float": "1e309", "hex": "0x10", "escapes": "%00%0d%0a", "bad escape": "a=%zz", "not UTF-8": "\xff\xfe",
		"word": "nonsense", "equals": "=", "braces": "{{{}}}", "path": "/nonexistent/../..",
	}
}

// accepts reports whether a row accepts a hostile value, as the table says.
func (v variable) accepts(kind string) bool {
	switch v.name {
	case "OTEL_SERVICE_NAME":
		return kind != "not UTF-8"
	case "OTEL_RESOURCE_ATTRIBUTES":
		return false
	case "OTEL_TRACES_EXPORTER", "OTEL_PROPAGATORS":
		return kind == "commas"
	case "OTEL_TRACES_SAMPLER_ARG", "OTEL_BSP_EXPORT_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT":
		return kind == "zero"
	}
	return v.kind == kindLimit && (kind == "zero" || kind == "negative" || kind == "max")
}

func TestEveryVariableWithHostileValues(t *testing.T) {
	if os.Setenv("OTEL_SERVICE_NAME", "a\x00b") == nil {
		t.Error("the environment takes NUL now")
	}
	receiver := newReceiver(t)
	for _, v := range variables() {
		for _, name := range v.names() {
			for kind, value := range hostile() {
				t.Run(name+"/"+kind, func(t *testing.T) {
					environment(t)
					t.Setenv("SPANLOG_TRACE_URL", "")
					t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.URL)
					if name == "OTEL_TRACES_SAMPLER_ARG" {
						t.Setenv("OTEL_TRACES_SAMPLER", "traceidratio")
					}
					t.Setenv(name, value)
					err := works(t, true)
					fine := strings.TrimSpace(value) == "" || v.accepts(kind)
					if named := err != nil && strings.Contains(err.Error(), name); named == fine {
						t.Errorf("got %v; want an error that names %s: %v", err, name, !fine)
					}
				})
			}
		}
	}
}

// The gRPC exporter reads the same variables with code of its own. It takes more
// for an endpoint than HTTP: targets of gRPC, which only a connection proves wrong.
func TestEveryOTLPVariableOverGRPC(t *testing.T) {
	for _, v := range variables() {
		if !v.traces || v.name == "OTEL_EXPORTER_OTLP_PROTOCOL" {
			continue
		}
		for kind, value := range hostile() {
			t.Run(v.name+"/"+kind, func(t *testing.T) {
				environment(t, "OTEL_EXPORTER_OTLP_PROTOCOL=grpc")
				t.Setenv(v.name, value)
				err := works(t, false)
				fine := strings.TrimSpace(value) == "" || v.accepts(kind)
				if named := err != nil && strings.Contains(err.Error(), v.name); named == fine && v.name != "OTEL_EXPORTER_OTLP_ENDPOINT" {
					t.Errorf("got %v; want an error that names %s: %v", err, v.name, !fine)
				}
			})
		}
	}
}

// works makes an SDK, a span of it, and an end of both if it is to be sent, and
// returns New's error.
func works(t *testing.T, send bool) error {
	t.Helper()
	recorder := tracetest.NewSpanRecorder()
	sdk, err := New(t.Context(), WithSpanProcessor(recorder))
	_, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "works")
	if send {
		s.End()
	}
	if !s.SpanContext().IsValid() {
		t.Error("the span has no ids")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := sdk.Shutdown(ctx); err != nil && !strings.Contains(err.Error(), "localhost:431") { // the default
		t.Errorf("Shutdown: %v", err)
	}
	if err != nil && (len(err.Error()) > 2000 || strings.ContainsAny(err.Error(), "\r\x00") || !utf8.ValidString(err.Error())) {
		t.Errorf("the message has %d bytes or control characters", len(err.Error()))
	}
	return err
}

// limitOf is the field of the SDK's limits that a variable is for.
func limitOf(l sdktrace.SpanLimits, name string) int {
	return map[string]int{
		"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT":      l.AttributeValueLengthLimit,
		"OTEL_ATTRIBUTE_COUNT_LIMIT":             l.AttributeCountLimit,
		"OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT": l.AttributeValueLengthLimit,
		"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT":        l.AttributeCountLimit,
		"OTEL_SPAN_EVENT_COUNT_LIMIT":            l.EventCountLimit,
		"OTEL_SPAN_LINK_COUNT_LIMIT":             l.LinkCountLimit,
		"OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT":       l.AttributePerEventCountLimit,
		"OTEL_LINK_ATTRIBUTE_COUNT_LIMIT":        l.AttributePerLinkCountLimit,
	}[name]
}

// The SDK reads each limit of the table, and has the default that the table tells.
func TestEveryLimitIsRead(t *testing.T) {
	for _, v := range variables() {
		if v.kind != kindLimit {
			continue
		}
		t.Run(v.name, func(t *testing.T) {
			environment(t)
			normal := strings.Replace(strconv.Itoa(limitOf(sdktrace.NewSpanLimits(), v.name)), "-1", "none", 1)
			if normal != v.normal {
				t.Errorf("the default is %s, the table says %s", normal, v.normal)
			}
			t.Setenv(v.name, "7")
			if got := limitOf(sdktrace.NewSpanLimits(), v.name); got != 7 {
				t.Errorf("got %d, want 7", got)
			}
			sdk, recorder := quiet(t)
			_, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "full")
			fill(s)
			s.End()
			if got := size(recorder.Ended()[0], v.name); got != 7 {
				t.Errorf("the span of the SDK has %d, want 7", got)
			}
		})
	}
}

// fill gives a span more than 7 of everything.
func fill(s trace.Span) {
	var ten []attribute.KeyValue
	for i := range 10 {
		ten = append(ten, attribute.String(strconv.Itoa(i), "0123456789"))
	}
	for range 10 {
		s.AddEvent("event", trace.WithAttributes(ten...))
		s.AddLink(trace.Link{SpanContext: s.SpanContext(), Attributes: ten})
	}
	s.SetAttributes(ten...)
}

// size is how much of what a variable limits is on a span.
func size(s sdktrace.ReadOnlySpan, name string) int {
	switch {
	case strings.Contains(name, "VALUE_LENGTH"):
		return len(s.Attributes()[0].Value.AsString())
	case name == "OTEL_SPAN_EVENT_COUNT_LIMIT":
		return len(s.Events())
	case name == "OTEL_SPAN_LINK_COUNT_LIMIT":
		return len(s.Links())
	case name == "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT":
		return len(s.Events()[0].Attributes)
	case name == "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT":
		return len(s.Links()[0].Attributes)
	}
	return len(s.Attributes())
}
