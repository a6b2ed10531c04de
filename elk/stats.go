package elk

// Stats counts what became of the lines. One call of Shipper.Stats is one
// consistent picture: Balanced holds for it.
type Stats struct {
	// Accepted are the lines that Write took, also those it then dropped.
	Accepted uint64
	// Recovered are lines found in SpoolDir that processes which have ended
	// had accepted, also those that cannot be read.
	Recovered uint64
	// Delivered are stored in the data stream.
	Delivered uint64
	// Diverted are stored in the data stream's failure store.
	Diverted uint64
	// Duplicate were stored by an earlier request whose answer was lost.
	Duplicate uint64
	// DeadLettered will never be stored and went to Config.DeadLetter.
	DeadLettered DeadLettered
	// Dropped are lost.
	Dropped Dropped
	// Pending have no verdict yet; after Close, they are in SpoolDir.
	Pending uint64

	// Requests are the bulk requests tried. Not part of the balance.
	Requests uint64
	// Retries are the times that a document had to be sent again, but for the
	// halving of a refused request. Not part of the balance.
	Retries uint64
	// Repaired are documents whose duplicate keys were given new names, or
	// whose numbers beyond 64 bits became strings. Not
	// part of the balance: what became of them is counted as of all others.
	Repaired uint64
	// Wrapped are lines that were not JSON and became the message of a
	// document. Not part of the balance.
	Wrapped uint64
}

// DeadLettered counts lines by why they can never be stored.
type DeadLettered struct {
	NotObject   uint64 // not one JSON object
	InvalidUTF8 uint64
	TooLong     uint64 // longer than Config.MaxLineBytes
	Refused     uint64 // by the server
	// ProductCheck: Config.Client refused the server after the request, so
	// that the line may be stored or not.
	ProductCheck uint64
}

// Total is the sum over all reasons.
func (d DeadLettered) Total() uint64 {
	return d.NotObject + d.InvalidUTF8 + d.TooLong + d.Refused + d.ProductCheck
}

// Dropped counts lost lines by reason.
type Dropped struct {
	RingFull uint64 // no room, or evicted by a line of a higher level
	// Unavailable is RingFull for lines that the server was not taking at the
	// time: 401 or 403 to us, or 403, or what the server lacks, to their data stream.
	Unavailable uint64
	Close       uint64 // no verdict when the time to close was over
	DeadLetter  uint64 // Config.DeadLetter returned an error or panicked
	Corrupt     uint64 // known to have been in SpoolDir, and not readable, or gone
}

// Total is the sum over all reasons.
func (d Dropped) Total() uint64 {
	return d.RingFull + d.Unavailable + d.Close + d.DeadLetter + d.Corrupt
}

// Balanced reports whether every line is accounted for exactly once:
// accepted + recovered = delivered + diverted + duplicate + dead-lettered + dropped + pending.
func (s Stats) Balanced() bool {
	return s.Accepted+s.Recovered == s.Delivered+s.Diverted+s.Duplicate+s.DeadLettered.Total()+s.Dropped.Total()+s.Pending
}

// add adds the verdicts and requests of d.
func (s *Stats) add(d Stats) {
	s.Delivered += d.Delivered
	s.Diverted += d.Diverted
	s.Duplicate += d.Duplicate
	s.DeadLettered.add(d.DeadLettered)
	s.Dropped.DeadLetter += d.Dropped.DeadLetter
	s.Requests += d.Requests
	s.Retries += d.Retries
	s.Repaired += d.Repaired
	s.Wrapped += d.Wrapped
}

func (d *DeadLettered) add(o DeadLettered) {
	d.NotObject += o.NotObject
	d.InvalidUTF8 += o.InvalidUTF8
	d.TooLong += o.TooLong
	d.Refused += o.Refused
	d.ProductCheck += o.ProductCheck
}

// count counts one line under a reason of deadletter.go.
func (d *DeadLettered) count(reason string) {
	switch reason {
	case reasonNotObject:
		d.NotObject++
	case reasonInvalidUTF8:
		d.InvalidUTF8++
	case reasonTooLong:
		d.TooLong++
	case reasonProduct:
		d.ProductCheck++
	default:
		d.Refused++
	}
}
