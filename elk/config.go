package elk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	defaultRingBytes    = 8 << 20
	defaultBatchBytes   = 5 << 20
	defaultMaxLineBytes = 1 << 20
	minRingBytes        = 4 << 10
)

// Config says where lines go and how much room and time they may take.
// The zero value is usable when the environment names a server. Open copies
// it and never writes to it.
type Config struct {
	// Addresses are the base URLs of the Elasticsearch nodes, tried in turn,
	// for example "https://es.example:9200". Empty, with no Client: the
	// comma-separated ELASTICSEARCH_URL variable, and ELASTICSEARCH_API_KEY
	// when no credentials are set here either.
	Addresses []string

	// APIKey is the encoded form that Elasticsearch prints when it makes a
	// key. At most one of APIKey, Username and Credentials may be set.
	APIKey string

	// Username and Password are for basic authentication.
	Username, Password string

	// Credentials returns the whole Authorization header, such as "ApiKey …"
	// or "Bearer …". It is asked before the first request and again after a
	// 401 or 403, from the sending goroutine, and should honour its context,
	// which ends with the request's time.
	Credentials func(ctx context.Context) (authorization string, err error)

	// CACert holds PEM certificates that replace the system's roots.
	// Nil: the system's.
	CACert []byte

	// Client sends the requests instead of the package's own client; a
	// *elasticsearch.Client fits. It has its own addresses and credentials,
	// so none may be set here. It must honour the request's context.
	// Nil: the package's own, which is never instrumented.
	Client Client

	// Dataset and Namespace name the data stream logs-<dataset>-<namespace>.
	// Empty: "generic" and "default".
	Dataset, Namespace string

	// DeadLetter gets one JSON line for each line that will never be stored;
	// see the package comment. It is called from the sending goroutine, one
	// Write per line, and is not closed. A writer that blocks stops sending.
	// Nil: such lines are counted, and gone.
	DeadLetter io.Writer

	// RingBytes bounds the memory for lines that wait to be sent, at least
	// 4 KiB. A line takes a whole number of blocks of 256 bytes, each with
	// 40 bytes beside it. Zero: 8 MiB.
	RingBytes int

	// MaxLineBytes is the longest line that is sent; a longer one is a dead
	// letter, cut to this length. Zero: 1 MiB, or half of RingBytes if that
	// is less.
	MaxLineBytes int

	// BatchBytes is the size, before compression, at which a request is
	// sent; it is sent earlier when the ring is half full. Zero: 5 MiB.
	BatchBytes int

	// BatchWait is how long a line waits for others to share its request.
	// Zero: 1 s.
	BatchWait time.Duration

	// RequestTimeout bounds one request, whatever the client's own limit is.
	// Zero: 30 s.
	RequestTimeout time.Duration

	// FlushTimeout bounds a Flush whose context has no deadline. Zero: 5 s.
	FlushTimeout time.Duration

	// CloseTimeout bounds Close. Zero: 10 s.
	CloseTimeout time.Duration

	// BackoffMin and BackoffMax bound the wait before a retry: a random time
	// below a ceiling that starts at the one and doubles up to the other.
	// Zero: 250 ms and 30 s.
	BackoffMin, BackoffMax time.Duration

	// OnAlarm is told of what needs a person: at most one alarm for each
	// reason in 10 s, from a goroutine of its own, never from a Write.
	// Nil: nobody is told; Stats still counts.
	OnAlarm func(Alarm)
}

// resolved returns the configuration with defaults filled in, or what is
// wrong with it.
func (c Config) resolved() (Config, error) {
	c.Dataset = orDefault(c.Dataset, "generic")
	c.Namespace = orDefault(c.Namespace, "default")
	c.RingBytes = orDefault(c.RingBytes, defaultRingBytes)
	c.MaxLineBytes = orDefault(c.MaxLineBytes, min(defaultMaxLineBytes, c.RingBytes/2))
	c.BatchBytes = orDefault(c.BatchBytes, defaultBatchBytes)
	c.BatchWait = orDefault(c.BatchWait, time.Second)
	c.RequestTimeout = orDefault(c.RequestTimeout, 30*time.Second)
	c.FlushTimeout = orDefault(c.FlushTimeout, 5*time.Second)
	c.CloseTimeout = orDefault(c.CloseTimeout, 10*time.Second)
	c.BackoffMax = orDefault(c.BackoffMax, 30*time.Second)
	c.BackoffMin = orDefault(c.BackoffMin, min(250*time.Millisecond, c.BackoffMax))
	c.fromEnvironment()
	return c, errors.Join(c.checkNames(), c.checkLimits(), c.checkClient())
}

func orDefault[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}

