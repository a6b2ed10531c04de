package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spanlog/spanlog/internal/benchmarks/pairs"
)

// bench is one run.
type bench struct {
	rounds, procs int
	es            string // of a real server, "" without
	folder        string // for spools
	server        *target
	rows          []row
	samples       *pairs.Samples // of the group cpu
}

func (b *bench) add(r row) { b.rows = append(b.rows, r) }

func main() {
	if len(os.Args) == 2 && os.Args[1] == serveArgument {
		exitOn(serve())
		return
	}
	ok, err := run()
	exitOn(err)
	if !ok {
		os.Exit(1)
	}
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run measures and prints; false when a promise is missed.
func run() (ok bool, err error) {
	b := &bench{}
	flag.IntVar(&b.rounds, "rounds", 40, "paired rounds of the group cpu; a tenth of them of the others")
	flag.IntVar(&b.procs, "procs", 1, "GOMAXPROCS while CPU time is measured")
	flag.StringVar(&b.es, "es", "", "the URL of a real Elasticsearch, without authentication, for the group server")
	only := flag.String("only", "cpu,write,loss,server", "the groups to run")
	from := flag.String("from", "", "print the run in this `file` instead of measuring")
	asJSON := flag.Bool("json", false, "print JSON, with the figures of each round")
	asMarkdown := flag.Bool("markdown", false, "print the table that table.md is")
	flag.Parse()
	var r report
	if *from != "" {
		r, err = load(*from)
	} else {
		r, err = b.measure(*only)
	}
	if err != nil {
		return false, err
	}
	return count(r.Rows)[missed] == 0, r.print(os.Stdout, *asJSON, *asMarkdown)
}

// measure runs groups.
func (b *bench) measure(only string) (report, error) {
	groups, err := b.groups(only)
	if err != nil {
		return report{}, err
	}
	if b.folder, err = os.MkdirTemp("", "ship"); err != nil {
		return report{}, err
	}
	defer func() { _ = os.RemoveAll(b.folder) }()
	if b.server, err = startServer(); err != nil {
		return report{}, err
	}
	defer b.server.stop()
	for _, group := range groups {
		if err := group(); err != nil {
			return report{}, err
		}
	}
	header := pairs.Plan{Rounds: b.rounds, Calls: perSample, Procs: b.procs}.
		Here("github.com/elastic/go-elasticsearch/v8", "github.com/klauspost/compress")
	return report{Header: header, Rows: b.rows, Summary: summary(b.rows), Samples: b.samples}, nil
}

// groups finds the named ones.
func (b *bench) groups(names string) (found []func() error, err error) {
	all := map[string]func() error{"cpu": b.cpu, "write": b.write, "loss": b.loss, "server": b.real}
	order := []string{"cpu", "write", "loss", "server"}
	for name := range strings.SplitSeq(names, ",") {
		if all[name] == nil {
			return nil, fmt.Errorf("ship: no group %q, there are %s", name, strings.Join(order, ", "))
		}
	}
	for _, name := range order {
		if slices.Contains(strings.Split(names, ","), name) {
			found = append(found, all[name])
		}
	}
	return found, nil
}
