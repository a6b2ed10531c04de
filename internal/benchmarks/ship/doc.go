// Command ship measures package elk against the least that shipping can cost, gzip and a POST, and against
// esutil.BulkIndexer of go-elasticsearch, and says of each promise of speed whether it is kept.
//
//		cd internal/benchmarks && go run ./ship [-rounds 40] [-only cpu,write,loss,server] [-es URL] [-json]
//
//	  - cpu: CPU time and allocations per document. All columns ship the same documents of 500 bytes, in requests of 1 MB,
//	    to one server in a process of its own, in paired rounds (package pairs). The floor, "gzip + POST", compresses bodies
//	    that lie ready, with the same gzip at the same level, and posts them; what elk adds to each document (an id, a
//	    sequence, the stream's name, the host's) is not in them, so elk pays for it. A row marked "same bytes" compares with
//	    a floor that has it.
//	  - write: how long a Write takes while the server is fast, slow and down. The row "copy" does nothing but copy the line,
//	    at the same pace: what it shows is the machine.
//	  - loss: documents that are missing after one request in five, or one item in a hundred, was answered with 429.
//	  - server: documents per second into a real Elasticsearch, with one and four requests at a time; -es says where it is.
//
// Before anything is timed, the server says how many documents each column delivered, and the sum of their hashes.
// Figures of go-docappender are recorded ones, and marked so. The last line counts: kept=… missed=…; the exit status is 1
// when a promise is missed. What is not built, or not run, is said, and counts as neither.
package main
