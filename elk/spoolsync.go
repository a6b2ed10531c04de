package elk

import (
	"errors"
	"fmt"

	"github.com/spanlog/spanlog/elk/internal/spool"
)

// SpoolSync says when lines in the spool are made durable with fsync, so that
// they survive the machine. They survive the process from when they are
// written, whatever this says.
type SpoolSync int

const (
	// SpoolSyncInterval does so every second, and in Sync and Close.
	SpoolSyncInterval SpoolSync = iota
	// SpoolSyncNone leaves it to the operating system, also in Sync and Close.
	SpoolSyncNone
	// SpoolSyncBatch does so with each write to the spool, that is up to ten
	// times a second, or for each 256 KiB.
	SpoolSyncBatch
)

func (s SpoolSync) policy() spool.Policy {
	switch s {
	case SpoolSyncNone:
		return spool.None
	case SpoolSyncBatch:
		return spool.Each
	}
	return spool.Interval
}

// checkSpool refuses what makes no sense.
func (c *Config) checkSpool() error {
	var errs []error
	if c.SpoolSync < SpoolSyncInterval || c.SpoolSync > SpoolSyncBatch {
		errs = append(errs, fmt.Errorf("elk: SpoolSync is %d", c.SpoolSync))
	}
	if c.SpoolDir == "" {
		return errors.Join(errs...)
	}
	if c.SpoolBytes < minSpoolBytes {
		errs = append(errs, fmt.Errorf("elk: SpoolBytes is %d, the least is %d", c.SpoolBytes, minSpoolBytes))
	}
	if 2*blocksFor(c.MaxLineBytes)*blockBytes > ringCapacity(c.RingBytes) {
		errs = append(errs, fmt.Errorf("elk: with SpoolDir, RingBytes %d must hold two lines of MaxLineBytes %d", c.RingBytes, c.MaxLineBytes))
	}
	return errors.Join(errs...)
}

// spoolAlarm is the reason of an alarm about a spool that takes nothing.
func spoolAlarm(err error) string {
	if errors.Is(err, spool.ErrFull) {
		return alarmSpoolFull
	}
	return alarmSpoolFailed
}
