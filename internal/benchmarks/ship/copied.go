package main

import "strconv"

// copied is the least that ships lines as they come: it copies each behind what elk adds to it, and posts what it has at
// the size of a request. It waits for the server, bounds nothing, checks nothing, and keeps nothing that was refused.
func copied(name, server string, lines [][]byte, packed bool) column {
	to := newPoster(server, packed)
	var body []byte
	var seq uint64
	flush := func() error {
		defer func() { body = body[:0] }()
		return to.send(body)
	}
	ship := func() error {
		for _, line := range lines {
			if len(body)+len(line) > requestBytes {
				if err := flush(); err != nil {
					return err
				}
			}
			seq++
			body = append(appendAdded(body, seq), line[1:]...)
		}
		return flush()
	}
	return column{name, ship, to.close}
}

// appendAdded appends what elk sends before a line's bytes behind its brace, as long as that.
func appendAdded(dst []byte, seq uint64) []byte {
	dst = append(dst, `{"create":{"_id":"d6sPQ2xVn4Ka-`...)
	dst = strconv.AppendUint(dst, seq, 10)
	dst = append(dst, `"}}`+"\n"+`{"event.sequence":`...)
	dst = strconv.AppendUint(dst, seq, 10)
	return append(dst, `,"data_stream.type":"logs","data_stream.dataset":"ship","data_stream.namespace":"default","host.name":"`+hostName+`",`...)
}
