package zapbridge

import (
	"go.uber.org/zap/zapcore"

	"github.com/spanlog/spanlog/events"
)

// rootState says where the fields so far have left the line.
type rootState struct {
	open bool   // a namespace is open: what follows is not at the root
	path string // of the open namespaces, each with a dot behind it; kept where the policy redacts, and under ECS
	ecsState
}

// clone returns a copy that can be added to, with its names in the memory of list. Traced says that the line has ids.
func (s rootState) clone(list []string, traced bool) rootState {
	s.seen = s.seen.clone(list)
	s.seen.ids, s.root.ids = traced, traced
	return s
}

// inside returns the state in an object of that key.
func (s *rootState) inside(key string) rootState {
	path := s.path + key + "."
	return rootState{open: true, path: path, ecsState: ecsState{err: s.err, seen: names{rules: s.seen.rules, path: path}}}
}

// placer puts the user's fields on a line. At its root, names that are ours are looked after: a field of an id's name
// gives way to the id where there is a span, others move to a label.
type placer struct {
	rules  *events.Rules
	traced bool // the ids of a span are on this line
	own    bool // the line is ours and follows the whole schema; else only the names of what we add matter
	rootState
	next    zapcore.ObjectEncoder // of the inline object that is being placed
	members memberEncoder         // gives its members to addField
}

func (p *placer) ecs() bool { return p.own && p.rules.Schema() == events.ECS }

// needPlace reports whether a placer would do anything but add the fields as they are.
func needPlace(rules *events.Rules, fields []zapcore.Field, traced, open, own bool) bool {
	constant := len(rules.Constant()) > 0
	guard := !open && (traced || constant)
	for i := range fields {
		f := &fields[i]
		switch f.Type {
		case zapcore.InlineMarshalerType:
			if guard || own || carrierOf(f) != nil {
				return true
			}
		case zapcore.ErrorType, zapcore.StringerType, zapcore.ReflectType:
			if own {
				return true
			}
		}
		if guard && (traced && rules.IsID(f.Key) || constant && rules.Taken(f.Key)) {
			return true
		}
		guard = guard && f.Type != zapcore.NamespaceType
	}
	return false
}

func (p *placer) addAll(enc zapcore.ObjectEncoder, fields []zapcore.Field) {
	for i := range fields {
		p.add(enc, &fields[i])
	}
}

func (p *placer) add(enc zapcore.ObjectEncoder, f *zapcore.Field) {
	switch {
	case carrierOf(f) != nil || f.Type == zapcore.SkipType:
	case p.open && !p.own:
		f.AddTo(enc)
	case f.Type == zapcore.NamespaceType:
		p.openNamespace(enc, f.Key)
	case f.Type == zapcore.InlineMarshalerType:
		p.inline(enc, f)
	case !p.open && p.traced && p.rules.IsID(f.Key):
	case p.own && p.rules.Redacts() && p.rules.Hides(p.path+f.Key): // its name on the line may be another one
		p.addNamed(enc, zapcore.Field{Key: f.Key, Type: zapcore.StringType, String: events.Redacted})
	case p.ecs() && p.addECS(enc, f):
	default:
		p.addNamed(enc, *f)
	}
}

func (p *placer) addNamed(enc zapcore.ObjectEncoder, f zapcore.Field) {
	name, asString := p.name(f.Key, f.Type != zapcore.ObjectMarshalerType)
	if p.ecs() {
		name = p.seen.unique(name)
	}
	if asString {
		enc.AddString(name, textOf(f))
		return
	}
	f.Key = name
	if p.own {
		addValue(enc, &f)
	} else {
		f.AddTo(enc)
	}
}

// name returns the name under which a field stands, and whether its value must be a string there.
func (p *placer) name(key string, scalar bool) (name string, asString bool) {
	switch {
	case p.open:
		return p.rules.Inside(p.path, key, scalar), false
	case p.own:
		return p.rules.Place(key, scalar)
	case p.rules.Taken(key):
		key = p.rules.Label(key)
	}
	return key, false
}

func (p *placer) namespace(key string) string {
	switch id := p.rules.IsID(key); {
	case id && p.traced && !p.open && !p.own:
		return p.rules.Label(key)
	case p.open || !p.own || id && !p.traced:
		name, _ := p.name(key, false)
		return name
	}
	return p.rules.Open(key)
}

func (p *placer) openNamespace(enc zapcore.ObjectEncoder, key string) {
	name := p.namespace(key)
	if p.ecs() || p.rules.Redacts() {
		p.path += key + "."
	}
	if p.ecs() {
		name = p.seen.unique(name)
		if !p.open {
			p.root = p.seen
		}
		p.seen = p.seen.inner(p.path)
	}
	enc.OpenNamespace(name)
	p.open = true
}

// inline lets the object write through us: each member is placed like a field.
func (p *placer) inline(enc zapcore.ObjectEncoder, f *zapcore.Field) {
	outer := p.next
	p.next, p.members.to = enc, p
	err := f.Interface.(zapcore.ObjectMarshaler).MarshalLogObject(&p.members)
	p.next = outer
	if err != nil {
		enc.AddString(f.Key+"Error", err.Error())
	}
}

func (p *placer) addField(f zapcore.Field) { p.add(p.next, &f) }
