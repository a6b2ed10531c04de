// Compare measures the bridges beside every peer, and holds the figures against what the design promises.
//
//	go run ./compare                 all rows; the last line says how many promises are kept and how many missed
//	go run ./compare -rounds 50      faster, with wider intervals (200 is what the README quotes)
//	go run ./compare -only zap       scenarios whose name matches
//	go run ./compare -list           what was measured, column by column, promised or not
//	go run ./compare -json           header, rows and the raw figures of every round, for -from
//	go run ./compare -from run.json  the rows of an earlier run
//	go run ./compare -markdown       the same as a table for table.md
//	go run ./compare -profile cpu.out -only 'slog, five' -column 'own, event'
//
// A scenario is one call, say five attributes on slog, written in all ways at once: those are its columns. What each of
// them writes is looked at before it is timed (assert.go). Plain is the logger without ids: slog.NewJSONHandler, zap's
// JSON production core, zerolog. All columns of a run write to one kind of sink, and all of them pay for a span that
// is started and ended every 64 calls, since the events need one that has room. The context has two values above the
// span and two below.
//
// A program has one logger, one output of ours: one events.Rules. Where a process has two, each claims every call on a
// span against the other, so that it is one event. So every row of ours has one output in the process. That is why each
// column of ours is measured in four child processes that make no other one (alone.go), beside plain and the peers in the
// same rounds, a quarter of the rounds in each (disabled calls have four times the rounds, of eight times the calls). They
// count their outputs, and run.json has the count. The one row with two outputs in the process says so, and shows what the
// claims cost. Where a row compares two columns of ours, say an event with the ids only, the other one stands by its ratio
// to plain in its own process. Goroutines of a parallel scenario share one logger.
//
// A promise is kept when the median of its figure is within the bound. Absolute nanoseconds are those of one machine on
// one day; only figures of the same line may be compared.
//
// The run that README.md and table.md quote is run.json, with the figures of every round. To quote another one:
//
//	go run ./compare -json -only ', (five|disabled)$' > run.json && mv run.json compare/ && go test ./compare -update
//
// Peers that cannot be a dependency here stand with the figures recorded on 2026-11-22 (recorded.go), marked so.
package main
