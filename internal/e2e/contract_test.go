package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/spanlog/spanlog/elk/elktest"
)

// checkContract holds a profile of elktest to the server that it imitates: the same requests in the same order, and
// each answer must agree in status, product header, number of items, and for each item in its verb, status, error
// type, form of index and id. An answer that the server did not give is allowed only where it is documented.
func checkContract(t *testing.T, truth string, profile elktest.Profile) {
	fake, err := elktest.New(elktest.WithProfile(profile), elktest.WithMaxContentLength(contentLimit))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fake.Close() })
	putLogsTemplate(t, truth)
	putLogsTemplate(t, fake.URL())

	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "case\tserver\tstatus\titem\titem status\terror type\trest")
	cases := contractCases()
	for _, c := range cases {
		want, got := c.send(t, truth), c.send(t, fake.URL())
		printRows(w, c.name, profile.String(), want)
		if slices.Equal(want, got) {
			continue
		}
		if c.documented != "" {
			printRows(w, c.name, "elktest, documented: "+c.documented, got)
			continue
		}
		printRows(w, c.name, "elktest", got)
		t.Errorf("%s:\n elktest: %v\n real:    %v", c.name, got, want)
	}
	w.Flush()
	t.Logf("%d cases; where elktest has no rows it answers as %s does\n%s", len(cases), profile, &table)
}

func printRows(w *tabwriter.Writer, name, server string, rows []row) {
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", name, server, r.status, r.item, r.itemStatus, r.errorType, r.rest)
	}
}
