package setup

import (
	"context"
	"errors"
	"fmt"
	"time"
)

var (
	errPanic = errors.New("panic")
	errExit  = errors.New("runtime.Goexit was called")
)

// bounded calls f and returns its error, or that of ctx when f still runs once
// ctx is done. A panic in f is returned as an error.
func bounded(ctx context.Context, f func(context.Context) error) error {
	done := make(chan error, 1)
	go func() {
		err := errExit
		defer func() {
			if v := recover(); v != nil {
				err = fmt.Errorf("%w: %v", errPanic, v)
			}
			done <- err
		}()
		err = f(ctx)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// soon ends a tenth of the time before ctx does, at most a second.
func soon(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	margin := min(time.Until(deadline)/10, time.Second)
	return context.WithDeadline(ctx, deadline.Add(-margin))
}

// once joins errors. One that says nothing but that the time is over is left out
// where another says it too.
func once(errs ...error) error {
	var told, bare []error
	for _, err := range errs {
		if err == context.DeadlineExceeded || err == context.Canceled {
			bare = append(bare, err)
		} else if err != nil {
			told = append(told, err)
		}
	}
	for _, err := range bare {
		if !errors.Is(errors.Join(told...), err) {
			told = append(told, err)
		}
	}
	if len(told) == 1 {
		return told[0]
	}
	return errors.Join(told...)
}

// inShare is bounded by the first of so many equal parts of the time that ctx
// leaves; by ctx alone where that has no deadline.
func inShare(ctx context.Context, parts int, f func(context.Context) error) error {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)/time.Duration(parts))
		defer cancel()
	}
	return bounded(ctx, f)
}
