package pairs

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Column is one way to do the work. Call does it once.
type Column struct {
	Name string
	Call func()
}

// Plan says how columns are measured.
type Plan struct {
	Rounds int // how often each column is measured
	Calls  int // of each column in a round
	Procs  int // GOMAXPROCS while it is measured; zero: 1, so that the collector's work is not another core's
}

// Samples are the figures of one run. They are what is committed: all that is told of a run can be computed from them.
type Samples struct {
	Names []string    `json:"names"` // of the columns
	NS    [][]float64 `json:"ns"`    // nanoseconds of CPU time per call, for each column one per round, to a tenth
}

// Measure makes the calls of all columns. It sets GOMAXPROCS, and is for one goroutine of a process at a time.
func (p Plan) Measure(columns ...Column) Samples {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(max(1, p.Procs)))
	s := Samples{NS: make([][]float64, len(columns))}
	order := make([]int, len(columns))
	for i, c := range columns {
		s.Names = append(s.Names, c.Name)
		order[i] = i
		c.Call()
	}
	settle()
	for range p.Rounds {
		rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			s.NS[i] = append(s.NS[i], measure(p.Calls, columns[i].Call))
		}
	}
	runtime.KeepAlive(ballast)
	return s
}

// measure returns the nanoseconds of CPU time per call.
func measure(n int, call func()) float64 {
	start := CPU()
	for range n {
		call()
	}
	return math.Round(10*float64(CPU()-start)/float64(n)) / 10
}

// CPU is the CPU time that this process has used so far.
func CPU() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &ts); err != nil {
		panic(err) // there is no Linux without this clock
	}
	return time.Duration(ts.Nano())
}

// Allocs is the exact number of allocations of one call, the mean over n calls cut to a whole number.
func Allocs(n int, call func()) int { return int(testing.AllocsPerRun(n, call)) }

// Sink drops what is written to it.
type Sink struct{}

func (Sink) Write(p []byte) (int, error) { return len(p), nil }

// ballast makes the heap as large as a small service's: the collector runs every 16 MB, not every 4.
var ballast = make([]byte, 16<<20)

// settle grows the heap and frees it.
func settle() {
	var hold [36][]byte
	for i := range hold {
		hold[i] = make([]byte, 1<<20)
		for k := 0; k < len(hold[i]); k += 4096 {
			hold[i][k] = 1
		}
	}
	clear(hold[:])
	runtime.GC()
}
