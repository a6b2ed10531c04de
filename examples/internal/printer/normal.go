package printer

import (
	"fmt"
	"regexp"
)

// Normal returns the output of an example with what differs from run to run replaced: times, and ids by numbers in the
// order of their first appearance. Tests compare the rest.
func Normal(output string) string {
	moment := regexp.MustCompile(`"(time|ts)":("[^"]+"|[0-9.e+]+)`)
	id := regexp.MustCompile(`\b([0-9a-f]{32}|[0-9a-f]{16})\b`)
	seen := map[string]string{}
	return id.ReplaceAllStringFunc(moment.ReplaceAllString(output, `"$1":TIME`), func(id string) string {
		if seen[id] == "" {
			seen[id] = fmt.Sprintf("ID%d", len(seen)+1)
		}
		return seen[id]
	})
}
