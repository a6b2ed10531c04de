package elk

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"net"
	"net/url"
	"strings"
)

var errFingerprint = errors.New("elk: no certificate of the server has CertificateFingerprint")

func (c *Config) hasTLS() bool {
	return c.CACert != nil || c.ClientCert != nil || c.ClientKey != nil || c.CertificateFingerprint != ""
}

// checkTLS refuses what contradicts itself; tlsConfig what cannot be read.
func (c *Config) checkTLS() error {
	switch {
	case !c.hasTLS():
		return nil
	case c.CACert != nil && c.CertificateFingerprint != "":
		return errors.New("elk: CACert and CertificateFingerprint both say whom to trust: set one")
	case (c.ClientCert == nil) != (c.ClientKey == nil):
		return errors.New("elk: ClientCert and ClientKey belong together: set both")
	}
	_, err := c.tlsConfig()
	if err == nil && !hasHTTPS(c.Addresses) {
		err = errors.New("elk: certificates are set, but no address begins with https://")
	}
	return err
}

func hasHTTPS(addresses []string) bool {
	for _, address := range addresses {
		if u, err := url.Parse(address); err == nil && u.Scheme == "https" {
			return true
		}
	}
	return false
}

// tlsConfig is for direct connections and for those through a proxy alike.
func (c *Config) tlsConfig() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CACert != nil {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(c.CACert) {
			return nil, errors.New("elk: CACert holds no PEM certificate")
		}
	}
	if c.ClientCert != nil {
		pair, err := tls.X509KeyPair(c.ClientCert, c.ClientKey)
		if err != nil {
			// The cause may quote the key's PEM block type, never more; still
			// it is not passed on.
			return nil, errors.New("elk: ClientCert and ClientKey are not a PEM certificate and its key")
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if c.CertificateFingerprint == "" {
		return config, nil
	}
	return config, c.pin(config)
}

// pin replaces the system's trust by trust in one certificate.
func (c *Config) pin(config *tls.Config) error {
	sum, err := hex.DecodeString(strings.ReplaceAll(c.CertificateFingerprint, ":", ""))
	if err != nil || len(sum) != sha256.Size {
		return errors.New("elk: CertificateFingerprint is not a SHA-256 in hexadecimal")
	}
	p := pinned{sum: [sha256.Size]byte(sum), hosts: ipHosts(c.Addresses)}
	config.InsecureSkipVerify = true // in favour of what follows
	config.VerifyConnection = p.verify
	return nil
}

// pinned trusts one certificate: as the server's own, or as the authority
// that the server's certificate was issued by. It is not enough for the
// certificate to be among those that were sent: anybody can send it along.
type pinned struct {
	sum   [sha256.Size]byte
	hosts []string // of the addresses that are IPs: TLS does not name those
}

func (p pinned) verify(state tls.ConnectionState) error {
	for i, cert := range state.PeerCertificates {
		if sha256.Sum256(cert.Raw) != p.sum {
			continue
		}
		if i == 0 {
			return nil // the key was proven in the handshake
		}
		return p.verifyIssued(state, cert)
	}
	return errFingerprint
}

// verifyIssued checks the server's certificate as if ca were Config.CACert.
func (p pinned) verifyIssued(state tls.ConnectionState, ca *x509.Certificate) error {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(ca)
	for _, cert := range state.PeerCertificates[1:] {
		between.AddCert(cert)
	}
	leaf := state.PeerCertificates[0]
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, DNSName: state.ServerName}); err != nil {
		return err
	}
	if state.ServerName == "" && !p.isFor(leaf) {
		return errors.New("elk: the server's certificate is for none of the addresses")
	}
	return nil
}

func (p pinned) isFor(leaf *x509.Certificate) bool {
	for _, host := range p.hosts {
		if leaf.VerifyHostname(host) == nil {
			return true
		}
	}
	return false
}

func ipHosts(addresses []string) []string {
	var hosts []string
	for _, address := range addresses {
		if u, err := url.Parse(address); err == nil && net.ParseIP(u.Hostname()) != nil {
			hosts = append(hosts, u.Hostname())
		}
	}
	return hosts
}
