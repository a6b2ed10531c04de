package elk

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// credentials names the ways of authentication that are set, but for the
// client certificate, which may stand beside each of them.
func (c *Config) credentials() []string {
	var ways []string
	for _, way := range []struct {
		name string
		set  bool
	}{
		{"APIKey", c.APIKey != ""},
		{"Username", c.Username != ""},
		{"ServiceToken", c.ServiceToken != ""},
		{"Credentials", c.Credentials != nil},
		{"a user in Addresses", hasUser(c.Addresses)},
	} {
		if way.set {
			ways = append(ways, way.name)
		}
	}
	return ways
}

func hasUser(addresses []string) bool {
	for _, address := range addresses {
		if u, err := url.Parse(address); err == nil && u.User != nil {
			return true
		}
	}
	return false
}

// authorization is the header for credentials that do not change, "" where
// there are none.
func (c *Config) authorization() string {
	switch {
	case c.APIKey != "":
		return "ApiKey " + c.APIKey
	case c.ServiceToken != "":
		return "Bearer " + c.ServiceToken
	case c.Username != "":
		return basicAuthorization(c.Username, c.Password)
	}
	return ""
}

func basicAuthorization(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func (c *Config) checkClient() error {
	if c.Client != nil {
		return c.checkOwnClient()
	}
	if len(c.Addresses) == 0 {
		return errors.Join(c.checkCredentials(), errors.New("elk: no address: set Config.Addresses, Config.Client or ELASTICSEARCH_URL"))
	}
	_, err := parseAddresses(c.Addresses)
	return errors.Join(c.checkCredentials(), err, c.checkTLS())
}

// checkCredentials never quotes what it refuses.
func (c *Config) checkCredentials() error {
	ways := c.credentials()
	switch {
	case len(ways) > 1:
		return fmt.Errorf("elk: more than one kind of credentials is set: %s", strings.Join(ways, ", "))
	case c.Password != "" && c.Username == "":
		return errors.New("elk: Password without Username")
	case strings.Contains(c.Username, ":"):
		return errors.New("elk: Username contains a colon, which basic authentication cannot send")
	case !oneToken(c.APIKey):
		return errors.New("elk: APIKey contains white space: want the encoded key alone")
	case strings.Contains(c.APIKey, ":"):
		return errors.New("elk: APIKey contains a colon: want the encoded form, base64 of id:key")
	case !oneToken(c.ServiceToken):
		return errors.New("elk: ServiceToken contains white space: want the token alone")
	}
	return nil
}

// oneToken reports whether s can stand in a header as one word.
func oneToken(s string) bool {
	for _, b := range []byte(s) {
		if b <= ' ' || b >= 0x7f {
			return false
		}
	}
	return true
}

func (c *Config) checkOwnClient() error {
	if len(c.Addresses) > 0 || len(c.credentials()) > 0 || c.Password != "" || c.hasTLS() {
		return errors.New("elk: Client brings its own addresses and credentials: set either Client or those")
	}
	return nil
}
