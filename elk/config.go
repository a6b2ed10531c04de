package elk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/spanlog/spanlog/elk/internal/spool"
	"go.opentelemetry.io/otel/metric"
)

const (
	defaultRingBytes    = 8 << 20
	defaultBatchBytes   = 5 << 20
	defaultMaxLineBytes = 1 << 20
	minRingBytes        = 4 << 10
	defaultSpoolBytes   = 1 << 30
	minSpoolBytes       = 64 << 10
	maxInFlight         = 64
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
	// key. At most one of APIKey, Username, ServiceToken, Credentials and a
	// user in Addresses may be set.
	APIKey string

	// Username and Password are for basic authentication.
	Username, Password string

	// ServiceToken is sent as "Bearer": the token of a service account, or
	// any other bearer token that does not change.
	ServiceToken string

	// Credentials returns the whole Authorization header, such as "ApiKey …"
	// or "Bearer …". It is asked before the first request and again after a
	// 401 or 403, from the sending goroutine, and should honour its context,
	// which ends with the request's time.
	Credentials func(ctx context.Context) (authorization string, err error)

	// CACert holds PEM certificates that replace the system's roots.
	// Nil: the system's.
	CACert []byte

	// CertificateFingerprint is the SHA-256, in hexadecimal, of the one
	// certificate to trust, instead of CACert: the server's own, whatever
	// names it is for, or the authority's that issued the server's, which
	// the server must send along and which is then as good as CACert.
	CertificateFingerprint string

	// ClientCert and ClientKey are a PEM certificate, with what leads to its
	// authority, and its key, with which the shipper says who it is in TLS.
	// They may stand alone or beside any credentials.
	ClientCert, ClientKey []byte

	// Client sends the requests instead of the package's own client; a
	// *elasticsearch.Client fits. It has its own addresses and credentials,
	// so none may be set here. It must honour the request's context.
	// Nil: the package's own, which is never instrumented.
	Client Client

	// Dataset and Namespace name the data stream logs-<dataset>-<namespace>.
	// Empty: "generic" and "default".
	Dataset, Namespace string

	// HostName is the value of "host.name" in documents that lack it. Empty:
	// what os.Hostname returned at Open, which in a container is its name.
	// NoHostName: the field is not added.
	HostName string

	// Fields are added to the documents that lack them: constant texts under
	// dotted names, such as "service.name" or "deployment.environment.name",
	// at most 50. A document that has the field, as a dotted key or in an
	// object, or has something that would conflict with it, keeps what it
	// has. "@timestamp", "event.sequence", "data_stream.*" and "host.name"
	// come from the shipper. Open copies the map.
	Fields map[string]string

	// NotJSON says what becomes of lines that are not one JSON object. Zero:
	// NotJSONWrap, so that what a panic or a library prints can be found.
	NotJSON NotJSON

	// DeadLetter gets one JSON line for each line that will never be stored;
	// see the package comment. It is called from the sending goroutines, one
	// Write per line and one at a time, and is not closed. A writer that blocks stops sending.
	// Nil: SpoolDir/dead-letter.ndjson, or without SpoolDir such lines are
	// counted and lost, which Close says and, where none is stored beside
	// them, Health.
	DeadLetter io.Writer

	// RingBytes bounds the memory for lines that wait to be sent, at least
	// 4 KiB. A line takes a whole number of blocks of 256 bytes, each with
	// 40 bytes beside it. Zero: 8 MiB.
	RingBytes int

	// Block is how long a Write waits for room when the ring is full, before
	// lines are dropped. Zero: it never waits.
	Block time.Duration

	// MaxLineBytes is the longest line that is sent; a longer one is a dead
	// letter, cut to this length. Zero: 1 MiB, or half of RingBytes if that
	// is less, a quarter with SpoolDir.
	MaxLineBytes int

	// SpoolDir is a folder in which lines wait until they have a verdict, so
	// that they outlive an outage, and the process: see the package comment.
	// Open makes it; it must be on a disk of this machine and may be shared
	// with other processes, of which each has a folder of its own in it.
	// Empty: lines wait in memory only.
	SpoolDir string

	// SpoolBytes bounds what the spool of this process takes on disk, with
	// what it took over from others, at least 64 KiB. Zero: 1 GiB.
	SpoolBytes int64

	// spoolFS is for tests. Nil: the operating system's.
	spoolFS spool.FS

	// SpoolSync says when lines in the spool are made durable. Zero:
	// SpoolSyncInterval, every second.
	SpoolSync SpoolSync

	// BatchBytes is the size, before compression, at which a request is
	// sent; it is sent earlier when the ring is half full. Zero: 5 MiB.
	BatchBytes int

	// BatchWait is how long a line waits for others to share its request.
	// Zero: 1 s.
	BatchWait time.Duration

	// InFlight is how many requests may be on their way at once. With more
	// than one, documents are not stored in the order of their lines:
	// "event.sequence" restores it. Zero: 2. One keeps the order, but for
	// documents that have to be sent again.
	InFlight int

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

	// Meter gets the shipper's counts as metrics; see the names in the
	// package comment. It is asked once, in Open, and let go in Close; it must not
	// be a provider that exports into this shipper's own client. Nil: none.
	Meter metric.MeterProvider
}

