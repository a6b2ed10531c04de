package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/slogbridge"
	"github.com/spanlog/spanlog/zapbridge"
	"github.com/spanlog/spanlog/zerologbridge"
)

// ecsCall is one log call.
type ecsCall func(ctx context.Context, message string)

// Where two loggers write a kind of value in different forms, they use different keys for it here: a field has one type
// in an index, whatever a bridge does. That is so for
//
//	durations       took_ns (slog and zap: nanoseconds)   took_ms (zerolog: milliseconds, whole or not)
//	lists of errors failures (zap: objects)               failed (zerolog: texts)
//
// An unsigned number above MaxInt64 is no kind of field here: Elasticsearch maps it as a long, which cannot hold it. See
// checkUnsigned.
var (
	errCard  = errors.New("card declined")
	errCause = fmt.Errorf("charge: %w", errCard)
	due      = time.Date(2026, 11, 22, 10, 0, 0, 123456789, time.UTC)
	took     = 1500 * time.Microsecond
)

// cart is a value that the loggers know how to write, each in its way.
type cart struct {
	ID    string  `json:"id"`
	Items int     `json:"items"`
	Total float64 `json:"total"`
}

var theCart = cart{"A-1", 3, 9.5}

func (c cart) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", c.ID), slog.Int("items", c.Items), slog.Float64("total", c.Total))
}

func (c cart) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	enc.AddString("id", c.ID)
	enc.AddInt("items", c.Items)
	enc.AddFloat64("total", c.Total)
	return nil
}

func (c cart) MarshalZerologObject(e *zerolog.Event) {
	e.Str("id", c.ID).Int("items", c.Items).Float64("total", c.Total)
}

func newSlogService(out io.Writer, p *events.Policy) ecsService {
	l := slog.New(slogbridge.NewHandler(out, &slog.HandlerOptions{AddSource: true}, p))
	return ecsService{name: "shop", calls: []ecsCall{
		func(ctx context.Context, m string) {
			l.InfoContext(ctx, m, "count", -3, "large", uint64(math.MaxInt64), "ratio", 0.25, "ok", true)
		},
		func(ctx context.Context, m string) {
			l.InfoContext(ctx, m, "text", "Größe \"東京\"\n", "raw", []byte("\x00\xff"), "took_ns", took, "due", due, "none", nil, "address", net.IPv4(10, 0, 0, 1))
		},
		func(ctx context.Context, m string) {
			l.With("bound", 1).WithGroup("outer").InfoContext(ctx, m, slog.Group("inner", "a", 1, slog.Group("deep", "b", "x")), "cart", theCart)
		},
		func(ctx context.Context, m string) {
			l.InfoContext(ctx, m, "cart", theCart, "names", []string{"a", "b"}, "numbers", []int{1, 2}, "flags", []bool{true}, "any", map[string]any{"a": 1, "b": nil}, "carts", []any{map[string]any{"id": "A-1"}})
		},
		func(ctx context.Context, m string) { l.ErrorContext(ctx, m, "error", errCard, "cause", errCause) },
		func(ctx context.Context, m string) {
			l.ErrorContext(ctx, m, slog.Group("db", "err", errCause), "error", "in words")
		},
		func(ctx context.Context, m string) {
			l.WarnContext(ctx, m, "message", 1, "service", "x", "event", true, "host", []string{"a"}, "span", 1, "trace", 2.5, "log", "x", "http", nil, "labels", "x")
		},
		func(ctx context.Context, m string) {
			l.WarnContext(ctx, m, "log.level", 9, "@timestamp", "yesterday", "ecs.version", 1, "service.name", "y", "trace.id", "z", "span.id", 7, "error.message", "own")
		},
		func(ctx context.Context, m string) {
			l.InfoContext(ctx, m, "http.request.method", "GET", slog.Group("http", "status", 200), slog.Group("service", "tier", "gold"), slog.Group("error", "code", "E1"), "cart.voucher", "v", "twice", 1, "twice", 2)
		},
	}}
}

