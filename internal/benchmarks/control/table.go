package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

func heading(b *strings.Builder) {
	fmt.Fprintf(b, "<!-- written by go run ./control on %s, %s, go-elasticsearch %s -->\n\n", time.Now().UTC().Format(time.DateOnly), runtime.Version(), peerVersion())
	fmt.Fprintf(b, "| fault, %d documents | elk: stored | twice | says | esutil: stored | twice | says |\n", documents)
	b.WriteString("| --- | ---: | ---: | --- | ---: | ---: | --- |\n")
}

func line(b *strings.Builder, name string, ours, theirs result) {
	fmt.Fprintf(b, "| %s | %s | %s |\n", name, cells(ours), cells(theirs))
}

func cells(r result) string {
	if r.Died != "" {
		return "- | - | " + r.Died
	}
	if r.Stored < 0 {
		return "- | - | " + r.Says
	}
	return fmt.Sprintf("%d | %d | %s", r.Stored, r.Duplicates, r.Says)
}

func peerVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == "github.com/elastic/go-elasticsearch/v8" {
			return m.Version
		}
	}
	return ""
}
