package pairs

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// Header says where and with what a run was measured.
type Header struct {
	Date     string            `json:"date"` // year-month-day
	CPU      string            `json:"cpu"`
	Cores    int               `json:"cores"`
	OS       string            `json:"os"`
	Go       string            `json:"go"`
	Rounds   int               `json:"rounds"`
	Calls    int               `json:"calls"` // per column and round
	Versions map[string]string `json:"versions"`
}

// Here is the header of a run that is made now. Of the modules in the binary it names those given, without the ones that
// are not in it.
func (p Plan) Here(modules ...string) Header {
	h := Header{
		Date: time.Now().UTC().Format(time.DateOnly), CPU: cpuModel(), Cores: runtime.NumCPU(), OS: runtime.GOOS + "/" + runtime.GOARCH,
		Go: strings.TrimPrefix(runtime.Version(), "go"), Rounds: p.Rounds, Calls: p.Calls, Versions: map[string]string{},
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if slices.Contains(modules, m.Path) {
				h.Versions[m.Path] = m.Version
			}
		}
	}
	return h
}

// String is the header in one line.
func (h Header) String() string {
	return fmt.Sprintf("%s, %s, %d cores, %s, Go %s, %d rounds of %d calls", h.Date, h.CPU, h.Cores, h.OS, h.Go, h.Rounds, h.Calls)
}

// cpuModel is what Linux calls the processor.
func cpuModel() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}
