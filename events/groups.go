package events

import (
	"strings"

	"go.opentelemetry.io/otel/attribute"
)

// node is a group of attributes on its way to become a MAP.
type node struct {
	name  string
	attrs []attribute.KeyValue
	inner []*node
}

// nested returns the attributes with groups as attributes of type MAP, each at the place of its first member.
func (f *Fields) nested() []attribute.KeyValue {
	root := &node{}
	for i, kv := range f.attrs {
		n, key := f.group(i), string(kv.Key)
		group := root
		for _, name := range strings.Split(strings.TrimSuffix(key[:n], "."), ".") {
			if n > 0 {
				group = group.in(name)
			}
		}
		group.attrs = append(group.attrs, attribute.KeyValue{Key: attribute.Key(key[n:]), Value: kv.Value})
	}
	return root.all()
}

// in returns the group of that name, made if there is none; its place is kept by an attribute without a value.
func (n *node) in(name string) *node {
	for _, in := range n.inner {
		if in.name == name {
			return in
		}
	}
	in := &node{name: name}
	n.inner = append(n.inner, in)
	n.attrs = append(n.attrs, attribute.KeyValue{Key: attribute.Key(name)})
	return in
}

func (n *node) all() []attribute.KeyValue {
	for i, kv := range n.attrs {
		for _, in := range n.inner {
			if kv.Value.Type() == attribute.EMPTY && string(kv.Key) == in.name {
				n.attrs[i].Value = attribute.MapValue(in.all()...)
			}
		}
	}
	return n.attrs
}
