package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
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
	checkBigNumbers(t, url, config)
}

// checkBigNumbers: whole numbers beyond 64 bits, such as a large uint64, are stored as they are under our template, also
// where they are the first that a field sees; under a template that refuses them they become strings.
func checkBigNumbers(t *testing.T, url string, config elk.Config) {
	t.Helper()
	for _, tt := range []struct {
		dataset      string
		before, want string
		repaired     uint64
	}{
		{"templated", "", "18446744073709551615", 0},
		{"templated", "1", "18446744073709551615", 0},
		{"numbers", "", `"18446744073709551615"`, 2},
	} {
		config.Dataset, config.Namespace = tt.dataset, "big"+tt.before
		if tt.dataset != "templated" {
			putLogsTemplate(t, url)
		}
		shipper, err := elk.Open(config)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { shipper.Close() })
		lines := []string{`{"number":1,"bytes":18446744073709551615}`, `{"number":2,"list":[18446744073709551615]}`}
		if tt.before != "" {
			lines[0] = `{"number":0,"bytes":1,"list":[2]}` + "\n" + lines[0]
		}
		for _, line := range lines {
			if _, err := io.WriteString(shipper, line+"\n"); err != nil {
				t.Fatal(err)
			}
		}
		flush(t, shipper)
		if s := shipper.Stats(); s.Repaired != tt.repaired || s.DeadLettered.Total() != 0 {
			t.Errorf("%s: got %+v, want %d repaired and no dead letter", tt.dataset, s, tt.repaired)
		}
		var found []string
		for _, doc := range readBack(t, url, "logs-"+tt.dataset+"-big"+tt.before, `[{"number":"desc"}]`) {
			var source struct {
				Bytes json.RawMessage   `json:"bytes"`
				List  []json.RawMessage `json:"list"`
			}
			if err := json.Unmarshal(doc.Source, &source); err != nil {
				t.Fatal(err)
			}
			found = append(found, string(source.Bytes))
			for _, n := range source.List {
				found[len(found)-1] += string(n)
			}
		}
		if len(found) < 2 || found[0] != tt.want || found[1] != tt.want {
			t.Errorf("%s: stored are %q, want %s twice", tt.dataset, found, tt.want)
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
