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
// type, form of index and id. An answer that the server did not give is allowed only where a page of the maker's
// documents it. What elktest does not know it must refuse under a type that no server has.
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
	beyond, documented := 0, 0
	for _, c := range cases {
		want, got := c.send(t, truth), c.send(t, fake.URL())
		printRows(w, c.name, profile.String(), want)
		if slices.Contains(c.beyondElktest, profile) {
			printRows(w, c.name, "elktest does not know it", got)
			if !refusesAsUnknown(got) {
				t.Errorf("%s:\n elktest: %v, want a refusal of its own", c.name, got)
			}
			beyond++
			continue
		}
		if slices.Equal(want, got) {
			if c.documented != "" && profile != elktest.OpenSearch3 {
				t.Errorf("%s: is what the server answers, and marked as documented", c.name)
			}
			continue
		}
		if c.documented != "" {
			printRows(w, c.name, "elktest, documented: "+c.documented, got)
			documented++
			continue
		}
		printRows(w, c.name, "elktest", got)
		t.Errorf("%s:\n elktest: %v\n real:    %v", c.name, got, want)
	}
	w.Flush()
	t.Logf("%d cases, of which %d are documented, and %d unknown to elktest; where it has no rows it answers as %s does\n%s",
		len(cases), documented, beyond, profile, &table)
}

// refusesAsUnknown: the answer, or its one item, is a 400 of elktest's own.
func refusesAsUnknown(rows []row) bool {
	last := rows[len(rows)-1]
	status := last.itemStatus
	if len(rows) == 1 {
		status = last.status
	}
	return status == "400" && last.errorType == "elktest_unknown"
}

func printRows(w *tabwriter.Writer, name, server string, rows []row) {
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", name, server, r.status, r.item, r.itemStatus, r.errorType, r.rest)
	}
}
