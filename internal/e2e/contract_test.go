package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/spanlog/spanlog/elk/elktest"
	"github.com/spanlog/spanlog/internal/e2e/server"
)

// TestContract holds elktest to the real server: the same requests in the same order, and each answer must agree in
// status, product header, number of items, and for each item in its verb, status, error type, form of index and id.
// What is beyond elktest it must refuse with 400, so that no test passes on a guess.
func TestContract(t *testing.T) {
	truth := server.Shared(t)
	fake, err := elktest.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fake.Close() })
	putLogsTemplate(t, truth.URL)
	putLogsTemplate(t, fake.URL())

	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "case\tserver\tstatus\titem\titem status\terror type\trest")
	for _, c := range contractCases() {
		want, got := c.send(t, truth.URL), c.send(t, fake.URL())
		printRows(w, c.name, "Elasticsearch", want)
		if slices.Equal(want, got) {
			continue
		}
		printRows(w, c.name, "elktest", got)
		if c.beyond && len(got) == 1 && got[0].status == "400" && got[0].errorType != "" {
			continue
		}
		t.Errorf("%s:\n elktest:       %v\n Elasticsearch: %v", c.name, got, want)
	}
	w.Flush()
	t.Logf("where elktest has no rows it answers as Elasticsearch %s does\n%s", server.Version, &table)
}

func printRows(w *tabwriter.Writer, name, server string, rows []row) {
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", name, server, r.status, r.item, r.itemStatus, r.errorType, r.rest)
	}
}
