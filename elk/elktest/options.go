package elktest

import (
	"strconv"
	"strings"
	"time"
)

// options are the parameters of a bulk.
type options struct {
	defaults    defaults
	forced      bool // items say forced_refresh
	copies      int  // wait_for_active_shards; one node has 1
	timeout     time.Duration
	timeoutText string
}

func bulkOptions(c *call, p Profile) (options, error) {
	o := options{copies: 1}
	var err error
	if o.defaults.requireStream, err = c.flag("require_data_stream", false); err != nil {
		return o, err
	}
	if o.defaults.quote, err = c.flag("include_source_on_error", p != OpenSearch3); err != nil {
		return o, err
	}
	if o.forced, err = refreshPolicy(c.params); err != nil {
		return o, err
	}
	if o.copies, err = activeShards(c.params); err != nil {
		return o, err
	}
	o.timeoutText = "1m"
	if text, ok := c.params["timeout"]; ok {
		o.timeoutText = text
	}
	if o.timeout, err = timeValue("timeout", o.timeoutText); err != nil {
		return o, err
	}
	o.defaults.profile = p
	if len(c.args) > 0 {
		o.defaults.index = c.args[0]
	}
	o.defaults.pipeline = c.params["pipeline"]
	return o, nil
}

func refreshPolicy(params map[string]string) (forced bool, err error) {
	text, ok := params["refresh"]
	switch {
	case !ok, text == "false", text == "wait_for":
		return false, nil
	case text == "", text == "true":
		return true, nil
	}
	return false, illegal("Unknown value for refresh: [%s].", text)
}

func activeShards(params map[string]string) (int, error) {
	text, ok := params["wait_for_active_shards"]
	if !ok || text == "all" {
		return 1, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, illegal("cannot parse ActiveShardCount[%s]", text)
	}
	return n, nil
}

// timeValue reads a duration with a unit; 0 and -1 need none.
func timeValue(name, text string) (time.Duration, error) {
	if text == "0" || text == "-1" {
		return 0, nil
	}
	units := []struct {
		suffix string
		unit   time.Duration
	}{
		{"nanos", time.Nanosecond}, {"micros", time.Microsecond}, {"ms", time.Millisecond}, {"s", time.Second},
		{"m", time.Minute}, {"h", time.Hour}, {"d", 24 * time.Hour},
	}
	for _, u := range units {
		digits, ok := strings.CutSuffix(text, u.suffix)
		if !ok {
			continue
		}
		if n, err := strconv.ParseInt(digits, 10, 32); err == nil && n >= 0 {
			return time.Duration(n) * u.unit, nil
		}
	}
	return 0, illegal("failed to parse setting [%s] with value [%s] as a time value: unit is missing or unrecognized", name, text)
}
