package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spanlog/spanlog/elk"
)

const (
	fullSpool = 1 << 20          // bytes of a spool that is to be full
	fullLimit = 20 * time.Second // for it to be
)

// openNew is openElk with a folder of its own for each run: what a server that is down leaves there is nothing for others.
func (b *bench) openNew(c elk.Config) func() (func([]byte) error, func(), error) {
	return func() (func([]byte) error, func(), error) {
		own, done, err := b.ownFolder(c)
		if err != nil {
			return nil, nil, err
		}
		write, end, err := openElk(own)()
		if err != nil {
			done()
			return nil, nil, err
		}
		return write, func() { end(); done() }, nil
	}
}

func (b *bench) ownFolder(c elk.Config) (own elk.Config, done func(), err error) {
	c.SpoolDir, err = os.MkdirTemp(b.folder, filepath.Base(c.SpoolDir))
	return c, func() { _ = os.RemoveAll(c.SpoolDir) }, err
}

// openFull opens a shipper whose spool is full already: it has said so. It is Config.SpoolBytes that is used up; the disk
// is not, which nobody can arrange without being root. To the shipper it is the same: writes that take nothing.
func (b *bench) openFull(c elk.Config) func() (func([]byte) error, func(), error) {
	return func() (func([]byte) error, func(), error) {
		c := c
		full := make(chan struct{}, 1)
		c.SpoolBytes = fullSpool
		c.OnAlarm = func(a elk.Alarm) {
			if a.Reason == "spool_full" {
				signal(full)
			}
		}
		write, end, err := b.openNew(c)()
		if err != nil {
			return nil, nil, err
		}
		if err := fill(write, full); err != nil {
			end()
			return nil, nil, err
		}
		return write, end, nil
	}
}

// fill writes until the spool is full.
func fill(write func([]byte) error, full <-chan struct{}) error {
	line := []byte(`{"fill":"` + strings.Repeat("x", 1000) + `"}` + "\n")
	for end := time.Now().Add(fullLimit); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if err := write(line); err != nil {
			return err
		}
		select {
		case <-full:
			return nil
		default:
		}
	}
	return fmt.Errorf("ship: the spool is not full after %v", fullLimit)
}

func signal(ch chan<- struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}
