package elktest

import (
	"fmt"
	"net/http"
	"strings"
)

// blocks are the index.blocks.* that stop writing.
type blocks struct {
	write               bool // set by a person
	readOnly            bool
	readOnlyAllowDelete bool // set by the server when its disk is full
}

const floodStage = "disk usage exceeded flood-stage watermark, index has read-only-allow-delete block"

// refusal is what a blocked index says of every document: 429 while the server's disk is full and nothing else blocks, else 403.
func (b blocks) refusal(index string) (int, *problem) {
	var causes []string
	status := http.StatusForbidden
	if b.readOnlyAllowDelete {
		causes = append(causes, "TOO_MANY_REQUESTS/12/"+floodStage)
		if !b.readOnly && !b.write {
			status = http.StatusTooManyRequests
		}
	}
	if b.readOnly {
		causes = append(causes, "FORBIDDEN/5/index read-only (api)")
	}
	if b.write {
		causes = append(causes, "FORBIDDEN/8/index write (api)")
	}
	if len(causes) == 0 {
		return 0, nil
	}
	return status, &problem{kind: "cluster_block_exception", reason: fmt.Sprintf("index [%s] blocked by: [%s];", index, strings.Join(causes, ", "))}
}

// putSettings is PUT /{index}/_settings, for the blocks alone; null removes one.
func (s *Server) putSettings(c *call) (any, error) {
	root, err := c.object(true)
	if err != nil {
		return nil, err
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	indices, err := s.store.resolve(c)
	if err != nil {
		return nil, err
	}
	changed := make([]blocks, len(indices))
	for i, b := range indices {
		changed[i] = b.blocks
		if err := changed[i].set("", root); err != nil {
			return nil, err
		}
	}
	for i, b := range indices {
		b.blocks = changed[i]
	}
	return object{{"acknowledged", true}}, nil
}

// set takes settings as dotted keys, as objects, or both, with or without the leading index.
func (b *blocks) set(path string, n *node) error {
	for _, m := range n.members {
		name := join(path, m.name)
		if m.value.kind == kindObject {
			if err := b.set(name, m.value); err != nil {
				return err
			}
			continue
		}
		if err := b.one(strings.TrimPrefix(name, "index."), m); err != nil {
			return err
		}
	}
	return nil
}

func (b *blocks) one(name string, m member) error {
	on := false
	if m.value.kind != kindNull {
		var err error
		if on, err = boolean(m); err != nil {
			return err
		}
	}
	switch name {
	case "blocks.write":
		b.write = on
	case "blocks.read_only":
		b.readOnly = on
	case "blocks.read_only_allow_delete":
		b.readOnlyAllowDelete = on
	default:
		return illegal("unknown setting [index.%s] please check that any required plugins are installed, or check the breaking changes documentation for removed settings", name)
	}
	return nil
}
