package setup

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// NotifyContext returns a context that is done at the first interrupt (Ctrl-C)
// or SIGTERM, as a service is asked to end; context.Cause says which it was. A
// second signal ends the program at once, as it does where nobody listens: for
// a shutdown that takes too long. The function gives the signals back; call it
// when the context is no longer needed. A nil parent counts as
// context.Background().
//
//	ctx, stop := setup.NotifyContext(context.Background())
//	defer stop()
//	sdk, err := setup.Run(ctx)
//	…
//	<-ctx.Done()
//	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
//	defer cancel()
//	err = sdk.Shutdown(stopping)
//
// Nothing else in this package listens to signals.
func NotifyContext(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(orBackground(parent), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
