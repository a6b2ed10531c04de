package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/spanlog/spanlog/elk"
)

// checkTemplate installs our own template twice, ships all kinds of lines into a stream of it, and finds one by its trace.
func checkTemplate(t *testing.T, url string) {
	config := plainly(url)
	config.Dataset = "templated"
	for range 2 {
		report, err := elk.InstallTemplate(t.Context(), config, elk.TemplateOptions{Retention: 30 * 24 * time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s for %v: the server lacks %v", report.Name, report.Patterns, report.Fallbacks)
	}
	s := ship(t, url, "templated", config)
	const lines = 500
	s.lines(t, 0, lines)
	s.check(t, lines)
	checkFound(t, url+"/"+s.stream, lines/len(kinds))
	checkBigNumbers(t, url)
}

// checkBigNumbers: where a template refuses whole numbers beyond 64 bits they become strings, if their field is new.
// checkUnsigned looks at our template, which takes them as they are.
func checkBigNumbers(t *testing.T, url string) {
	t.Helper()
	putLogsTemplate(t, url)
	config := plainly(url)
	config.Dataset = "numbers"
	shipper, err := elk.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shipper.Close() })
	lines := `{"bytes":18446744073709551615}` + "\n" + `{"list":[18446744073709551615]}` + "\n" + `{"event.sequence":18446744073709551615}` + "\n"
	if _, err := io.WriteString(shipper, lines); err != nil {
		t.Fatal(err)
	}
	flush(t, shipper)
	if s := shipper.Stats(); s.Repaired != 3 || s.Delivered != 2 || s.DeadLettered.Refused != 1 {
		t.Errorf("got %+v, want 3 repaired, of which 2 are delivered and that of a long is refused", s)
	}
	for _, doc := range readBack(t, url, "logs-numbers-default", `["event.sequence"]`) {
		if !strings.Contains(string(doc.Source), `"18446744073709551615"`) {
			t.Errorf("stored is %s, want the number as a string", doc.Source)
		}
	}
}

// checkFound: the lines of one trace are found by its id, in the order in which they were written.
func checkFound(t *testing.T, index string, want int) {
	t.Helper()
	var answer struct {
		Hits struct {
			Hits []struct {
				Source struct {
					Number   int
					Sequence json.Number `json:"event.sequence"`
				} `json:"_source"`
			} `json:"hits"`
		} `json:"hits"`
	}
	query := `{"size":1000,"query":{"term":{"trace.id":"4bf92f3577b34da6a3ce929d0e0e4736"}},"sort":["@timestamp","event.sequence"]}`
	call(t, http.MethodPost, index+"/_search", query, &answer)
	if len(answer.Hits.Hits) != want {
		t.Fatalf("by trace.id: got %d documents, want %d", len(answer.Hits.Hits), want)
	}
	last := -1
	for _, hit := range answer.Hits.Hits {
		if hit.Source.Number <= last {
			t.Error(fmt.Errorf("by trace.id: number %d after %d", hit.Source.Number, last))
		}
		last = hit.Source.Number
	}
}
