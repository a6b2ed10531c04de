package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"

	"github.com/spanlog/spanlog/internal/benchmarks/pairs"
)

// callsPerRound is how many calls of each column a round has.
const callsPerRound = 512

// run is what was measured.
type run struct {
	Header  pairs.Header `json:"header"`
	Results []result     `json:"results"`
}

// modules are those whose versions the header names.
var modules = []string{
	"go.opentelemetry.io/otel", "go.opentelemetry.io/otel/sdk", "go.opentelemetry.io/otel/sdk/log",
	"go.uber.org/zap", "github.com/rs/zerolog",
	"go.opentelemetry.io/contrib/bridges/otelslog", "go.opentelemetry.io/contrib/bridges/otelzap",
	"github.com/uptrace/opentelemetry-go-extra/otelzap", "github.com/phuslu/log", "github.com/remychantenay/slog-otel",
}

func main() {
	if err := compare(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func compare(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("compare", flag.ContinueOnError)
	rounds := flags.Int("rounds", 200, "how often each column is measured")
	only := flags.String("only", "", "measure scenarios whose name matches this `regexp`")
	list := flags.Bool("list", false, "print every column that was measured")
	asJSON := flags.Bool("json", false, "print the run as JSON")
	from := flags.String("from", "", "print the run in this `file` instead of measuring")
	cpu := flags.String("profile", "", "write a CPU profile of one column to this `file` instead of measuring")
	name := flags.String("column", "", "the column of -profile, in the first scenario that matches -only")
	asMarkdown := flags.Bool("markdown", false, "print the rows as table.md has them")
	lone := flags.String(aloneFlag, "", "measure this `column` of ours in this process, for the one that started it")
	if err := flags.Parse(args); err != nil {
		return err
	}
	pattern, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	if *cpu != "" {
		return profile(*cpu, *name, pattern)
	}
	if *lone != "" {
		r, err := alone(*lone, pattern, *rounds)
		if err != nil {
			return err
		}
		return r.write(out)
	}
	r, err := take(*from, pattern, *rounds)
	if err != nil {
		return err
	}
	switch {
	case *asJSON:
		return r.writeJSON(out)
	case *asMarkdown:
		r.markdown(out, true)
	case *list:
		r.list(out)
	default:
		r.print(out)
	}
	return nil
}

// take reads a run, or makes one.
func take(from string, only *regexp.Regexp, rounds int) (run, error) {
	if from != "" {
		return load(from)
	}
	return measured(only, rounds)
}

func load(file string) (r run, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return run{}, err
	}
	return r, json.Unmarshal(text, &r)
}

// scenarios are all there are.
func scenarios() []scenario {
	return append(append(slogScenarios(), zapScenarios()...), zerologScenarios()...)
}

// measured measures the scenarios that match. All columns are checked before the first is timed.
func measured(only *regexp.Regexp, rounds int) (r run, err error) {
	var chosen []scenario
	for _, s := range scenarios() {
		if !only.MatchString(s.name) {
			continue
		}
		if err := s.check(); err != nil {
			return r, err
		}
		chosen = append(chosen, s)
	}
	r.Header = pairs.Plan{Rounds: rounds, Calls: callsPerRound}.Here(modules...)
	r.Results, err = apart(chosen, rounds)
	return r, err
}
