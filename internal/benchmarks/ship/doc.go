// Command ship measures package elk against the least that shipping can cost, gzip and a POST, and against
// esutil.BulkIndexer of go-elasticsearch, and says of each promise of speed whether it is kept.
//
//		cd internal/benchmarks && go run ./ship [-rounds 40] [-only cpu,write,loss,server] [-es URL] [-json | -markdown] [-from run.json]
//
//	  - cpu: CPU time and allocations per document. All columns ship the same documents of 500 bytes, in requests of 1 MB,
//	    to one server in a process of its own, in paired rounds (package pairs). The floor, "gzip + POST", compresses bodies
//	    that lie ready, with the same gzip at the same level, and posts them; what elk adds to each document (an id, a
//	    sequence, the stream's name, the host's) is not in them, so elk pays for it. A row marked "same bytes" compares with
//	    a floor that has it, and "copy + …" makes those bodies from the lines, one by one. It does nothing else that a
//	    shipper has to: what elk costs above it is for a bounded ring, the check of each line, and the word on it.
//	  - write: how long a Write takes while the server is fast, slow and down, without and with a spool, and while the spool
//	    is full. That is Config.SpoolBytes used up, since a disk can be filled by root only: the spool takes as little then,
//	    and the shipper treats the two alike. The row "copy" does nothing but copy the line, at the same pace: what it shows
//	    is the machine.
//	  - loss: documents that are missing after one request in five, or one item in a hundred, was answered with 429.
//	  - server: documents per second into a real Elasticsearch, with one and four requests at a time; -es says where it is.
//
// Before anything is timed, the server says how many documents each column delivered, and the sum of their hashes.
// Figures of go-docappender are recorded ones, and marked so. The last line counts: kept=… missed=…; the exit status is 1
// when a promise is missed. What is not run is said, and counts as neither.
//
// # Recorded
//
// table.md is the run in run.json, which has the CPU times of each round. To quote another one:
//
//	go run ./ship -es http://… -json > run.json; mv run.json ship/ && go test ./ship -run TestTable -update
//
// Machine: two cores, with nothing beside. Kept are the allocations, no document lost, and the 99.9th percentile of a
// Write in each situation, also with the spool and with that full. Missed are four promises of CPU time. Elk with gzip
// costs 1.37 to 1.54 times the floor (promised 1.3), with a spool 1.65 to 1.69 times (promised 1.6; 1.78 before its mover let
// workers in between), and esutil 3.1 to 3.2 times as much as elk (promised 4); without compression it is 4.1 to 5.0 times a
// bare POST (promised 1.5).
//
// Why. Elk sends 171 bytes more for a document, its id, sequence, stream and host; to compress them costs
// 0.2 to 0.3 µs. Everything else is about 0.5 µs where the data is in the cache, and 0.6 to 0.8 in these runs: a Write 0.12,
// of which the clock is 0.05, the lock and the copy into the ring the most of the rest; the copy out of the ring 0.06; the
// check of a known line 0.17 and of its UTF-8 0.03; prefix and copies 0.07; the verdict 0.05. A bare POST is 0.24 µs in all,
// so that even a shipper which looked at nothing would have 0.12 µs for the clock, the lock, two copies and 171 bytes.
//
// The spool adds 0.3 to 0.4 µs: the kernel's copy into its page cache 0.16, the copy from the ring 0.10, the CRC 0.05, what
// finds no room beside and is read back 0.03, the removal of files and verdicts 0.03. The first three are what a file with
// frames costs.
package main
