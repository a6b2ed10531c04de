// Command control runs the fault table of package elk against esutil.BulkIndexer of go-elasticsearch as well, with the same
// faults injected into the same in-process server, and prints both as a Markdown table.
//
//	cd internal/benchmarks && go run ./control
//
// Each run hands 100 documents to one client, closes it, and reads back from the server what is stored: the table does not
// come from counters. Every run is a process of its own, because some faults end the process of a client. The table is also
// written to control/table.md; go test ./internal/readme -run TestFaultTable -update, in the root module, puts the rows that
// differ into the README.
package main
