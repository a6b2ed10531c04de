package events_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/spanlog/spanlog/events"
)

// AppendTime is RFC3339Nano, in whatever order times and zones come.
func TestAppendTime(t *testing.T) {
	zones := []*time.Location{time.UTC, time.Local, time.FixedZone("", 5*3600+45*60), time.FixedZone("x", -3600), time.FixedZone("odd", 90)}
	at := time.Date(1999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)
	for i := range 20_000 {
		switch rand.IntN(4) {
		case 0:
			at = at.Add(time.Duration(rand.IntN(3_000_000_000)))
		case 1:
			at = at.Truncate([]time.Duration{time.Second, time.Millisecond, time.Microsecond, 10}[i%4])
		case 2:
			at = at.AddDate(rand.IntN(3)-1, rand.IntN(12), 0)
		}
		at = at.In(zones[rand.IntN(len(zones))])
		if got, want := string(events.AppendTime([]byte("x"), at)), "x"+at.Format(time.RFC3339Nano); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
}
