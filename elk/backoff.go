package elk

import (
	"math/rand/v2"
	"time"
)

// backoff gives waits with full jitter: a uniform random time below a ceiling
// that doubles with each failure, so that many shippers that failed together
// do not come back together
// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
// It is written out because the libraries at hand draw around the ceiling
// instead of below it, and know neither a floor from the server nor progress.
type backoff struct {
	lowest, highest time.Duration
	failures        int
	random          func(time.Duration) time.Duration // below its argument
}

func newBackoff(lowest, highest time.Duration) backoff {
	return backoff{lowest: lowest, highest: highest, random: rand.N[time.Duration]}
}

// next returns the wait after one more failure, at least floor.
func (b *backoff) next(floor time.Duration) time.Duration {
	ceiling := b.lowest
	for range b.failures {
		if ceiling >= b.highest/2 {
			ceiling = b.highest
			break
		}
		ceiling *= 2
	}
	b.failures++
	return floor + b.random(ceiling) + 1
}

// reset starts over from the lowest ceiling.
func (b *backoff) reset() { b.failures = 0 }
