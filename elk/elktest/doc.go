// Package elktest is a small, strict Elasticsearch inside the process, over real HTTP on 127.0.0.1, for tests and for the quickstart.
//
// It answers what a real server answers to a shipper that creates documents in data streams, and it refuses the rest: what it
// does not know is a 400 of the type elktest_unknown, which no server has, with the reason. Profiles imitate Elasticsearch
// 8.19.16 (the default), Elasticsearch 9.2.4 and OpenSearch 3.8.0; internal/e2e holds each to the server itself.
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
//   - PUT, POST or GET /_index_template/{name}: index_patterns, priority, data_stream, template.settings, template.lifecycle and
//     template.mappings with the types of the recorded servers, dynamic templates, and dynamic: true, false or strict. A type or a
//     setting that the profile's server lacks is refused in its words.
//   - POST /{stream}/_rollover: a new write index, which does not know the ids of the old one.
//   - PUT /{index}/_settings with index.blocks.write, read_only and read_only_allow_delete: items 403 and 429.
//   - GET or POST /{index}/_search with match_all, ids, term, range on @timestamp, bool.filter and bool.must; sort with unmapped_type,
//     size, from, _source true or false, track_total_hits true. /{index}/_count, /{index}/_refresh, and /{index}/_mget with ids on a
//     backing index. An index is a stream, a backing index, a list with commas or a pattern; GET /_resolve/index/{name} names them.
//   - GET / and GET /_cluster/health.
//   - filter_path everywhere, with * and **.
//
// What the profiles differ in:
//   - Elasticsearch9 streams: every 26,843,545 decompressed bytes of a bulk (5 % of the recorded server's heap; WithStreamedPart) are
//     stored at once, also when the request is refused after them, with 400 or 413, or the client hangs up. A gzip stream cut inside a
//     document is a 200 with fewer items. compatible-with=9 is accepted.
//   - OpenSearch3 has no product header but X-OpenSearch-Version, took before errors, mapper_parsing_exception where Elasticsearch has
//     document_parsing_exception, and backing indices without a date. It refuses require_data_stream, include_source_on_error and every
//     compatible-with.
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
//   - Everything is in memory: no deletion, no plain indices, no aliases. A create that would make a plain index on a real server is
//     an item 400 of the type elktest_unknown. No routing, require_alias, dynamic_templates, list_executed_pipelines, lazy rollover or closed indices;
//     no authentication: an Authorization header is ignored.
//   - Of the Elasticsearch profiles, types and settings are those of the reduced server that could be recorded: a full one also has
//     constant_keyword, match_only_text, wildcard and ILM.
//   - No refresh delay: a real server shows a document up to a second later unless the bulk asked for a refresh.
//   - No overload and no failure store by itself: inject them with Intercept.
//   - Of reasons, the text is Elasticsearch's where it was recorded, with its [line:column]. Jackson's message for malformed JSON,
//     the inner causes of numbers and booleans in wrong fields, and suggestions ("did you mean") are approximations. Status and
//     type of bulk answers follow recordings; where nothing was recorded the status is 4xx for certain, type and text are the nearest
//     known.
//   - Stricter than a real server: comments to the end of a line, surrogates in UTF-8, an unknown
//     metadata key whose value is null, an action without its last brace, exclusions in filter_path, slash dates in new fields, and every
//     parameter not listed above (pretty and error_trace too) are refused.
//   - The settings of a template are accepted and have no effect, except index.mapping.total_fields.limit,
//     index.mapping.total_fields.ignore_dynamic_beyond_limit and index.mapping.ignore_malformed, and GET returns them as they were sent. The template of WithLogsTemplate
//     stands for logs-*-* of a full Elasticsearch without its other component templates.
//   - No scores: a search whose query has terms or filters needs a sort. No text analysis: term on a text field is refused; its
//     keyword, field.keyword, can be searched. Elasticsearch's _ignored is not kept.
//   - An unavailable_shards_exception never quotes a document; a real server quotes one that is alone on its shard.
package elktest
