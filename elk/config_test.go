package elk

import (
	"context"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestOpenRefusesWrongConfiguration(t *testing.T) {
	t.Setenv("ELASTICSEARCH_URL", "")
	t.Setenv("ELASTICSEARCH_API_KEY", "")
	address := []string{"http://127.0.0.1:9"}
	client := clientFunc(created)
	ask := func(context.Context) (string, error) { return "", nil }
	for _, tt := range []struct {
		name string
		c    Config
		want string
	}{
		{"no address", Config{}, "no address"},
		{"no scheme", Config{Addresses: []string{"127.0.0.1:9200"}}, "address 1 is not a URL"},
		{"host name without scheme", Config{Addresses: []string{"localhost:9200"}}, "must begin with http"},
		{"other scheme", Config{Addresses: []string{"ftp://host"}}, "must begin with http"},
		{"no host", Config{Addresses: []string{"http://u:secret@"}}, "no host"},
		{"query", Config{Addresses: []string{"http://u:secret@h?x=1"}}, "query"},
		{"bad URL with a password", Config{Addresses: []string{"http://u:secret@h:port"}}, "is not a URL"},
		{"second address bad", Config{Addresses: []string{"http://h", "x"}}, "address 2"},
		{"two credentials", Config{Addresses: address, APIKey: "a", Username: "u"}, "more than one"},
		{"key and callback", Config{Addresses: address, APIKey: "a", Credentials: ask}, "more than one"},
		{"password alone", Config{Addresses: address, Password: "p"}, "Password without Username"},
		{"key with a newline", Config{Addresses: address, APIKey: "secret\n"}, "white space"},
		{"CA is no PEM", Config{Addresses: address, CACert: []byte("x")}, "CACert"},
		{"CA is empty", Config{Addresses: address, CACert: []byte{}}, "CACert"},
		{"client and address", Config{Addresses: address, Client: client}, "either Client"},
		{"client and key", Config{APIKey: "a", Client: client}, "either Client"},
		{"client and callback", Config{Credentials: ask, Client: client}, "either Client"},
		{"dataset upper case", Config{Addresses: address, Dataset: "Shop"}, "lower case"},
		{"dataset with hyphen", Config{Addresses: address, Dataset: "a-b"}, "must not contain '-'"},
		{"namespace with space", Config{Addresses: address, Namespace: "a b"}, "must not contain ' '"},
		{"namespace with slash", Config{Addresses: address, Namespace: "a/b"}, "must not contain '/'"},
		{"namespace with newline", Config{Addresses: address, Namespace: "a\nb"}, "must not contain"},
		{"dataset not UTF-8", Config{Addresses: address, Dataset: "\xff"}, "UTF-8"},
		{"dataset long", Config{Addresses: address, Dataset: strings.Repeat("a", 101)}, "limit is 100"},
		{"negative wait", Config{Addresses: address, BatchWait: -1}, "BatchWait is negative"},
		{"small ring", Config{Addresses: address, RingBytes: 10}, "RingBytes is 10"},
		{"line larger than ring", Config{Addresses: address, RingBytes: 8192, MaxLineBytes: 8192}, "does not fit"},
		{"many in flight", Config{Addresses: address, InFlight: 65}, "InFlight is 65"},
		{"negative in flight", Config{Addresses: address, InFlight: -1}, "InFlight is negative"},
		{"many fields", Config{Addresses: address, Fields: manyFields(51)}, "the most is 50"},
		{"field not UTF-8", Config{Addresses: address, Fields: map[string]string{"a": "\xff"}}, "UTF-8"},
		{"field without a part", Config{Addresses: address, Fields: map[string]string{"a..b": "x"}}, "empty part"},
		{"field without a name", Config{Addresses: address, Fields: map[string]string{"": "x"}}, "empty part"},
		{"field long", Config{Addresses: address, Fields: map[string]string{"a": strings.Repeat("x", 1024)}}, "more than 1024"},
		{"host name not UTF-8", Config{Addresses: address, HostName: "\xff"}, "HostName"},
		{"unknown setting", Config{Addresses: address, NotJSON: 7}, "NotJSON is 7"},
		{"back-off upside down", Config{Addresses: address, BackoffMin: 2, BackoffMax: 1}, "above BackoffMax"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			checkRefused(t, tt.c, tt.want, "secret")
		})
	}
}

func TestOpenLeavesTheCallersConfigAlone(t *testing.T) {
	c := Config{Addresses: []string{"http://127.0.0.1:9/"}}
	before := c
	s := openShipper(t, c)
	defer closeWell(t, s)
	if !reflect.DeepEqual(c, before) || c.Addresses[0] != "http://127.0.0.1:9/" {
		t.Errorf("Open changed its argument: %+v", c)
	}
}

