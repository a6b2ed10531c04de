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
