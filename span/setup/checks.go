package setup

import (
	"errors"
	"strings"
)

// otlpChecks are the OTLP settings that the exporters pass over when they
// cannot use them, and what happens then.
func otlpChecks() []otlpCheck {
	return []otlpCheck{
		{"COMPRESSION", checkCompression, "nothing is compressed"},
		{"INSECURE", checkBool, "it counts as false"},
	}
}

type otlpCheck struct {
	setting string
	check   func(value string) error
	instead string
}

func (e *settings) checkOTLP() {
	for _, c := range otlpChecks() {
		if name, value := e.traces(c.setting); value != "" {
			if err := c.check(value); err != nil {
				e.wrong(name, value, err.Error(), c.instead)
			}
		}
	}
}

func checkCompression(value string) error {
	if value != "gzip" && value != "none" {
		return errors.New("is neither gzip nor none")
	}
	return nil
}

func checkBool(value string) error {
	if !strings.EqualFold(value, "true") && !strings.EqualFold(value, "false") {
		return errors.New("is neither true nor false")
	}
	return nil
}
