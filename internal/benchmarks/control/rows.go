package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/spanlog/spanlog/elk/elktest"
)

// row is one fault.
type row struct {
	name     string
	options  []elktest.Option
	times    int32 // how many requests meet the fault; 0 is every one
	fault    fault // nil: none but that of the options
	patience time.Duration
	hangs    bool // the fault never ends
	stored   bool // at the end all documents must be there, once

	// instead takes the place of shipping.
	instead map[string]func(url string) (says string, err error)
}

func (r row) closeLimit() time.Duration {
	if r.hangs {
		return 2 * time.Second
	}
	return closeLimit
}

// rows are the faults of the table, in the order in which the peers lose documents to them.
func rows() []row {
	return []row{
		{name: "none", stored: true},
		{name: "429 on every item, once", times: 1, fault: onItems(item429), stored: true},
		{name: "429 on the request with Retry-After: 1, once", times: 1, fault: onRequest(429, "1"), stored: true},
		{name: "503 five times", times: 5, fault: onRequest(503, ""), stored: true},
		{name: "413 above 2 kB", options: []elktest.Option{elktest.WithMaxContentLength(2000)}, stored: true},
		{name: "connection closed twice", times: 2, fault: hangUp, stored: true},
		{name: "answer lost after storing, twice", times: 2, fault: late, patience: 300 * time.Millisecond, stored: true},
		{name: "answer with 40 of 100 items, once", times: 1, fault: withItems(func(all []json.RawMessage) []json.RawMessage { return all[:40*len(all)/100] }), stored: true},
		{name: "answer with 101 items, once", times: 1, fault: withItems(func(all []json.RawMessage) []json.RawMessage { return append(all, all[0]) }), stored: true},
		{name: "answer without items, once", times: 1, fault: withoutItems, stored: true},
		{name: "answer cut in the middle, once", times: 1, fault: cut, stored: true},
		{name: "HTML with status 200, once", times: 1, fault: html, stored: true},
		{name: "401 once", times: 1, fault: onRequest(401, ""), stored: true},
		{name: "no product header (OpenSearch)", options: []elktest.Option{elktest.WithProfile(elktest.OpenSearch3)}, stored: true},
		{name: "every document diverted to the failure store", fault: diverted},
		{name: "the server hangs", fault: hang, hangs: true},
		{name: "a line after Close", instead: map[string]func(string) (string, error){"elk": elkAfterClose, "esutil": indexerAfterClose}},
		{name: "memory of 16 senders without a line", instead: map[string]func(string) (string, error){"elk": elkHeap, "esutil": indexerHeap}},
	}
}

// run hands the documents to a client while the server has the fault, and reads back what is stored.
func (r row) run(client string) (result, error) {
	server, err := elktest.New(append([]elktest.Option{elktest.WithLogsTemplate()}, r.options...)...)
	if err != nil {
		return result{}, err
	}
	defer server.Close()
	if r.fault != nil {
		server.Intercept(first(r.times, r.fault))
	}
	ship := map[string]func(string, row) (string, error){"elk": shipWithElk, "esutil": shipWithBulkIndexer}[client]
	if ship == nil {
		return result{}, fmt.Errorf("control: no client %q", client)
	}
	if instead := r.instead[client]; instead != nil {
		ship = func(url string, _ row) (string, error) { return instead(url) }
	}
	says, err := ship(server.URL(), r)
	if err != nil {
		return result{}, err
	}
	if r.instead != nil {
		return result{Says: says, Stored: -1}, nil
	}
	return count(server, says)
}

func count(server *elktest.Server, says string) (result, error) {
	r := result{Says: says}
	seen := map[int]bool{}
	for _, d := range server.Documents(stream) {
		var source struct{ Number int }
		if err := json.Unmarshal(d.Source, &source); err != nil {
			return r, err
		}
		if seen[source.Number] {
			r.Duplicates++
		}
		seen[source.Number] = true
	}
	r.Stored = len(seen)
	return r, nil
}

// isBulk leaves other requests alone, such as a client's first look at the server.
func isBulk(r *http.Request) bool { return r.Method == http.MethodPost }
