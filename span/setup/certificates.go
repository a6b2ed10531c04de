package setup

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
)

// checkCertificates reports whether the exporter can use the certificates that
// it is given. It reads the files of both forms again, without a limit, and
// would print the names of those that it cannot read, of any length, and then
// send with other certificates than were asked for; so there is none then.
func (e *settings) checkCertificates() bool {
	fine := true
	for _, prefix := range []string{otlpTracesPrefix, otlpPrefix} {
		name := prefix + "CERTIFICATE"
		if path := e.get(name); path != "" {
			fine = e.certain(name, checkCertificate(path)) && fine
		}
		name = prefix + "CLIENT_CERTIFICATE"
		cert, key := e.get(name), e.get(prefix+"CLIENT_KEY")
		if cert != "" || key != "" {
			fine = e.certain(name+" with "+prefix+"CLIENT_KEY", checkKeyPair(cert, key)) && fine
		}
	}
	return fine
}

// certain notes err, and reports that there was none.
func (e *settings) certain(name string, err error) bool {
	if err != nil {
		e.failed(name, err, leftOut)
	}
	return err == nil
}

func checkCertificate(path string) error {
	pem, err := readRegular(path)
	if err != nil {
		return err
	}
	if !x509.NewCertPool().AppendCertsFromPEM(pem) {
		return fmt.Errorf("%.100q holds no certificate in PEM", path)
	}
	return nil
}

func checkKeyPair(certFile, keyFile string) error {
	if certFile == "" || keyFile == "" {
		return errors.New("one is set without the other")
	}
	cert, err := readRegular(certFile)
	if err != nil {
		return err
	}
	key, err := readRegular(keyFile)
	if err != nil {
		return err
	}
	_, err = tls.X509KeyPair(cert, key)
	return err
}

// maxCertificates is more than all certificates that a system trusts take.
const maxCertificates = 4 << 20 // bytes

// readRegular is os.ReadFile for what ends: a pipe would be waited for without
// end, and a device fill the memory.
func readRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%.100q is not a regular file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxCertificates+1))
	if err == nil && len(text) > maxCertificates {
		err = fmt.Errorf("%.100q has more than %d bytes", path, maxCertificates)
	}
	return text, err
}
