package spool

import (
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"

	"pgregory.net/rapid"
)

// model is the spool as it should be: lines with what is known of each.
type model struct {
	t     *rapid.T
	fake  *fakeFS
	spool *Spool
	own   *ledger
	next  uint64 // sequence
	count int    // of processes
	lines map[key]*line
	old   []*ledger // of processes that have ended

	segment int64 // bytes of one file
	cursor  *Cursor
	read    uint64 // order up to which the cursor came
}

// line is what the model knows of a line that is in the spool.
type line struct {
	order       uint64
	left, acked bool
}

func newModel(t *rapid.T) *model {
	m := &model{t: t, fake: newFakeFS(), lines: map[key]*line{}, segment: rapid.SampledFrom([]int64{700, 4000}).Draw(t, "segment")}
	m.fake.dirs[testDir] = &fakeDir{made: true}
	m.open()
	return m
}

func (m *model) options() Options {
	return Options{FS: m.fake, ID: testID(m.count), Segment: m.segment, Size: 20000}
}

func (m *model) open() {
	m.count++
	m.own, m.next = newLedger(testID(m.count)), 0
	s, err := Open(testDir, m.options())
	if err != nil {
		m.t.Fatalf("Open: %v", err)
	}
	if len(s.Refused()) > 0 {
		m.t.Fatalf("Refused: %v", s.Refused())
	}
	m.spool = s
	m.rewind()
}

func (m *model) rewind() {
	if m.cursor != nil {
		m.cursor.Close()
	}
	m.cursor, m.read = m.spool.Cursor(0), 0
}

// Append writes some lines, with gaps; some of them are elsewhere as well.
func (m *model) Append(t *rapid.T) {
	var seqs []uint64
	for range rapid.IntRange(1, 8).Draw(t, "lines") {
		m.next += uint64(rapid.SampledFrom([]int{1, 1, 1, 2, 100}).Draw(t, "gap"))
		seqs = append(seqs, m.next)
		m.own.written[m.next] = true
	}
	n, err := m.spool.Append(batchOf(m.own.id, seqs...))
	if err != nil && m.fake.before == nil && m.spool.Bytes() < 18000 {
		t.Fatalf("Append: %v", err)
	}
	for _, seq := range seqs[:n] {
		m.own.kept[seq] = true
		l := &line{order: seq + m.spool.Base(), left: rapid.Bool().Draw(t, "left")}
		m.lines[key{m.own.id, seq}] = l
		if l.left {
			m.spool.Publish(l.order)
		}
	}
	m.spool.Publish()
}

// keys are those of the lines that are there, in order.
func (m *model) keys(want func(*line) bool) (keys []key) {
	for k, l := range m.lines {
		if want(l) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b key) int { return int(m.lines[a].order) - int(m.lines[b].order) })
	return keys
}

func (m *model) some(t *rapid.T, want func(*line) bool) (keys []key) {
	all := m.keys(want)
	if len(all) == 0 {
		return nil
	}
	from := rapid.IntRange(0, len(all)-1).Draw(t, "from")
	return all[from : from+rapid.IntRange(1, len(all)-from).Draw(t, "n")]
}

func (m *model) Ack(t *rapid.T) {
	for _, k := range m.some(t, func(l *line) bool { return !l.acked }) {
		l := m.lines[k]
		l.acked, l.left = true, false
		m.spool.Ack(l.order)
		m.ledger(k.id).acked[k.seq] = true
	}
}

func (m *model) ledger(id string) *ledger {
	for _, l := range append(m.old, m.own) {
		if l.id == id {
			return l
		}
	}
	return nil
}

func (m *model) Take(t *rapid.T) {
	for _, k := range m.some(t, func(l *line) bool { return l.left }) {
		if m.lines[k].left = false; !m.spool.Take(m.lines[k].order) {
			t.Fatalf("line %v cannot be taken", k)
		}
	}
}

func (m *model) Leave(t *rapid.T) {
	for _, k := range m.some(t, func(l *line) bool { return !l.left && !l.acked }) {
		m.lines[k].left = true
		m.spool.Publish(m.lines[k].order)
	}
	m.rewind()
}

func (m *model) Sync(t *rapid.T) {
	if err := m.own.sync(m.spool); err != nil && m.fake.before == nil {
		t.Fatalf("Sync: %v", err)
	}
}

func (m *model) Maintain(t *rapid.T) {
	err := m.spool.Maintain()
	if err != nil && m.fake.before == nil {
		t.Fatalf("Maintain: %v", err)
	}
	for _, l := range append(m.old, m.own) {
		for seq := range l.acked {
			l.saved[seq] = l.saved[seq] || err == nil
		}
	}
}

