package elk

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
)

// templateVersion is raised with each change of what is below.
const templateVersion = 1

// object is a JSON object. json.Marshal sorts its keys, so that the same
// options give the same bytes.
type object map[string]any

func (o object) json() []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(o) // strings, numbers, booleans: it cannot fail
	return bytes.TrimSpace(buf.Bytes())
}

func templateRoot(o TemplateOptions) object {
	content := object{"settings": templateSettings(o.ILMPolicy), "mappings": templateMappings(o.Datasets)}
	if o.ILMPolicy == "" {
		content["lifecycle"] = templateLifecycle(o.Retention)
	}
	return object{
		"index_patterns": o.patterns(),
		"priority":       orDefault(o.Priority, templatePriority),
		"version":        templateVersion,
		"_meta":          object{"managed_by": "spanlog", "description": "Log lines sent by spanlog/elk"},
		"data_stream":    object{},
		"template":       content,
	}
}

// templateSettings keep a document from being refused for its fields alone:
// scalars of the wrong type are stored without being searchable, and so are
// fields beyond the limit.
func templateSettings(policy string) object {
	index := object{"mapping": object{
		"ignore_malformed": true,
		"total_fields":     object{"limit": 1000, "ignore_dynamic_beyond_limit": true},
	}}
	if policy != "" {
		index["lifecycle"] = object{"name": policy}
	}
	return object{"index": index}
}

// templateLifecycle is there also without a retention: it makes streams roll
// over.
func templateLifecycle(retention time.Duration) object {
	if retention == 0 {
		return object{}
	}
	return object{"data_retention": timeValue(retention)}
}

// timeValue is a duration in Elasticsearch's form, which has one unit.
func timeValue(d time.Duration) string {
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if d%unit.of == 0 {
			return strconv.FormatInt(int64(d/unit.of), 10) + unit.name
		}
	}
	return strconv.FormatInt(int64(d/time.Millisecond), 10) + "ms"
}

// templateMappings follow the Elastic Common Schema where it has a field.
//
// "@timestamp" is date_nanos: within one shipper "event.sequence" orders what
// shares a millisecond, but between the services of one trace only the time
// does. Dates are not guessed from strings, because the first one would
// refuse all that look different.
func templateMappings(datasets []string) object {
	return object{
		"date_detection":    false,
		"dynamic_templates": dynamicTemplates(),
		"properties": object{
			"@timestamp":  object{"type": "date_nanos", "ignore_malformed": false},
			"data_stream": properties(object{"type": constant("logs"), "dataset": constant(datasets...), "namespace": constant()}),
			"message":     fullText(),
			"msg":         fullText(), // as slog and zap name it
			"ecs":         properties(object{"version": keyword()}),
			"event":       properties(object{"dataset": keyword(), "duration": number(), "ingested": object{"type": "date"}, "sequence": number(), "url": keyword()}),
			"error":       properties(object{"type": keyword(), "message": fullText(), "stack_trace": longText()}),
			"host":        properties(object{"name": keyword()}),
			"labels":      object{"type": "object"},
			"log":         properties(object{"level": keyword(), "logger": keyword(), "origin": properties(object{"function": keyword(), "file": properties(object{"name": keyword(), "line": number()})})}),
			"service":     properties(object{"name": keyword(), "version": keyword(), "environment": keyword()}),
			"trace":       properties(object{"id": keyword()}),
			"span":        properties(object{"id": keyword()}),
			"transaction": properties(object{"id": keyword()}),
			"trace_id":    keyword(),
			"span_id":     keyword(),
			"trace_flags": keyword(),
			"stacktrace":  longText(), // as zap names it
		},
	}
}

// dynamicTemplates say what becomes of fields that nobody foresaw. Each names
// the type that it is for: one for all types would take objects too.
func dynamicTemplates() []object {
	list := []object{}
	for _, kind := range []string{"string", "long", "double", "boolean"} {
		list = append(list, object{"labels_" + kind: object{"path_match": "labels.*", "match_mapping_type": kind, "mapping": keyword()}})
	}
	return append(list,
		object{"strings": object{"match_mapping_type": "string", "mapping": keyword()}},
		object{"doubles": object{"match_mapping_type": "double", "mapping": object{"type": "double"}}},
	)
}

func properties(fields object) object { return object{"properties": fields} }

// keyword values are not searchable beyond 1024 characters; without that
// limit a long one would have its document refused.
func keyword() object { return object{"type": "keyword", "ignore_above": 1024} }

func number() object { return object{"type": "long"} }

func fullText() object { return object{"type": "match_only_text"} }

// longText is searchable as a whole up to the longest value that Lucene takes
// in the worst case, 4 bytes for each character.
func longText() object { return object{"type": "wildcard", "ignore_above": 8191} }

// constant is a field with one value in all documents, or in all of a stream
// where the value is not known here.
func constant(values ...string) object {
	if len(values) == 1 {
		return object{"type": "constant_keyword", "value": values[0]}
	}
	return object{"type": "constant_keyword"}
}
