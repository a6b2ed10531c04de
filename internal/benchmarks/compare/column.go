package main

import (
	"context"

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

// result is a scenario that was measured.
type result struct {
	Name    string         `json:"name"`
	Samples pairs.Samples  `json:"samples"`
	Allocs  map[string]int `json:"allocs"` // per call
}

// counted is over how many calls allocations are counted.
const counted = 1024

func (s scenario) measure(p pairs.Plan) result {
	r := result{Name: s.name, Allocs: map[string]int{}}
	var columns []pairs.Column
	for _, c := range s.columns {
		call := c.call(timed(!s.still))
		if s.procs > 1 {
			call = s.parallel(c)
		} else {
			r.Allocs[c.name] = pairs.Allocs(counted, call)
		}
		columns = append(columns, pairs.Column{Name: c.name, Call: call})
	}
	if s.still {
		p.Calls *= 8 // of a few nanoseconds each
	}
	if p.Procs = s.procs; s.procs > 1 {
		p.Calls = max(1, p.Calls/(s.procs*perSpan))
	}
	r.Samples = p.Measure(columns...)
	return r
}

// parallel returns perSpan calls of each goroutine. They wait for work between the measurements.
func (s scenario) parallel(c column) func() {
	work, done := make(chan struct{}), make(chan struct{})
	for range s.procs {
		call := c.call(timed(true))
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
		l := s.prepared(logger(e))
		return func(ctx context.Context) { s.log(ctx, l) }
	}
}

// bound is a column that binds a logger to each context, once.
func (s shape[L]) bound(logger func(*env) L, with func(context.Context, L) L) func(*env) func(context.Context) {
	return func(e *env) func(context.Context) {
		base := s.prepared(logger(e))
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

func (s shape[L]) prepared(l L) L {
	if s.prepare == nil {
		return l
	}
	return s.prepare(l)
}