// Fault makes an operation fail, until the next or so often.
func (m *model) Fault(t *rapid.T) {
	op := rapid.SampledFrom([]string{"", "", "write", "sync", "create", "syncdir", "rename", "remove", "truncate"}).Draw(t, "op")
	err := rapid.SampledFrom([]error{syscall.EIO, syscall.ENOSPC, syscall.EROFS}).Draw(t, "error")
	m.fake.short = rapid.IntRange(0, 300).Draw(t, "short")
	times := rapid.SampledFrom([]int{1, 2, 1000}).Draw(t, "times")
	m.fake.before = func(got, _ string, _ int) error {
		if got != op || times == 0 {
			return nil
		}
		times--
		return err
	}
	if op == "" {
		m.fake.before = nil
	}
}

// Read goes on with a cursor that is there for long.
func (m *model) Read(t *rapid.T) {
	want := m.keys(func(l *line) bool { return l.left && l.order > m.read })
	var r Record
	for range rapid.IntRange(1, 20).Draw(t, "lines") {
		ok, err := m.cursor.Next(&r)
		switch {
		case err != nil:
			t.Fatalf("Next: %v", err)
		case !ok && len(want) > 0:
			t.Fatalf("Next: nothing, want %v", want[0])
		case !ok:
			return
		case len(want) == 0 || want[0] != key{r.ID, r.Seq} || string(r.Line) != lineOf(r.ID, r.Seq):
			t.Fatalf("Next: %s-%d %s, want %v", r.ID, r.Seq, r.Line, want)
		}
		want, m.read = want[1:], r.Order
	}
}

// Kill ends the process; the machine goes on.
func (m *model) Kill(*rapid.T) { m.stop(nil) }

// Crash ends the machine.
func (m *model) Crash(t *rapid.T) {
	m.stop(dice{rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))})
}

// Restart ends the process as it should end.
func (m *model) Restart(t *rapid.T) {
	m.fake.before = nil
	if err := m.spool.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	m.stop(nil)
}

// stop ends the process, and with a fate the machine.
func (m *model) stop(fate fate) {
	before := m.lines
	if fate == nil {
		m.fake = m.fake.kill()
	} else {
		m.fake = m.fake.crash(fate)
	}
	m.old = append(m.old, m.own)
	m.open()
	m.lines = map[key]*line{}
	var got []key
	var r Record
	c := m.spool.Cursor(0)
	defer c.Close()
	for {
		ok, err := c.Next(&r)
		if err != nil {
			m.t.Fatalf("Next: %v", err)
		}
		if !ok {
			break
		}
		k := key{r.ID, r.Seq}
		if string(r.Line) != lineOf(r.ID, r.Seq) {
			m.t.Fatalf("altered: %v %s", k, r.Line)
		}
		got = append(got, k)
		m.lines[k] = &line{order: r.Order, left: true}
	}
	for _, l := range m.old {
		if err := l.check(got); err != nil {
			m.t.Fatalf("%s: %v", l.id, err)
		}
		l.settle(m.lines, fate != nil)
	}
	for k, l := range before {
		if fate == nil && !l.acked && m.lines[k] == nil {
			m.t.Fatalf("line %v is lost with its process", k)
		}
	}
}

// settle forgets what the end has decided: what came back after a crash is
// durable from now on, what did not is gone.
func (l *ledger) settle(lines map[key]*line, crash bool) {
	for seq := range l.written {
		_, there := lines[key{l.id, seq}]
		l.durable[seq] = there && (crash || l.durable[seq])
		l.saved[seq] = l.saved[seq] && !there
		if delete(l.acked, seq); !there && crash {
			delete(l.written, seq)
		}
	}
}

// Check holds at every moment.
func (m *model) Check(t *rapid.T) {
	if live := len(m.keys(func(l *line) bool { return !l.acked })); m.spool.Live() != live {
		t.Fatalf("Live = %d, want %d", m.spool.Live(), live)
	}
	if lost := m.spool.Lost(); lost > 0 {
		t.Fatalf("%d lines are lost", lost)
	}
	if m.spool.Bytes() > 20000 {
		t.Fatalf("%d bytes", m.spool.Bytes())
	}
}

// TestModel: random operations, faults and crashes, against the model.
func TestModel(t *testing.T) { rapid.Check(t, checkModel) }

func checkModel(t *rapid.T) {
	m := newModel(t)
	defer func() { m.cursor.Close() }()
	t.Repeat(map[string]func(*rapid.T){
		"append": m.Append, "ack": m.Ack, "take": m.Take, "leave": m.Leave, "sync": m.Sync, "maintain": m.Maintain,
		"fault": m.Fault, "read": m.Read, "kill": m.Kill, "crash": m.Crash, "restart": m.Restart, "": m.Check,
	})
}
