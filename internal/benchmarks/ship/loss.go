package main

import (
	"fmt"
	"time"

	"github.com/spanlog/spanlog/elk"
)

// lossRounds times perSample documents are shipped.
const lossRounds = 5

// loss counts documents that are missing after refusals. What counts is what the server has, not what the client says.
func (b *bench) loss() error {
	const group = "Documents lost of 50,000"
	lines := documents(perSample)
	for _, refused := range []struct {
		name string
		how  behaviour
	}{{"20 % of requests 429", behaviour{Requests: 0.2}}, {"1 % of items 429", behaviour{Items: 0.01}}} {
		for _, client := range []struct {
			name    string
			open    func() (column, error)
			promise bool
		}{
			{"elk", func() (column, error) { return ours("elk", impatient(config(b.server.url)), lines) }, true},
			{"esutil", func() (column, error) { return theirs("esutil", b.server.url, lines, true, false) }, false},
		} {
			got, err := b.survivors(client.open, refused.how)
			if err != nil {
				return err
			}
			want := totalOf(lines, lossRounds)
			lost := want.Documents - got.Documents
			if lost == 0 && got.Sum != want.Sum {
				return fmt.Errorf("ship: %s, %s: the documents are as many, and not the same", client.name, refused.name)
			}
			r := row{Group: group, Name: client.name + ", " + refused.name, Value: float64(lost), Text: fmt.Sprintf("%d in %d requests", lost, got.Requests)}
			if client.promise {
				// Fewer than none are duplicates, which are no better.
				r = r.judge(lost == 0, "0")
			}
			b.add(r)
		}
	}
	return b.server.behave(behaviour{})
}

// impatient waits less before it sends again.
func impatient(c elk.Config) elk.Config {
	c.BackoffMin, c.BackoffMax = 5*time.Millisecond, 100*time.Millisecond
	c.BatchBytes = requestBytes / 16
	return c
}

// survivors ships through a new client and returns what the server has.
func (b *bench) survivors(open func() (column, error), how behaviour) (total, error) {
	if err := b.server.behave(how); err != nil {
		return total{}, err
	}
	if _, err := b.server.take(); err != nil {
		return total{}, err
	}
	c, err := open()
	if err != nil {
		return total{}, err
	}
	for range lossRounds {
		_ = c.ship() // an error is a loss, and is counted
	}
	_ = c.close()
	return b.server.take()
}
