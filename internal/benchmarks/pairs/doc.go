// Package pairs compares ways to do the same work by differences within a round. A shared machine disturbs those far
// less than two figures taken one after the other, which differ by 30 to 60 % for no reason.
//
// In each round every column makes the same number of calls, in random order, and only what is computed from the figures
// of one round is kept: the median over the rounds, with its 95 % interval by ranks. Over 200 rounds that is steady to
// 0.01 to 0.03 of a ratio, also under load.
//
//   - Time is the CPU time of the process to the nanosecond (Linux), so that the collector's work is in it and other
//     processes are not. What a column does in another process costs nothing here.
//   - The heap is grown and freed first, and 16 MB stay live, as in a small service: else the first column that
//     allocates pays the page faults of all.
//   - The columns are to use one [Sink], which is not io.Discard, so that no library takes a short cut for it.
//   - Whoever measures checks first what a column writes, and counts allocations exactly, with [Allocs].
package pairs
