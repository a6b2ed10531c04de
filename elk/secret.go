package elk

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

const (
	redacted = "[redacted]"

	// minSecret is the length from which a secret is looked for: what is
	// shorter hides nothing, and would blot out half of a message.
	minSecret = 4

	// keptLearned bounds how many answers of Config.Credentials are kept.
	keptLearned = 8
)

// secrets knows what must not be in a message, wherever the text comes from:
// an error of the network, of the caller's code, or the server's own words,
// which may quote a header.
type secrets struct {
	fixed []string

	mu      sync.Mutex
	learned []string // from Config.Credentials, oldest first
}

// newSecrets gathers what c holds, and makes c.Credentials tell what it
// returns.
func newSecrets(c *Config) *secrets {
	s := &secrets{}
	s.fix(c.APIKey, apiKeySecret(c.APIKey), c.Password, c.ServiceToken)
	s.fix(strings.Fields(c.authorization())...)
	for _, address := range c.Addresses {
		s.fix(userinfo(address)...)
	}
	if ask := c.Credentials; ask != nil {
		c.Credentials = func(ctx context.Context) (string, error) {
			authorization, err := ask(ctx)
			s.learn(authorization)
			return authorization, err
		}
	}
	return s
}

// fix adds the forms of a secret, the longest first in the end, so that no
// rest of a longer one stays.
func (s *secrets) fix(words ...string) {
	s.fixed = addSecrets(s.fixed, words)
}

func addSecrets(to, words []string) []string {
	for _, word := range words {
		word = strings.TrimRight(word, "=") // base64 is quoted with and without
		if len(word) >= minSecret && !isScheme(word) && !slices.Contains(to, word) {
			to = append(to, word)
		}
	}
	slices.SortStableFunc(to, func(a, b string) int { return len(b) - len(a) })
	return to
}

func isScheme(word string) bool {
	return slices.ContainsFunc([]string{"apikey", "basic", "bearer"}, func(s string) bool { return strings.EqualFold(s, word) })
}

func (s *secrets) learn(authorization string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, word := range strings.Fields(authorization) {
		if !slices.Contains(s.learned, word) {
			s.learned = append(s.learned, word)
		}
	}
	if over := len(s.learned) - 2*keptLearned; over > 0 {
		s.learned = slices.Delete(s.learned, 0, over)
	}
}

func (s *secrets) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return addSecrets(slices.Clone(s.fixed), s.learned)
}

// clean returns the text without secrets: those that are known, and whatever
// stands where a URL or a header has one.
func (s *secrets) clean(text string) string {
	if s != nil {
		for _, word := range s.all() {
			text = strings.ReplaceAll(text, word, redacted)
		}
	}
	text = inURL().ReplaceAllString(text, "://"+redacted+"@")
	return inHeader().ReplaceAllString(text, "${1} "+redacted)
}

// hide returns err with a clean text. What it wraps can be asked for with
// errors.Is, and not be printed.
func (s *secrets) hide(err error) error { return hiddenError{text: s.clean(err.Error()), err: err} }

type hiddenError struct {
	text string
	err  error
}

func (e hiddenError) Error() string        { return e.text }
func (e hiddenError) Is(target error) bool { return errors.Is(e.err, target) }

// The patterns are compiled when a message is first told, not at start.
var (
	inURL    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`://[^/?#\s"']*@`) })
	inHeader = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)\b(apikey|basic|bearer)[ \t]+[a-z0-9._~+/-]{8,}=*`)
	})
)

// apiKeySecret is the secret half of an encoded key, base64 of id:secret.
func apiKeySecret(encoded string) string {
	plain, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return ""
	}
	_, secret, _ := strings.Cut(string(plain), ":")
	return secret
}

// userinfo returns the password of an address, and user and password, as
// they are written and as they are meant.
func userinfo(address string) []string {
	urls, err := parseAddresses([]string{address})
	if err != nil || urls[0].User == nil {
		return nil
	}
	written := urls[0].User.String()
	_, password, _ := strings.Cut(written, ":")
	meant, _ := urls[0].User.Password()
	return []string{written, password, meant, strings.TrimPrefix(basicAuthorization(urls[0].User.Username(), meant), "Basic ")}
}

var (
	_ fmt.Formatter = Config{}
	_ fmt.Formatter = (*Shipper)(nil)
)

// Format prints, whatever the verb, where lines go and which credentials are
// set, never what they are.
func (c Config) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, c.describe()) }

func (c Config) describe() string {
	parts := []string{"dataset " + orDefault(c.Dataset, "generic"), "namespace " + orDefault(c.Namespace, "default")}
	for _, address := range c.Addresses {
		parts = append(parts, "address "+describeAddress(address))
	}
	for _, way := range c.credentials() {
		parts = append(parts, way+" set")
	}
	if c.Client != nil {
		parts = append(parts, "Client set")
	}
	return "elk.Config{" + strings.Join(parts, ", ") + "}"
}

func describeAddress(address string) string {
	urls, err := parseAddresses([]string{address})
	if err != nil {
		return "that is wrong"
	}
	u := *urls[0]
	u.User = nil
	return u.String()
}

// Format prints, whatever the verb, the configuration without its secrets.
func (s *Shipper) Format(f fmt.State, _ rune) {
	if s.isZero() {
		_, _ = fmt.Fprint(f, "elk.Shipper{}")
		return
	}
	_, _ = fmt.Fprintf(f, "elk.Shipper{%s}", s.config.describe())
}
