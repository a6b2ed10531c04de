package main

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/spanlog/spanlog/internal/benchmarks/pairs"
)

var update = flag.Bool("update", false, "write the tables of README.md and table.md from run.json")

// A child of the test measures a column, as one of the program does.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && strings.HasPrefix(os.Args[1], "-"+aloneFlag+"=") {
		main()
		return
	}
	m.Run()
}

// The tables are those of the committed run, which has every promise.
func TestTables(t *testing.T) {
	r, err := load("run.json")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(r.judged()), len(promises()); got != want || r.Header.Rounds < 200 {
		t.Errorf("run.json has %d of %d promises, in %d rounds", got, want, r.Header.Rounds)
	}
	var whole, short strings.Builder
	r.markdown(&whole, true)
	r.markdown(&short, false)
	equal(t, "table.md", "", "", whole.String())
	equal(t, "../../../README.md", "## What it costs\n\n", " [All promises", short.String())
}

// equal compares what stands in the file from the one mark to the other, or, with -update, writes it there.
func equal(t *testing.T, file, from, to, want string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(text), from)
	got, tail := rest, ""
	if to != "" {
		if got, tail, _ = strings.Cut(rest, to); tail == "" {
			t.Fatalf("%s has no %q behind %q", file, to, from)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(head+from+want+to+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("%s has\n%s\nand the run gives\n%s", file, got, want)
	}
}

// Every column writes what it is said to write.
func TestColumns(t *testing.T) {
	for _, s := range scenarios() {
		if err := s.check(); err != nil {
			t.Error(err)
		}
	}
}

// A column that writes something else is not timed.
func TestCheckSees(t *testing.T) {
	bare, five := slogShapes[0].shape, slogShapes[1].shape
	for name, c := range map[string]column{
		"no line":         {"", none, func(*env) func(context.Context) { return func(context.Context) {} }, wants{line: true}},
		"line":            {"", none, five.on(slogPlain), wants{}},
		"no ids":          {"", recording, five.on(slogPlain), wants{line: true, ids: allIDs}},
		"ids":             {"", recording, five.on(slogOwn(onlyIDs)), wants{line: true}},
		"other ids":       {"", recording, five.on(slogOwn(ecs)), wants{line: true, ids: allIDs}},
		"no event":        {"", recording, five.on(slogOwn(onlyIDs)), wants{line: true, ids: allIDs, event: true}},
		"event":           {"", recording, five.on(slogOwn(nil)), wants{line: true, ids: allIDs}},
		"fields":          {"", none, bare.on(slogPlain), wants{line: true}},
		"fields of event": {"", recording, bare.on(slogOwn(nil)), wants{line: true, ids: allIDs, event: true}},
		"record":          {"", recording, five.on(slogContribJSON), wants{line: true}},
		"no record":       {"", recording, five.on(slogPlain), wants{line: true, record: true}},
	} {
		if c.check(true) == nil {
			t.Errorf("%s: the check sees nothing", name)
		}
	}
}

// A column makes as many outputs of ours as it is said to: its process has no more.
func TestOutputs(t *testing.T) {
	for _, s := range scenarios() {
		for _, c := range s.columns {
			before := outputs()
			if s.procs > 1 {
				s.parallel(c)()
			} else {
				c.call(timed(true))()
			}
			if got := outputs() - before - 1; got != c.outputs() {
				t.Errorf("%s: %s: %d outputs, want %d", s.name, c.name, got, c.outputs())
			}
		}
	}
}

// The committed run has one output in each process but those that show two.
func TestRecordedOutputs(t *testing.T) {
	r, err := load("run.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, res := range r.Results {
		want := column{name: res.Ours}.outputs()
		if res.Outputs != want || want == 2 != (res.Ours == crowded) {
			t.Errorf("%s: %s: %d outputs, want %d", res.Name, res.Ours, res.Outputs, want)
		}
	}
}

// A column of another process stands by its ratio to plain there; what was measured stays as it is.
func TestBeside(t *testing.T) {
	r := made("s", "a", map[string]float64{"plain": 50, "a": 75}, map[string]int{"plain": 1, "a": 2})
	r.Results = append(r.Results,
		made("s", "b", map[string]float64{"plain": 200, "b": 240}, map[string]int{"plain": 1, "b": 3}).Results[0],
		made("other", "c", map[string]float64{"plain": 1, "c": 1}, nil).Results[0])
	got, ok := r.beside("s", "a")
	if !ok || got.Samples.Median("a") != 75 || got.Samples.Median("b") != 60 || got.Samples.Has("c") || got.Allocs["b"] != 3 {
		t.Errorf("got %+v", got)
	}
	if r.Results[0].Samples.Has("b") || r.Results[0].Allocs["b"] != 0 {
		t.Errorf("the run was changed: %+v", r.Results[0])
	}
}

// What several processes measured is all there, with the allocations of the worst.
func TestAdd(t *testing.T) {
	r := made("s", "a", map[string]float64{"a": 1}, map[string]int{"a": 2}).Results[0]
	r.add(made("s", "a", map[string]float64{"a": 2}, map[string]int{"a": 3}).Results[0])
	r.add(made("s", "a", map[string]float64{"a": 2}, map[string]int{"a": 1}).Results[0])
	if len(r.Samples.NS[0]) != 9 || r.Samples.Median("a") != 2 || r.Allocs["a"] != 3 {
		t.Errorf("got %+v", r)
	}
}

// A process that has another output measures nothing that is believed.
func TestAloneCounts(t *testing.T) {
	_ = outputs()
	if _, err := alone("own", regexp.MustCompile("slog, disabled"), 1); err == nil {
		t.Error("a process with several outputs was believed")
	}
}

// A parallel scenario makes perSpan calls of each goroutine.
func TestParallel(t *testing.T) {
	for _, s := range scenarios() {
		if s.procs > 1 {
			s.parallel(s.columns[0])()
		}
	}
}

// made is a run of one column of ours, with these figures in every round.
func made(scenario, ours string, ns map[string]float64, allocs map[string]int) run {
	r := result{Name: scenario, Ours: ours, Allocs: allocs}
	for name, v := range ns {
		r.Samples.Names = append(r.Samples.Names, name)
		r.Samples.NS = append(r.Samples.NS, []float64{v, v, v})
	}
	return run{Results: []result{r}}
}

func TestJudge(t *testing.T) {
	w := row{what: "w", scenario: "s", plain: "plain", ours: "ours", figure: over("ours", "plain"), bound: 1.25, allocs: 1, beyond: "plain", peers: []string{"good", "bad"}}
	for _, tt := range []struct {
		ours   float64
		allocs int
		kept   bool
	}{{125, 3, true}, {126, 3, false}, {100, 4, false}} {
		r := made("s", "ours", map[string]float64{"plain": 100, "ours": tt.ours, "good": 140, "bad": 300}, map[string]int{"plain": 2, "ours": tt.allocs})
		j, ok := w.judge(r)
		if !ok || j.kept != tt.kept || j.best != "1.40 good" || j.plainNS != 100 {
			t.Errorf("%v ns, %d allocations: %+v", tt.ours, tt.allocs, j)
		}
	}
	w.unpromised = true
	if j, _ := w.judge(made("s", "ours", map[string]float64{"plain": 100, "ours": 200, "good": 140, "bad": 300}, nil)); j.verdict() != "" || j.promised != "none" {
		t.Errorf("a row without a promise is %q, of %q", j.verdict(), j.promised)
	}
	if _, ok := w.judge(made("other", "ours", nil, nil)); ok {
		t.Error("a scenario that was not measured was judged")
	}
}

func TestFigures(t *testing.T) {
	r := made("s", "", map[string]float64{"nothing": 10, "naive event": 510, "ids": 300, "event": 850, "plain": 200, "by hand": 300, "wrap": 280}, nil)
	s := r.Results[0].Samples
	for name, tt := range map[string]struct {
		figure func(pairs.Round) float64
		want   float64
	}{
		"over": {over("by hand", "plain"), 1.5}, "less": {less("by hand", "plain"), 100},
		"part": {part("event", "ids"), 1.1}, "overhead": {overhead("wrap"), 0.8},
	} {
		if got := s.Of(tt.figure).Median; got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// Each promise is measured by a scenario that has its columns.
func TestPromises(t *testing.T) {
	columns := map[string]bool{}
	for _, s := range scenarios() {
		for _, c := range s.columns {
			columns[s.name+": "+c.name] = true
		}
	}
	for _, w := range promises() {
		need := append([]string{w.plain, w.ours}, w.peers...)
		if w.beyond != "" {
			need = append(need, w.beyond)
		}
		w.figure(func(name string) float64 { need = append(need, name); return 1 })
		for _, name := range need {
			if !columns[w.scenario+": "+name] {
				t.Errorf("%s: no column %s in %s", w.what, name, w.scenario)
			}
		}
	}
}

// What was written by -json reads the same, and prints a verdict for every row.
func TestOutput(t *testing.T) {
	var text, again, table strings.Builder
	r, err := measured(regexp.MustCompile("disabled"), 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, res := range r.Results {
		if got := len(res.Samples.NS[0]); got != stillRounds*r.Header.Rounds {
			t.Errorf("%s: %s: %d rounds of %d", res.Name, res.Ours, got, stillRounds*r.Header.Rounds)
		}
	}
	if err := r.writeJSON(&text); err != nil {
		t.Fatal(err)
	}
	file := t.TempDir() + "/run.json"
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := compare([]string{"-from", file, "-json"}, &again); err != nil || again.String() != text.String() || !json.Valid([]byte(text.String())) {
		t.Errorf("%v: read back otherwise:\n%s", err, again.String())
	}
	for _, how := range []string{"-rounds=1", "-list", "-markdown"} {
		if err := compare([]string{"-from", file, how}, &table); err != nil {
			t.Error(err)
		}
	}
	got := table.String()
	if strings.Count(got, "kept")+strings.Count(got, "missed") != 2*len(disabledRows())+2 || !strings.Contains(got, "\nkept=") {
		t.Errorf("got\n%s", got)
	}
	if compare([]string{"-only", "("}, &table) == nil || compare([]string{"-from", "nowhere"}, &table) == nil {
		t.Error("no error")
	}
}
