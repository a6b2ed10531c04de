// Package elktest is a small, strict Elasticsearch inside the process, over real HTTP on 127.0.0.1, for tests and for the quickstart.
//
// It answers what Elasticsearch 8.19 answers to a shipper that creates documents in data streams, and it refuses the rest:
// what it does not know is a 400 with the reason, never a 200 that a real server would not have given.
//
//	server, err := elktest.New(elktest.WithLogsTemplate())
//	defer server.Close()
//	// ship to server.URL(), then look at server.Documents("logs-checkout-prod")
//
// # What it knows
//
//   - POST or PUT /_bulk and /{target}/_bulk: create into data streams that a template lets it make. Action lines, document lines,
//     duplicate keys at any depth, invalid UTF-8, @timestamp, known ids (409), names, gzip and deflate bodies, and the size limit
//     are checked. index, update and delete are refused per item. Parameters: refresh, timeout, wait_for_active_shards,
//     require_data_stream, include_source_on_error, pipeline (there is none, so each is an item 400).
//   - PUT or POST /_index_template/{name}: index_patterns, priority, data_stream, template.settings and template.mappings with the
//     types object, keyword, text, long, float, double, boolean and date, and a dynamic template for strings.
//   - GET or POST /{index}/_search with match_all, term, range on @timestamp, bool.filter and bool.must; sort with unmapped_type,
//     size, from, _source true or false, track_total_hits true. /{index}/_count and /{index}/_refresh. An index is a stream, a
//     backing index, a list with commas or a pattern.
//   - GET / and GET /_cluster/health.
//   - filter_path everywhere, with * and **.
//
// Mappings are dynamic, as on a real server: the first document with a field decides its type (object, long, float, boolean, date
// or text with a keyword below), and a later document that does not fit is refused. "trace.id" and trace:{id} are one field.
//
// # Ordering and concurrency
//
// A Server is safe for concurrent use. The documents of one bulk are stored in its order; bulks that arrive together may be
// interleaved. Documents returns them in order of arrival. A document is visible to every search as soon as its bulk is answered.
//
// # Limitations
//
//   - Everything is in memory, and a stream has one backing index: no rollover, no deletion, no plain indices, no aliases. A create
//     that would make a plain index on a real server is an item 400 that says so. No routing, require_alias, dynamic_templates,
//     list_executed_pipelines, dynamic: false or strict; no authentication: an Authorization header is ignored.
//   - A failed request changes nothing, as on 8.19; 9.2 may keep the first part of a large one.
//   - No refresh delay: a real server shows a document up to a second later unless the bulk asked for a refresh.
//   - No overload, no blocks, no failure store by itself: inject them with Intercept.
//   - Of reasons, the text is Elasticsearch's where it was recorded, with its [line:column]. Jackson's message for malformed JSON,
//     the inner causes of numbers and booleans in wrong fields, and suggestions ("did you mean") are approximations. Status and
//     type of bulk answers follow recordings of 8.19.16; where nothing was recorded (405, unparsable media types, refused templates
//     and searches, metadata fields in documents) the status is 4xx for certain, type and text are the nearest known.
//   - Stricter than a real server: comments in documents, overlong and surrogate UTF-8, several actions on one line, an unknown
//     metadata key whose value is null, text behind an action, an action without its last brace, exclusions in filter_path, slash dates in new fields, and every
//     parameter not listed above (pretty and error_trace too) are refused.
//   - The settings of a template are accepted and have no effect, except index.mapping.total_fields.limit,
//     index.mapping.total_fields.ignore_dynamic_beyond_limit and index.mapping.ignore_malformed. The template of WithLogsTemplate
//     stands for logs-*-* of a full Elasticsearch without its other component templates.
//   - No scores: a search whose query has terms or filters needs a sort. No text analysis: term on a text field is refused; its
//     keyword, field.keyword, can be searched. Elasticsearch's _ignored is not kept.
//   - An unavailable_shards_exception never quotes a document; a real server quotes one that is alone on its shard.
package elktest
