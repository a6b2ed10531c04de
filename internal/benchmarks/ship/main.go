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
	asJSON := flag.Bool("json", false, "print JSON")
	flag.Parse()
	groups, err := b.groups(*only)
	if err != nil {
		return false, err
	}
	if b.folder, err = os.MkdirTemp("", "ship"); err != nil {
		return false, err
	}
	defer func() { _ = os.RemoveAll(b.folder) }()
	if b.server, err = startServer(); err != nil {
		return false, err
	}
	defer b.server.stop()
	for _, group := range groups {
		if err := group(); err != nil {
			return false, err
		}
	}
	header := pairs.Plan{Rounds: b.rounds, Calls: perSample, Procs: b.procs}.
		Here("github.com/elastic/go-elasticsearch/v8", "github.com/klauspost/compress")
	if *asJSON {
		err = printJSON(os.Stdout, header, b.rows)
	} else {
		err = printText(os.Stdout, header.String(), b.rows)
	}
	return count(b.rows)[missed] == 0, err
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
