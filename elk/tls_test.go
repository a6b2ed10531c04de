package elk

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"
)

// identity is a certificate with its key, both also in PEM.
type identity struct {
	cert, key []byte
	parsed    *x509.Certificate
	signer    *ecdsa.PrivateKey
}

func newAuthority(t testing.TB, name string) *identity {
	t.Helper()
	return newIdentity(t, &x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, nil)
}

// issue makes a certificate for the hosts, names or IPs.
func (i *identity) issue(t testing.TB, hosts ...string) *identity {
	t.Helper()
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: hosts[0]},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	return newIdentity(t, template, i)
}

// newIdentity signs the template with the issuer's key, nil for its own.
func newIdentity(t testing.TB, template *x509.Certificate, issuer *identity) *identity {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	if issuer == nil {
		issuer = &identity{parsed: template, signer: key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer.parsed, key.Public(), issuer.signer)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return &identity{
		cert:   pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		key:    pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
		parsed: parsed, signer: key,
	}
}

func (i *identity) fingerprint() string {
	sum := sha256.Sum256(i.parsed.Raw)
	return hex.EncodeToString(sum[:])
}

// chain is what a server sends: its own certificate, then the others.
func (i *identity) chain(others ...*identity) tls.Certificate {
	chain := tls.Certificate{Certificate: [][]byte{i.parsed.Raw}, PrivateKey: i.signer}
	for _, other := range others {
		chain.Certificate = append(chain.Certificate, other.parsed.Raw)
	}
	return chain
}

// startFront puts TLS before a server.
func startFront(t testing.TB, target string, config *tls.Config) *httptest.Server {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	front := httptest.NewUnstartedServer(&httputil.ReverseProxy{
		Transport: transport,
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(to) },
	})
	front.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains of refused handshakes
	front.TLS = config
	front.StartTLS()
	t.Cleanup(func() { front.Close(); transport.CloseIdleConnections() })
	return front
}

func TestWhomTLSTrusts(t *testing.T) {
	ours, theirs := newAuthority(t, "ours"), newAuthority(t, "theirs")
	leaf, elsewhere := ours.issue(t, "127.0.0.1"), ours.issue(t, "elsewhere.example")
	impostor := theirs.issue(t, "127.0.0.1")
	user := ours.issue(t, "shipper")
	users := x509.NewCertPool()
	users.AddCert(ours.parsed)

	server := func(chain tls.Certificate) *tls.Config { return &tls.Config{Certificates: []tls.Certificate{chain}} }
	mutual := server(leaf.chain(ours))
	mutual.ClientAuth, mutual.ClientCAs = tls.RequireAndVerifyClientCert, users

	for _, tt := range []struct {
		name   string
		server *tls.Config
		set    func(*Config)
		refuse string // in the alarm; "" for delivered
	}{
		{"nobody", server(leaf.chain()), func(*Config) {}, "unknown authority"},
		{"the authority", server(leaf.chain()), func(c *Config) { c.CACert = ours.cert }, ""},
		{"another authority", server(leaf.chain()), func(c *Config) { c.CACert = theirs.cert }, "unknown authority"},
		{"the authority, other host", server(elsewhere.chain()), func(c *Config) { c.CACert = ours.cert }, "IP SANs"},

		{"fingerprint of the server", server(leaf.chain()), func(c *Config) { c.CertificateFingerprint = leaf.fingerprint() }, ""},
		{"fingerprint with colons", server(leaf.chain()), func(c *Config) { c.CertificateFingerprint = colons(leaf.fingerprint()) }, ""},
		{"fingerprint of the server, other host", server(elsewhere.chain()), func(c *Config) { c.CertificateFingerprint = elsewhere.fingerprint() }, ""},
		{"fingerprint of another", server(leaf.chain(ours)), func(c *Config) { c.CertificateFingerprint = elsewhere.fingerprint() }, "CertificateFingerprint"},
		{"fingerprint of the authority", server(leaf.chain(ours)), func(c *Config) { c.CertificateFingerprint = ours.fingerprint() }, ""},
		{"fingerprint of the authority, not sent", server(leaf.chain()), func(c *Config) { c.CertificateFingerprint = ours.fingerprint() }, "CertificateFingerprint"},
		{"fingerprint of the authority, other host", server(elsewhere.chain(ours)), func(c *Config) { c.CertificateFingerprint = ours.fingerprint() }, "for none of the addresses"},
		{"fingerprint of an authority sent along", server(impostor.chain(ours)), func(c *Config) { c.CertificateFingerprint = ours.fingerprint() }, "unknown authority"},
		{"fingerprint of a server sent along", server(impostor.chain(leaf)), func(c *Config) { c.CertificateFingerprint = leaf.fingerprint() }, "unknown authority"},

		{"client certificate", mutual, func(c *Config) {
			c.CACert, c.ClientCert, c.ClientKey = ours.cert, user.cert, user.key
		}, ""},
		{"client certificate and fingerprint", mutual, func(c *Config) {
			c.CertificateFingerprint, c.ClientCert, c.ClientKey = ours.fingerprint(), user.cert, user.key
		}, ""},
		{"client certificate missing", mutual, func(c *Config) { c.CACert = ours.cert }, "certificate required"},
		{"client certificate of a stranger", mutual, func(c *Config) {
			c.CACert, c.ClientCert, c.ClientKey = ours.cert, impostor.cert, impostor.key
		}, "certificate"}, // the server's words differ by version of TLS
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := startServer(t)
			c := quick(startFront(t, srv.URL(), tt.server).URL)
			tt.set(&c)
			if tt.refuse == "" {
				s := openShipper(t, c)
				writeLines(t, s, 0, 10)
				closeWell(t, s)
				checkStored(t, srv, 10)
				return
			}
			told := make(chan Alarm, 1)
			c.OnAlarm = func(a Alarm) {
				select {
				case told <- a:
				default:
				}
			}
			c.CloseTimeout = 10 * time.Millisecond
			s := openShipper(t, c)
			mustWrite(t, s, "{}")
			select {
			case a := <-told:
				if a.Reason != alarmUnreachable || !strings.Contains(a.Message, tt.refuse) && !brokenOff(a.Message) {
					t.Errorf("alarm = %+v, want unreachable and %q", a, tt.refuse)
				}
			case <-time.After(time.Minute):
				t.Error("no alarm: the server is trusted")
			}
			_ = s.Close()
			if n := srv.Requests(); n != 0 {
				t.Errorf("%d requests reached the server", n)
			}
		})
	}
}

func colons(sum string) string {
	var b strings.Builder
	for i := 0; i < len(sum); i += 2 {
		if i > 0 {
			b.WriteByte(':')
		}
		b.WriteString(strings.ToUpper(sum[i : i+2]))
	}
	return b.String()
}

// brokenOff: in TLS 1.3 a client may learn that it was refused only by a connection that ends while it writes.
func brokenOff(message string) bool {
	for _, end := range []string{"broken pipe", "connection reset", "use of closed network connection"} {
		if strings.Contains(message, end) {
			return true
		}
	}
	return false
}
