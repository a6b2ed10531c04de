package zerologbridge

import (
	"slices"
	"strconv"
)

// fewNames is how many names are looked for one by one.
const fewNames = 32

// names tells the keys of one object apart: Elasticsearch refuses a document with a key that stands twice.
type names struct {
	few  []string
	many map[string]int // the last number given to a name; nil as long as there are few, each once
}

// unique returns name, or, where the object has it already, name_2, name_3 and so on.
func (n *names) unique(name string) string {
	if n.many == nil {
		if len(n.few) < fewNames && !slices.Contains(n.few, name) {
			n.few = append(n.few, name)
			return name
		}
		n.many = make(map[string]int, 2*len(n.few))
		for _, known := range n.few {
			n.many[known] = 1
		}
	}
	key := name
	for i := n.many[name]; n.many[key] > 0; {
		i++
		key = name + "_" + strconv.Itoa(i)
		n.many[name] = i
	}
	n.many[key] = 1
	return key
}

// reset forgets the names, and keeps the memory for few.
func (n *names) reset() {
	clear(n.few)
	n.few, n.many = n.few[:0], nil
}