func TestDefaults(t *testing.T) {
	c, err := Config{Client: clientFunc(created)}.resolved()
	if err != nil {
		t.Fatal(err)
	}
	c.Client = nil
	want := Config{
		Dataset: "generic", Namespace: "default",
		RingBytes: 8 << 20, MaxLineBytes: 1 << 20, BatchBytes: 5 << 20, BatchWait: time.Second,
		RequestTimeout: 30 * time.Second, FlushTimeout: 5 * time.Second, CloseTimeout: 10 * time.Second,
		BackoffMin: 250 * time.Millisecond, BackoffMax: 30 * time.Second,
		InFlight: 2, HostName: hostName(), SpoolBytes: 1 << 30,
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("defaults = %+v\nwant %+v", c, want)
	}
}

func TestEnvironment(t *testing.T) {
	t.Setenv("ELASTICSEARCH_URL", " http://one:9200, ,https://two ")
	t.Setenv("ELASTICSEARCH_API_KEY", "fromEnvironment")
	for _, tt := range []struct {
		name      string
		c         Config
		addresses []string
		key       string
	}{
		{"nothing set", Config{}, []string{"http://one:9200", "https://two"}, "fromEnvironment"},
		{"key set", Config{APIKey: "mine"}, []string{"http://one:9200", "https://two"}, "mine"},
		{"user set", Config{Username: "u"}, []string{"http://one:9200", "https://two"}, ""},
		{"address set: the key is not for it", Config{Addresses: []string{"http://three"}}, []string{"http://three"}, ""},
		{"client set", Config{Client: clientFunc(created)}, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := tt.c.resolved()
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(c.Addresses, tt.addresses) || c.APIKey != tt.key {
				t.Errorf("addresses %q, key %q, want %q, %q", c.Addresses, c.APIKey, tt.addresses, tt.key)
			}
		})
	}
}

// TestRequest checks what goes over the wire.
func TestRequest(t *testing.T) {
	var got *http.Request
	c := quick("")
	c.Addresses, c.Dataset, c.Namespace = nil, "checkout", "prod"
	c.Client = clientFunc(func(r *http.Request) (*http.Response, error) {
		got = r
		return created(r)
	})
	s := openShipper(t, c)
	mustWrite(t, s, `{"a":1}`)
	closeWell(t, s)
	if got.Method != "POST" || got.URL.Path != "/logs-checkout-prod/_bulk" {
		t.Errorf("request is %s %s", got.Method, got.URL.Path)
	}
	want := map[string][]string{
		"require_data_stream":     {"true"},
		"include_source_on_error": {"false"},
		"filter_path":             {"errors,took,items.*.status,items.*.error,items.*.failure_store,items.*._index"},
	}
	if q := map[string][]string(got.URL.Query()); !reflect.DeepEqual(q, want) {
		t.Errorf("query = %v, want %v", q, want)
	}
	if got.Header.Get("Content-Type") != "application/x-ndjson" || got.Header.Get("Content-Encoding") != "" || got.ContentLength <= 0 {
		t.Errorf("header = %v, length %d; want plain ndjson of known length", got.Header, got.ContentLength)
	}
}

func TestOwnClientCompresses(t *testing.T) {
	srv := startServer(t)
	encoding := make(chan string, 1)
	srv.Intercept(first(1, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		encoding <- r.Header.Get("Content-Encoding")
		next.ServeHTTP(w, r)
	}))
	s := openShipper(t, quick(srv.URL()+"/"))
	writeLines(t, s, 0, 10)
	closeWell(t, s)
	checkStored(t, srv, 10)
	if got := <-encoding; got != "gzip" {
		t.Errorf("Content-Encoding = %q, want gzip", got)
	}
}

func TestCACert(t *testing.T) {
	srv := startServer(t)
	target, _ := url.Parse(srv.URL())
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	front := httptest.NewUnstartedServer(&httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }})
	front.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of the stranger below
	front.StartTLS()
	defer front.Close()

	c := quick(front.URL)
	c.CloseTimeout = 100 * time.Millisecond
	stranger := openShipper(t, c)
	mustWrite(t, stranger, "{}")
	if err := stranger.Close(); !errors.Is(err, ErrLost) {
		t.Errorf("Close = %v, want ErrLost: the certificate is unknown", err)
	}
	c.CACert = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: front.Certificate().Raw})
	c.CloseTimeout = 0
	s := openShipper(t, c)
	writeLines(t, s, 0, 10)
	closeWell(t, s)
	checkStored(t, srv, 10)
}
