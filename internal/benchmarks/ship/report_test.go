package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write table.md from run.json")

// TestTable: table.md is that of the committed run, which has every group and every promise.
func TestTable(t *testing.T) {
	r, err := load("run.json")
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := r.markdown(&text); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("table.md", text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile("table.md"); err != nil || !bytes.Equal(got, text.Bytes()) {
		t.Errorf("table.md: %v, has\n%s\nand the run gives\n%s", err, got, &text)
	}
	if n := count(r.Rows); n[notRun] > 0 || r.Summary != summary(r.Rows) || r.Header.Rounds < 40 || r.Samples == nil {
		t.Errorf("%s, says %q, %d rounds", summary(r.Rows), r.Summary, r.Header.Rounds)
	}
	b := &bench{folder: t.TempDir(), server: &target{}}
	writers, err := b.writers()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range writers {
		if i := slices.IndexFunc(r.Rows, func(r row) bool { return r.Name == w.name }); i < 0 || w.promise != (r.Rows[i].Verdict != "") {
			t.Errorf("run.json does not judge %q", w.name)
		}
	}
	for _, name := range []string{gzipSpool + " / " + gzipFloor, gzipOurs + " / " + gzipFloor, plainOurs + " / " + plainFloor} {
		i := slices.IndexFunc(r.Rows, func(r row) bool { return r.Name == name })
		if i < 0 || r.Rows[i].Verdict == "" {
			t.Fatalf("run.json does not judge %q", name)
		}
		of, over, _ := strings.Cut(name, " / ")
		if got := r.Samples.Ratio(of, over).Median; got != r.Rows[i].Value {
			t.Errorf("%s: the row says %v, its figures %v", name, r.Rows[i].Value, got)
		}
	}
}

// TestReport: what is written is read back.
func TestReport(t *testing.T) {
	want := report{Rows: []row{row{Group: "g", Name: "<&>", Value: 1.5}.atMost(2, "<= 2")}, Summary: "kept=1 missed=0"}
	want.Header.Versions = map[string]string{"a": "v1"}
	var text bytes.Buffer
	if err := want.print(&text, true, false); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "run.json")
	if err := os.WriteFile(file, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := load(file); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestFull: the spool of the row about a full disk is full when the writing begins, and so is the ring of the other.
func TestFull(t *testing.T) {
	b := &bench{folder: t.TempDir()}
	down, err := closedPort()
	if err != nil {
		t.Fatal(err)
	}
	write, end, err := b.openFull(small(b.spool(config(down))))()
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	if err := write([]byte("{}\n")); err != nil {
		t.Error(err)
	}
	var bytes int64
	err = filepath.WalkDir(b.folder, func(path string, d os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".seg") {
			info, _ := d.Info()
			bytes += info.Size()
		}
		return err
	})
	if err != nil || bytes < fullSpool*3/4 || bytes > fullSpool {
		t.Errorf("%d bytes on disk, %v", bytes, err)
	}
}