func newZapService(out io.Writer, p *events.Policy) ecsService {
	l := zap.New(zapbridge.NewCore(out, zap.InfoLevel, p), zap.AddCaller(), zap.AddStacktrace(zap.ErrorLevel)).Named("pay")
	in := zapbridge.Context
	return ecsService{name: "payment", calls: []ecsCall{
		func(ctx context.Context, m string) {
			l.Info(m, in(ctx), zap.Int("count", -3), zap.Uint64("large", math.MaxInt64), zap.Float64("ratio", 0.25), zap.Bool("ok", true), zap.Float32("ratio32", 0.5), zap.Complex128("complex", 1+2i))
		},
		func(ctx context.Context, m string) {
			l.Info(m, in(ctx), zap.String("text", "Größe \"東京\"\n"), zap.Binary("raw", []byte("\x00\xff")), zap.Duration("took_ns", took), zap.Time("due", due), zap.Any("none", nil), zap.Stringer("address", net.IPv4(10, 0, 0, 1)), zap.ByteString("bytes", []byte("b")))
		},
		func(ctx context.Context, m string) {
			l.With(zap.Int("bound", 1), zap.Namespace("outer")).Info(m, in(ctx), zap.Dict("inner", zap.Int("a", 1), zap.Dict("deep", zap.String("b", "x"))), zap.Object("cart", theCart))
		},
		func(ctx context.Context, m string) {
			l.Info(m, in(ctx), zap.Object("cart", theCart), zap.Strings("names", []string{"a", "b"}), zap.Ints("numbers", []int{1, 2}), zap.Bools("flags", []bool{true}), zap.Reflect("any", map[string]any{"a": 1, "b": nil}), zap.Objects("carts", []cart{theCart}), zap.Inline(theCart))
		},
		func(ctx context.Context, m string) {
			l.Error(m, in(ctx), zap.Error(errCard), zap.NamedError("cause", errCause), zap.Errors("failures", []error{errCard, errCause}))
		},
		func(ctx context.Context, m string) {
			l.Error(m, in(ctx), zap.Dict("db", zap.NamedError("err", errCause)), zap.String("error", "in words"))
		},
		func(ctx context.Context, m string) {
			l.Warn(m, in(ctx), zap.Int("message", 1), zap.String("service", "x"), zap.Bool("event", true), zap.Strings("host", []string{"a"}), zap.Int("span", 1), zap.Float64("trace", 2.5), zap.String("log", "x"), zap.Any("http", nil), zap.String("labels", "x"))
		},
		func(ctx context.Context, m string) {
			l.Warn(m, in(ctx), zap.Int("log.level", 9), zap.String("@timestamp", "yesterday"), zap.Int("ecs.version", 1), zap.String("service.name", "y"), zap.String("trace.id", "z"), zap.Int("span.id", 7), zap.String("error.message", "own"))
		},
		func(ctx context.Context, m string) {
			l.Info(m, in(ctx), zap.String("http.request.method", "GET"), zap.Dict("http", zap.Int("status", 200)), zap.Dict("service", zap.String("tier", "gold")), zap.Dict("error", zap.String("code", "E1")), zap.String("cart.voucher", "v"), zap.Int("twice", 1), zap.Int("twice", 2))
		},
	}}
}

func newZerologService(out io.Writer, p *events.Policy) ecsService {
	base := zerologbridge.New(out, p)
	return ecsService{name: "mail", calls: []ecsCall{
		func(ctx context.Context, m string) {
			base.Info().Ctx(ctx).Int("count", -3).Uint64("large", math.MaxInt64).Float64("ratio", 0.25).Bool("ok", true).Float32("ratio32", 0.5).Caller().Msg(m)
		},
		func(ctx context.Context, m string) {
			base.Info().Ctx(ctx).Str("text", "Größe \"東京\"\n").Bytes("raw", []byte("\x00\xff")).Dur("took_ms", took).Time("due", due).Interface("none", nil).IPAddr("address", net.IPv4(10, 0, 0, 1)).Hex("bytes", []byte("b")).Msg(m)
		},
		func(ctx context.Context, m string) {
			l := base.With().Int("bound", 1).Logger()
			l.Info().Ctx(ctx).Dict("outer", zerolog.Dict().Dict("inner", zerolog.Dict().Int("a", 1).Dict("deep", zerolog.Dict().Str("b", "x"))).Object("cart", theCart)).Msg(m)
		},
		func(ctx context.Context, m string) {
			base.Info().Ctx(ctx).Object("cart", theCart).Strs("names", []string{"a", "b"}).Ints("numbers", []int{1, 2}).Bools("flags", []bool{true}).RawJSON("any", []byte(`{"a":1,"b":null}`)).Array("carts", zerolog.Arr().Object(theCart)).EmbedObject(theCart).Msg(m)
		},
		func(ctx context.Context, m string) {
			base.Error().Ctx(ctx).Err(errCard).AnErr("cause", errCause).Errs("failed", []error{errCard, errCause}).Msg(m)
		},
		func(ctx context.Context, m string) {
			base.Error().Ctx(ctx).Dict("db", zerolog.Dict().AnErr("err", errCause)).Str("error", "in words").Msg(m)
		},
		func(ctx context.Context, m string) {
			base.Warn().Ctx(ctx).Int("message", 1).Str("service", "x").Bool("event", true).Strs("host", []string{"a"}).Int("span", 1).Float64("trace", 2.5).Str("log", "x").Interface("http", nil).Str("labels", "x").Msg(m)
		},
		func(ctx context.Context, m string) {
			base.Warn().Ctx(ctx).Int("log.level", 9).Str("@timestamp", "yesterday").Int("ecs.version", 1).Str("service.name", "y").Str("trace.id", "z").Int("span.id", 7).Str("error.message", "own").Msg(m)
		},
		func(ctx context.Context, m string) {
			base.Info().Ctx(ctx).Str("http.request.method", "GET").Dict("http", zerolog.Dict().Int("status", 200)).Dict("service", zerolog.Dict().Str("tier", "gold")).Dict("error", zerolog.Dict().Str("code", "E1")).Str("cart.voucher", "v").Int("twice", 1).Int("twice", 2).Msg(m)
		},
	}}
}
