package setup

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// printing makes this test binary a program that builds an SDK of the one variable in it: what the exporters print goes
// to the standard error that a process began with.
const printing = "SPANLOG_TEST_PRINTING"

func TestNothingSecretIsPrinted(t *testing.T) {
	if pair, child := os.LookupEnv(printing); child {
		environment(t, strings.Split(pair, "\n")...)
		sdk, err := New(t.Context())
		if err == nil || len(sdk.processors) > 0 {
			t.Errorf("got %v and %d exporters, want an error and none", err, len(sdk.processors))
		}
		_ = sdk.Shutdown(t.Context())
		return
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, env := range []string{
		otlpPrefix + "HEADERS=authorization Bearer hush",
		otlpPrefix + "HEADERS=api-key=a,authorization Bearer hush",
		otlpPrefix + "HEADERS=authorization Bearer hush==",
		otlpPrefix + "HEADERS=authorization=hush%zz",
		otlpPrefix + "HEADERS=authorization Bearer hush\n" + otlpTracesPrefix + "HEADERS=a=b",
		otlpTracesPrefix + "HEADERS=authorization:hush",
		otlpPrefix + "ENDPOINT=http://user:hush@host:port",
		otlpPrefix + "ENDPOINT=http://user:hush@host:port\n" + otlpTracesPrefix + "ENDPOINT=http://localhost:4318",
		otlpPrefix + "CERTIFICATE=/hush/" + strings.Repeat("x", 100_000),
		otlpPrefix + "CLIENT_CERTIFICATE=/hush\n" + otlpPrefix + "CLIENT_KEY=/hush",
	} {
		for _, protocol := range []string{protocolGRPC, protocolHTTP} {
			cmd := exec.Command(program, "-test.run=^"+t.Name()+"$")
			cmd.Env = append(os.Environ(), printing+"="+env+"\n"+otlpPrefix+"PROTOCOL="+protocol)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			if out, err := cmd.Output(); err != nil || stderr.Len() > 0 {
				t.Errorf("%s, %.100q: got %v\n%s\nprinted: %.300s", protocol, env, err, out, stderr.String())
			}
		}
	}
}

// An empty member is no reason to send nothing: the exporter prints that it has no =, and nothing of the others.
func TestEmptyHeaderIsLeftOut(t *testing.T) {
	r := newReceiver(t)
	environment(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+r.URL, "OTEL_EXPORTER_OTLP_HEADERS=api-key=s3cret, ")
	sdk, err := New(t.Context())
	wantSetting(t, err, "header 2 has no =; it is not sent")
	_, s := sdk.TracerProvider.Tracer("test").Start(t.Context(), "charge_payment")
	s.End()
	if err := sdk.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	if got := r.one(t).header.Get("Api-Key"); got != "s3cret" {
		t.Errorf("got %q", got)
	}
}
