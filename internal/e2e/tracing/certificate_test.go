package tracing

import (
	"crypto/x509"
	"encoding/pem"
	"net/http/httptest"
	"testing"
)

// selfSigned returns the certificate for 127.0.0.1 that httptest has, and its key.
func selfSigned(t *testing.T) (certificate, key []byte) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	der, err := x509.MarshalPKCS8PrivateKey(s.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}
