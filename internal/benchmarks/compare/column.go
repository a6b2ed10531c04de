package main

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/spanlog/spanlog/internal/benchmarks/pairs"
)

// column is one way to write the call of a scenario.
type column struct {
	name  string
	state state
	make  func(*env) func(context.Context)
	wants wants
}

// beyondBudget is how many calls a spent span has seen before it is measured.
const beyondBudget = 300

// crowded is the column whose process has a second output of ours, which nothing is written to.
const crowded = "own, event, two outputs"

// outputs is how many outputs of ours there are with it.
func (c column) outputs() int {
	switch {
	case c.name == crowded:
		return 2
	case strings.HasPrefix(c.name, "own") || strings.HasPrefix(c.name, "wrap"):
		return 1
	}
	return 0
}

// call returns the call as it is measured.
func (c column) call(e *env) func() {
	contexts, log := &contexts{env: e, state: c.state}, c.make(e)
	call := func() { log(contexts.next()) }
	if c.state == spent || c.state == certain {
		for range beyondBudget {
			call()
		}
	}
	return call
}

// scenario is one call, written in many ways.
type scenario struct {
	name    string
	columns []column
	still   bool // no spans are started and ended: the calls cost next to nothing
	procs   int  // goroutines that call at the same time, each on spans of its own; zero: 1
}

// ours are the columns that have outputs of ours.
func (s scenario) ours() []column {
	return slices.DeleteFunc(slices.Clone(s.columns), func(c column) bool { return c.outputs() == 0 })
}

// result is a scenario with one column of ours that was measured.
type result struct {
	Name    string         `json:"name"`
	Ours    string         `json:"ours"`    // the one column of ours
	Outputs int            `json:"outputs"` // of ours in each process that measured it, counted there
	Samples pairs.Samples  `json:"samples"`
	Allocs  map[string]int `json:"allocs"` // per call
}

// clone is a result to which columns may be added.
func (res result) clone() result {
	res.Allocs = maps.Clone(res.Allocs)
	res.Samples.Names, res.Samples.NS = slices.Clip(res.Samples.Names), slices.Clip(res.Samples.NS)
	return res
}

// counted is over how many calls allocations are counted.
const counted = 1024

// stillRounds is how many times the rounds a still scenario has: its promises are of two nanoseconds, and in the rounds of
// the others the interval of zap's is as wide as that.
const stillRounds = 4

// measure measures this column of ours and all that are not ours. No other is made.
func (s scenario) measure(p pairs.Plan, ours string) result {
	r := result{Name: s.name, Ours: ours, Allocs: map[string]int{}}
	var columns []pairs.Column
	for _, c := range s.columns {
		if c.outputs() > 0 && c.name != ours {
			continue
		}
		var call func()
		if s.procs > 1 {
			call = s.parallel(c)
		} else {
			call = c.call(timed(!s.still))
			r.Allocs[c.name] = pairs.Allocs(counted, call)
		}
		columns = append(columns, pairs.Column{Name: c.name, Call: call})
	}
	if s.still {
		p.Calls *= 8 // of a few nanoseconds each
		p.Rounds *= stillRounds
	}
	if p.Procs = s.procs; s.procs > 1 {
		p.Calls = max(1, p.Calls/(s.procs*perSpan))
	}
	r.Samples = p.Measure(columns...)
	return r
}

// parallel returns perSpan calls of each goroutine, on one logger. They wait for work between the measurements.
func (s scenario) parallel(c column) func() {
	work, done := make(chan struct{}), make(chan struct{})
	var logger any
	for range s.procs {
		e := timed(true)
		e.logger = logger
		call := c.call(e)
		logger = e.logger
		go func() {
			for range work {
				for range perSpan {
					call()
				}
				done <- struct{}{}
			}
		}()
	}
	return func() {
		for range s.procs {
			work <- struct{}{}
		}
		for range s.procs {
			<-done
		}
	}
}

// shape is a call with its attributes, on a logger of type L.
type shape[L any] struct {
	name    string
	prepare func(L) L // adds the attributes of With, or a group; nil for none
	log     func(context.Context, L)
}

// on is a column that logs with the context of the call.
func (s shape[L]) on(logger func(*env) L) func(*env) func(context.Context) {
	return func(e *env) func(context.Context) {
		l := s.prepared(e, logger)
		return func(ctx context.Context) { s.log(ctx, l) }
	}
}

// bound is a column that binds a logger to each context, once.
func (s shape[L]) bound(logger func(*env) L, with func(context.Context, L) L) func(*env) func(context.Context) {
	return func(e *env) func(context.Context) {
		base := s.prepared(e, logger)
		var bound L
		turns := 0
		return func(ctx context.Context) {
			if e.turns != turns {
				bound, turns = with(ctx, base), e.turns
			}
			s.log(ctx, bound)
		}
	}
}

// prepared is the logger of the env, which is made where there is none.
func (s shape[L]) prepared(e *env, logger func(*env) L) L {
	if l, ok := e.logger.(L); ok {
		return l
	}
	l := logger(e)
	if s.prepare != nil {
		l = s.prepare(l)
	}
	e.logger = l
	return l
}
