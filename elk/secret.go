package elk

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
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
	learned []credential // from Config.Credentials, oldest first
}

// credential is an answer of Config.Credentials and what is secret in it.
type credential struct {
	authorization string
	words         []string
}

// newSecrets gathers what c holds, and makes c.Credentials tell what it
// returns.
func newSecrets(c *Config) *secrets {
	s := &secrets{}
	s.fix(c.APIKey, c.Password, c.ServiceToken)
	s.fix(authorizationWords(c.authorization())...)
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

// fix adds secrets in all their forms.
func (s *secrets) fix(words ...string) {
	s.fixed = addSecrets(s.fixed, words)
}

// addSecrets adds words in the forms in which they are quoted, the longest
// first in the end, so that no rest of a longer one stays.
func addSecrets(to, words []string) []string {
	for _, word := range words {
		word = strings.TrimRight(word, "=") // base64 is quoted with and without
		if len(word) < minSecret || isScheme(word) {
			continue
		}
		for _, form := range quotedForms(word) {
			if !slices.Contains(to, form) {
				to = append(to, form)
			}
		}
	}
	slices.SortStableFunc(to, func(a, b string) int { return len(b) - len(a) })
	return to
}

// quotedForms returns the word as it is, as it stands in Go's quotes, in JSON
// and in a URL, and what these become in quotes once more, such as an error
// with %q in it inside a server's answer.
func quotedForms(word string) []string {
	forms := []string{word}
	for range 2 {
		for _, form := range slices.Clone(forms) {
			forms = append(forms, inQuotes(strconv.Quote(form)), inQuotes(strconv.QuoteToASCII(form)), inJSON(form, true), inJSON(form, false))
		}
		slices.Sort(forms)
		forms = slices.Compact(forms)
	}
	return append(forms, url.QueryEscape(word), url.PathEscape(word))
}

func inQuotes(quoted string) string { return quoted[1 : len(quoted)-1] }

func inJSON(text string, html bool) string {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(html)
	if enc.Encode(text) != nil {
		return text
	}
	return inQuotes(strings.TrimSuffix(buf.String(), "\n"))
}

func isScheme(word string) bool {
	return slices.ContainsFunc([]string{"apikey", "basic", "bearer"}, func(s string) bool { return strings.EqualFold(s, word) })
}

func (s *secrets) learn(authorization string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	same := func(c credential) bool { return c.authorization == authorization }
	if authorization == "" || slices.ContainsFunc(s.learned, same) {
		return
	}
	s.learned = append(s.learned, credential{authorization, addSecrets(nil, authorizationWords(authorization))})
	if over := len(s.learned) - keptLearned; over > 0 {
		s.learned = slices.Delete(s.learned, 0, over)
	}
}

// authorizationWords are the words of a header, and what is in those that are
// base64 of user:password or id:key.
func authorizationWords(authorization string) []string {
	words := strings.Fields(authorization)
	for _, word := range slices.Clone(words) {
		plain, secret := decodePair(word)
		words = append(words, plain, secret)
	}
	return words
}

func (s *secrets) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.learned) == 0 {
		return s.fixed
	}
	words := slices.Clone(s.fixed)
	for _, c := range s.learned {
		words = append(words, c.words...)
	}
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
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

// decodePair returns what base64 of id:secret stands for, and the secret half;
// both are empty where it is something else.
func decodePair(encoded string) (plain, secret string) {
	decoded, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil || !utf8.Valid(decoded) {
		return "", ""
	}
	_, secret, ok := strings.Cut(string(decoded), ":")
	if !ok {
		return "", ""
	}
	return string(decoded), secret
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
	_ fmt.Formatter = Shipper{}
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

// Format prints, whatever the verb, the configuration without its secrets. It
// is there for a Shipper that is printed by value, too.
func (s Shipper) Format(f fmt.State, _ rune) {
	if s.isZero() {
		_, _ = fmt.Fprint(f, "elk.Shipper{}")
		return
	}
	_, _ = fmt.Fprintf(f, "elk.Shipper{%s}", s.config.describe())
}
