package main

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
)

const (
	documentBytes = 500 // with the newline
	perSample     = 10_000
	requestBytes  = 1 << 20
	stream        = "logs-ship-default"
)

// head is how each document begins as it is written; what a shipper adds stands before it.
const head = `"@timestamp":"`

// documents are lines as an ECS logger writes them, each with its newline: texts that repeat, and ids that do not. Gzip
// makes them about four and a half times shorter.
func documents(n int) [][]byte {
	random := rand.New(rand.NewPCG(1, 2))
	paths := []string{"/api/v1/orders", "/api/v1/cart", "/checkout/payment", "/health", "/api/v1/users/me"}
	methods := []string{"GET", "POST", "PUT", "DELETE"}
	lines := make([][]byte, n)
	for i := range lines {
		line := fmt.Appendf(nil, `{"@timestamp":"2026-11-26T10:%02d:%02d.%09dZ","log.level":"info","message":"request handled","ecs.version":"8.11.0",`+
			`"service.name":"checkout","trace.id":"%016x%016x","span.id":"%016x","http":{"request":{"method":"%s","id":"%016x%08x"},"response":{"status_code":%d}},`+
			`"url.path":"%s","event.duration":%d,"user.id":"%08x","client.ip":"10.%d.%d.%d","labels":{"tenant":"acme","note":"a \"quoted\" word`,
			i/60%60, i%60, random.IntN(1e9), random.Uint64(), random.Uint64(), random.Uint64(), methods[random.IntN(len(methods))],
			random.Uint64(), random.Uint32(), 200+random.IntN(5), paths[random.IntN(len(paths))], random.IntN(1e9), random.Uint32(),
			random.IntN(256), random.IntN(256), random.IntN(256))
		const note, end = ", and a text as people write it, of the length that is left", "\"}}\n"
		for len(line) < documentBytes-len(end) {
			line = append(line, note[:min(len(note), documentBytes-len(end)-len(line))]...)
		}
		lines[i] = append(line, end...)
	}
	return lines
}

// total says what a server got: how many documents, and a sum over them that does not depend on their order.
type total struct {
	Documents int
	Sum       uint64
	Requests  int
	Bytes     int64 // of the bodies, as they came
}

// add counts a document. Its hash begins with the first byte that its writer wrote behind the brace.
func (t *total) add(document []byte) {
	t.Documents++
	h := fnv.New64a()
	if at := bytes.Index(document, []byte(head)); at >= 0 {
		_, _ = h.Write(bytes.TrimRight(document[at:], "\n"))
	}
	t.Sum += h.Sum64()
}

// totalOf is what a server must have got once all lines have arrived n times.
func totalOf(lines [][]byte, n int) (t total) {
	for range n {
		for _, line := range lines {
			t.add(line)
		}
	}
	return t
}

// check says what is wrong about a delivery.
func (t total) check(want total) error {
	if t.Documents != want.Documents || t.Sum != want.Sum {
		return fmt.Errorf("the server got %d documents with the sum %x, want %d with %x", t.Documents, t.Sum, want.Documents, want.Sum)
	}
	return nil
}