// fromEnvironment reads the variables only when nothing else names a server:
// a key from the environment must not go to a host it was not meant for.
func (c *Config) fromEnvironment() {
	if len(c.Addresses) > 0 || c.Client != nil {
		return
	}
	for address := range strings.SplitSeq(os.Getenv("ELASTICSEARCH_URL"), ",") {
		if address = strings.TrimSpace(address); address != "" {
			c.Addresses = append(c.Addresses, address)
		}
	}
	if c.APIKey == "" && c.Username == "" && c.Credentials == nil {
		c.APIKey = os.Getenv("ELASTICSEARCH_API_KEY")
	}
}

func (c *Config) checkNames() error {
	return errors.Join(checkName("Dataset", c.Dataset), checkName("Namespace", c.Namespace))
}

// checkName holds Elastic's data stream naming scheme, so that a name is
// refused here and not document by document.
func checkName(field, name string) error {
	switch {
	case len(name) > 100:
		return fmt.Errorf("elk: %s has %d bytes, the limit is 100", field, len(name))
	case !utf8.ValidString(name):
		return fmt.Errorf("elk: %s %q is not valid UTF-8", field, name)
	case strings.ToLower(name) != name:
		return fmt.Errorf("elk: %s %q must be lower case", field, name)
	}
	for _, r := range name {
		if strings.ContainsRune(`\/*?"<>|,#:-%`, r) || unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return fmt.Errorf("elk: %s %q must not contain %q", field, name, r)
		}
	}
	return nil
}

func (c *Config) checkLimits() error {
	var errs []error
	for _, limit := range []struct {
		field string
		value int64
	}{
		{"RingBytes", int64(c.RingBytes)}, {"MaxLineBytes", int64(c.MaxLineBytes)}, {"BatchBytes", int64(c.BatchBytes)},
		{"BatchWait", int64(c.BatchWait)}, {"RequestTimeout", int64(c.RequestTimeout)}, {"FlushTimeout", int64(c.FlushTimeout)},
		{"CloseTimeout", int64(c.CloseTimeout)}, {"BackoffMin", int64(c.BackoffMin)}, {"BackoffMax", int64(c.BackoffMax)},
	} {
		if limit.value < 0 {
			errs = append(errs, fmt.Errorf("elk: %s is negative", limit.field))
		}
	}
	switch {
	case c.RingBytes >= 0 && c.RingBytes < minRingBytes:
		errs = append(errs, fmt.Errorf("elk: RingBytes is %d, the least is %d", c.RingBytes, minRingBytes))
	case c.MaxLineBytes > ringCapacity(c.RingBytes):
		errs = append(errs, fmt.Errorf("elk: a line of MaxLineBytes %d does not fit into RingBytes %d", c.MaxLineBytes, c.RingBytes))
	case c.BackoffMin > c.BackoffMax:
		errs = append(errs, fmt.Errorf("elk: BackoffMin %s is above BackoffMax %s", c.BackoffMin, c.BackoffMax))
	}
	return errors.Join(errs...)
}

func (c *Config) checkClient() error {
	if c.Client != nil {
		return c.checkOwnClient()
	}
	ways := 0
	for _, set := range []bool{c.APIKey != "", c.Username != "", c.Credentials != nil} {
		if set {
			ways++
		}
	}
	switch {
	case ways > 1:
		return errors.New("elk: more than one of APIKey, Username and Credentials is set")
	case c.Password != "" && c.Username == "":
		return errors.New("elk: Password without Username")
	case strings.ContainsAny(c.APIKey, " \t\r\n"):
		return errors.New("elk: APIKey contains white space: want the encoded key alone")
	case len(c.Addresses) == 0:
		return errors.New("elk: no address: set Config.Addresses, Config.Client or ELASTICSEARCH_URL")
	}
	_, err := parseAddresses(c.Addresses)
	return err
}

func (c *Config) checkOwnClient() error {
	if len(c.Addresses) > 0 || c.APIKey != "" || c.Username != "" || c.Password != "" || c.CACert != nil || c.Credentials != nil {
		return errors.New("elk: Client brings its own addresses and credentials: set either Client or those")
	}
	return nil
}

// parseAddresses never quotes an address that it cannot parse: it may hold a
// password.
func parseAddresses(addresses []string) ([]*url.URL, error) {
	urls := make([]*url.URL, 0, len(addresses))
	for i, address := range addresses {
		u, err := url.Parse(address)
		switch {
		case err != nil:
			return nil, fmt.Errorf("elk: address %d is not a URL", i+1)
		case u.Scheme != "http" && u.Scheme != "https":
			return nil, fmt.Errorf("elk: address %d must begin with http:// or https://", i+1)
		case u.Hostname() == "":
			return nil, fmt.Errorf("elk: address %d (%s) has no host", i+1, u.Redacted())
		case u.RawQuery != "" || u.Fragment != "":
			return nil, fmt.Errorf("elk: address %d (%s) must not have a query or fragment", i+1, u.Redacted())
		}
		u.Path = strings.TrimRight(u.Path, "/")
		urls = append(urls, u)
	}
	return urls, nil
}
