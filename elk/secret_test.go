package elk

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestSecretsAreNowhere: the worst servers and callbacks quote every secret
// they have seen, in all that becomes text, and none of it shows.
func TestSecretsAreNowhere(t *testing.T) {
	key := base64.StdEncoding.EncodeToString([]byte("id:half-of-a-key"))
	for _, tt := range []struct {
		name    string
		set     func(*Config)
		secrets []string
	}{
		{"API key", func(c *Config) { c.APIKey = key }, []string{key, "half-of-a-key"}},
		{"password", func(c *Config) { c.Username, c.Password = "elastic", "open sesame" }, []string{"open sesame", "ZWxhc3RpYzpvcGVuIHNlc2FtZQ"}},
		{"service token", func(c *Config) { c.ServiceToken = "AAEAAWVsYXN0aWM" }, []string{"AAEAAWVsYXN0aWM"}},
		{"callback", func(c *Config) {
			c.Credentials = func(context.Context) (string, error) { return "Bearer eyJhbGciOi.J9", nil }
		}, []string{"eyJhbGciOi.J9"}},
		{"callback with a password", func(c *Config) {
			c.Credentials = func(context.Context) (string, error) { return basicAuthorization("elastic", "open sesame"), nil }
		}, []string{"open sesame", "ZWxhc3RpYzpvcGVuIHNlc2FtZQ"}},
		{"callback with an API key", func(c *Config) {
			c.Credentials = func(context.Context) (string, error) { return "ApiKey " + key, nil }
		}, []string{key, "half-of-a-key"}},
		{"callback that fails", func(c *Config) {
			c.Credentials = func(context.Context) (string, error) {
				return "Bearer eyJhbGciOi.J9", errors.New("no: GET https://vault:letmein99@vault.example?t=1: eyJhbGciOi.J9")
			}
		}, []string{"eyJhbGciOi.J9", "letmein99"}},
		{"callback that panics", func(c *Config) {
			c.Credentials = func(context.Context) (string, error) { panic("https://vault:letmein99@vault.example") }
		}, []string{"letmein99"}},
		{"in the address", func(c *Config) {
			c.Addresses[0] = strings.Replace(c.Addresses[0], "//", "//elastic:p%40ssword@", 1)
		}, []string{"p%40ssword", "p@ssword", "ZWxhc3RpYzpwQHNzd29yZA"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := startServer(t)
			var quoted sync.Map
			srv.Intercept(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					said := r.Header.Get("Authorization")
					if _, password, ok := r.BasicAuth(); ok {
						said += " " + password
					}
					body := fmt.Sprintf(`{"error":{"type":"security_exception","reason":%q},"status":401}`, "not "+said+" "+strings.Join(tt.secrets, " "))
					status := http.StatusUnauthorized
					if _, again := quoted.LoadOrStore("asked", true); again {
						status = http.StatusBadRequest
					}
					instead(status, nil, body)(w, r, next)
				})
			})
			var out buffer
			c := quick(srv.URL())
			tt.set(&c)
			c.DeadLetter = &out
			told := make(chan Alarm, 100)
			c.OnAlarm = func(a Alarm) { told <- a }
			c.FlushTimeout, c.CloseTimeout = 200*time.Millisecond, 200*time.Millisecond

			s := openShipper(t, c)
			mustWrite(t, s, "{}")
			_, _ = fmt.Fprintln(&out, (<-told).Message, s.Health(), s.Flush(context.Background()))
			printAll(&out, c)
			printAll(&out, s)
			printAll(&out, *s)
			_, _ = fmt.Fprintln(&out, s.Close())
			for len(told) > 0 {
				_, _ = fmt.Fprintln(&out, <-told)
			}
			_, err := InstallTemplate(t.Context(), c, TemplateOptions{})
			if err == nil {
				t.Error("InstallTemplate accepts a 400")
			}
			_, _ = fmt.Fprintf(&out, "%v %+v %#v\n", err, err, err.Error())
			for _, secret := range tt.secrets {
				if strings.Contains(out.String(), secret) {
					t.Errorf("%q shows in\n%s", secret, &out)
				}
			}
			if !strings.Contains(out.String(), redacted) {
				t.Errorf("nothing was redacted, so nothing was tried, in\n%s", &out)
			}
		})
	}
}