// resolved returns the configuration with defaults filled in, or what is
// wrong with it.
func (c Config) resolved() (Config, error) {
	c.Dataset = orDefault(c.Dataset, "generic")
	c.Namespace = orDefault(c.Namespace, "default")
	c.RingBytes = orDefault(c.RingBytes, defaultRingBytes)
	c.MaxLineBytes = orDefault(c.MaxLineBytes, min(defaultMaxLineBytes, c.maxLine()))
	c.SpoolBytes = orDefault(c.SpoolBytes, defaultSpoolBytes)
	c.BatchBytes = orDefault(c.BatchBytes, defaultBatchBytes)
	c.BatchWait = orDefault(c.BatchWait, time.Second)
	c.RequestTimeout = orDefault(c.RequestTimeout, 30*time.Second)
	c.FlushTimeout = orDefault(c.FlushTimeout, 5*time.Second)
	c.CloseTimeout = orDefault(c.CloseTimeout, 10*time.Second)
	c.BackoffMax = orDefault(c.BackoffMax, 30*time.Second)
	c.BackoffMin = orDefault(c.BackoffMin, min(250*time.Millisecond, c.BackoffMax))
	c.InFlight = orDefault(c.InFlight, 2)
	c.HostName = orDefault(c.HostName, hostName())
	c.Fields = maps.Clone(c.Fields)
	c.fromEnvironment()
	return c, errors.Join(c.checkNames(), c.checkLimits(), c.checkSpool(), c.checkFields(), c.checkClient())
}

func (c *Config) maxLine() int {
	if c.SpoolDir != "" {
		return c.RingBytes / 4
	}
	return c.RingBytes / 2
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
	if len(c.credentials()) == 0 {
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
	case len(name) > maxNameBytes:
		return fmt.Errorf("elk: %s has %d bytes, the limit is %d", field, len(name), maxNameBytes)
	case !utf8.ValidString(name):
		return fmt.Errorf("elk: %s %q is not valid UTF-8", field, name)
	case strings.ToLower(name) != name:
		return fmt.Errorf("elk: %s %q must be lower case", field, name)
	}
	for _, r := range name {
		if forbiddenInName(r) {
			return fmt.Errorf("elk: %s %q must not contain %q", field, name, r)
		}
	}
	return nil
}

func forbiddenInName(r rune) bool {
	return strings.ContainsRune(`\/*?"<>|,#:-%`, r) || unicode.IsSpace(r) || !unicode.IsPrint(r)
}

func (c *Config) checkLimits() error {
	var errs []error
	for _, limit := range []struct {
		field string
		value int64
	}{
		{"RingBytes", int64(c.RingBytes)}, {"MaxLineBytes", int64(c.MaxLineBytes)}, {"BatchBytes", int64(c.BatchBytes)}, {"InFlight", int64(c.InFlight)},
		{"BatchWait", int64(c.BatchWait)}, {"Block", int64(c.Block)}, {"RequestTimeout", int64(c.RequestTimeout)}, {"FlushTimeout", int64(c.FlushTimeout)},
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
	case c.InFlight > maxInFlight:
		errs = append(errs, fmt.Errorf("elk: InFlight is %d, the most is %d", c.InFlight, maxInFlight))
	case c.BackoffMin > c.BackoffMax:
		errs = append(errs, fmt.Errorf("elk: BackoffMin %s is above BackoffMax %s", c.BackoffMin, c.BackoffMax))
	}
	return errors.Join(errs...)
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