func printAll(out *buffer, v any) {
	_, _ = fmt.Fprintf(out, "%v %+v %#v %s %q %d %x\n", v, v, v, v, v, v, v)
	_, _ = fmt.Fprintln(out, v, []any{v}, struct{ V any }{v})
	slog.New(slog.NewTextHandler(out, nil)).Info("m", "v", v)
	slog.New(slog.NewJSONHandler(out, nil)).Info("m", "v", v)
}

func TestFormatSaysWhatIsSet(t *testing.T) {
	c := Config{Addresses: []string{"https://u:sesame@es.example/x", ":sesame"}, Dataset: "checkout", Password: "sesame"}
	const want = "elk.Config{dataset checkout, namespace default, address https://es.example/x, address that is wrong, a user in Addresses set}"
	if got := fmt.Sprint(c); got != want {
		t.Errorf("Config prints as %s\nwant %s", got, want)
	}
	s := openShipper(t, Config{Client: clientFunc(created)})
	if got, want := fmt.Sprintf("%+v", s), "elk.Shipper{elk.Config{dataset generic, namespace default, Client set}}"; got != want {
		t.Errorf("Shipper prints as %s\nwant %s", got, want)
	}
}

func TestClean(t *testing.T) {
	s := newSecrets(&Config{Password: "longer than that", ServiceToken: "longer"})
	for in, want := range map[string]string{
		"nothing to hide":                         "nothing to hide",
		"longer than that, longer":                "[redacted], [redacted]",
		"Get \"http://u:p@h/x\": refused":         "Get \"http://[redacted]@h/x\": refused",
		"mail to a@b, not http://h/a@b":           "mail to a@b, not http://h/a@b",
		"authorization: bearer abcdef.ghi-jkl_/+": "authorization: bearer [redacted]",
		"Basic dTpwYXNz==, ApiKey a2V5a2V5a2V5":   "Basic [redacted], ApiKey [redacted]",
		"basic things":                            "basic things",
	} {
		if got := s.clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestLearnedSecretsAreBounded: a token an hour is no leak.
func TestLearnedSecretsAreBounded(t *testing.T) {
	n := 0
	c := Config{Credentials: func(context.Context) (string, error) { n++; return fmt.Sprintf("Bearer token-%04d", n), nil }}
	s := newSecrets(&c)
	for range 1000 {
		_, _ = c.Credentials(t.Context())
	}
	if len(s.learned) > 2*keptLearned {
		t.Errorf("%d words are kept", len(s.learned))
	}
	if got := s.clean("token-1000 token-0999"); bytes.Contains([]byte(got), []byte("token")) {
		t.Errorf("the newest tokens show: %s", got)
	}
}

// TestCleanFindsQuotedForms: whatever wrote the text, once or twice in quotes.
func TestCleanFindsQuotedForms(t *testing.T) {
	const secret = `pa"ss\w<o>rd é`
	asJSON, _ := json.Marshal(secret)
	twice, _ := json.Marshal("GET: " + string(asJSON))
	s := newSecrets(&Config{Username: "elastic", Password: secret})
	for _, text := range []string{
		secret, fmt.Sprintf("%q", secret), fmt.Sprintf("%+q", secret), string(asJSON), string(twice),
		fmt.Sprintf("%q", fmt.Sprintf("%q", secret)), url.QueryEscape(secret), url.PathEscape(secret),
	} {
		if got := s.clean("a " + text + " b"); strings.Contains(got, "pa") || strings.Contains(got, "rd") || !strings.HasSuffix(got, " b") {
			t.Errorf("clean leaves %s of %s", got, text)
		}
	}
}
