package bridgetest

// all are the bridges that a mutant of the common code is tried on.
var all = []string{"slog", "zap", "zerolog"}

// sharedMutants change packages events and internal/spanstate.
func sharedMutants() []Mutant {
	const (
		event  = "events/event.go"
		fields = "events/fields.go"
		rules  = "events/rules.go"
		id     = "events/ids.go"
		schema = "events/schema.go"
		value  = "events/value.go"
		json   = "events/json.go"
		ids    = "internal/spanstate/ids.go"
		errs   = "internal/spanstate/errors.go"
		level  = "internal/spanstate/level.go"
		key    = "internal/spanstate/key.go"
		table  = "internal/spanstate/table.go"
	)
	return []Mutant{
		{"upper-case hex", "internal/spanstate/hex.go", `const hexDigits = "0123456789abcdef"`, `const hexDigits = "0123456789ABCDEF"`, all,
			[]string{"ids-lower-case"}},
		{"flags always 01", ids, `i := 2 * int(sc.TraceFlags())`, `i := 2`, all,
			[]string{"ids-unsampled"}},
		{"names of the policy ignored", rules, `r.names = *p.Names`, `_ = *p.Names`, all,
			[]string{"ids-own-names", "own-names"}},
		{"user's ids kept", id, `return key != "" && (key == r.names.TraceID`, `return key == "?" && (key == r.names.TraceID`, all,
			[]string{"ids-once-with", "ids-once-call", "ids-once-both", "ids-once-in-group", "ids-not-on-event", "ecs-ids-once"}},

		{"event above the level only", event, `return level >= l && l != Off`, `return level > l && l != Off`, all,
			[]string{"event", "event-level", "event-level-debug", "event-level-dynamic", "fields-many"}},
		{"event at every level", event, `emit := reaches(level, r.event) && `, `emit := `, all,
			[]string{"event-below-level", "event-off", "wrap-again"}},
		{"level asked once", level, "if known != nil {\n\t\t\treturn known\n", "if known != nil {\n\t\t\treturn known.Level()\n", all,
			[]string{"event-level-dynamic"}},
		{"levels that panic not caught", level, `return careful{l, missing}`, `return l`, all,
			[]string{"level-panics"}},
		{"recording not asked", event, `if !s.muted && s.Span.IsRecording() {`, `if !s.muted {`, all,
			[]string{"event-not-recording"}},
		{"one event for all goroutines", event, `sync.Pool{New: func() any { return &Event{options: newOptions()} }}`,
			"sync.Pool{New: func() any { return only }}\n\nvar only = &Event{options: newOptions()}", all,
			[]string{"concurrent"}},
		{"mute not heard", event, `if !s.muted && s.Span`, `if s.Span`, all,
			[]string{"mute"}},
		{"cancelled contexts forgotten", "events/scope.go", "\ts.Span, s.Context = trace.SpanFromContext(ctx), ctx\n",
			"\tif ctx != nil && ctx.Err() != nil {\n\t\tctx = nil\n\t}\n\tif bound != nil && bound.Err() != nil {\n\t\tbound = nil\n\t}\n\ts.Span, s.Context = trace.SpanFromContext(ctx), ctx\n", []string{"slog", "zap"},
			[]string{"cancelled"}},

		{"message does not name the event", event, `case message != "":`, `case message == "":`, all,
			[]string{"name-message", "name-empty"}},
		{"name not cut", event, `return spanstate.Cut(message, maxName)`, `return message`, all,
			[]string{"name-cut"}},
		{"event.name ignored", event, `case e.name != "":`, `case false:`, all,
			[]string{"name-field", "name-field-with"}},
		{"event.name repeated", fields, "f.name = v\n\t\treturn", "f.name = v", all,
			[]string{"name-field", "name-field-with"}},
		{"time shifted", "events/options.go", `*o.attrs, *o.at = attrs, at`, `*o.attrs, *o.at = attrs, at.Add(time.Hour)`, all,
			[]string{"time"}},
		{"severity lost", event, `attribute.StringValue(severity)`, `attribute.StringValue(message)`, all,
			[]string{"severity"}},
		{"line of the source lost", event, `if line > 0 {`, `if line < 0 {`, all,
			[]string{"source"}},
		{"groups stay dotted", event, `e.most, e.attrs = len(e.attrs), e.nested()`, `_ = e.nested()`, all,
			[]string{"groups-map"}},
		{"exception behind the SDK's limit", event, `if len(e.attrs)+len(exception) <= sdkAttrLimit {`, `if true {`, all,
			[]string{"limit-attributes"}},
		{"long strings not cut", "internal/spanstate/cut.go", `const MaxString = 64 << 10`, `const MaxString = 64 << 20`, all,
			[]string{"limit-string", "huge-string"}},
		{"first attribute forgotten", event, `e.attrs, e.groups = e.memory[:1]`, `e.attrs, e.groups = e.memory[:0]`, all,
			[]string{"many-attributes"}},
		{"attributes without a key", fields, "\tkey = \"_\"", "\tkey = \"\"", all,
			[]string{"odd-keys"}},

		{"string emptied", fields, `*f.next(group, key) = attribute.StringValue(v)`, `*f.next(group, key) = attribute.StringValue("")`, []string{"slog", "zap"},
			[]string{"type-string", "type-string-with"}},
		{"text of a value emptied", value, `return attribute.String(key, spanstate.Cut(v, spanstate.MaxString))`, `return attribute.String(key, "")`, []string{"slog", "zap"},
			[]string{"type-bytes", "type-bytes-with"}},
		{"nil emptied", value, `attribute.String(key, "null")`, `attribute.String(key, "")`, []string{"slog", "zap"},
			[]string{"type-nil", "type-nil-with"}},
		{"uint64 wraps", value, `if v > math.MaxInt64 {`, `if false && v > math.MaxInt64 {`, []string{"slog", "zap"},
			[]string{"type-large-uint64", "type-large-uint64-with"}},
		{"uint64 as float", value, `return attribute.Int64(key, int64(v))`, `return attribute.Float64(key, float64(v))`, []string{"slog", "zap"},
			[]string{"type-uint64", "type-uint64-with"}},
		{"time in its own zone", value, `v.UTC().Format`, `v.Format`, []string{"slog", "zap"},
			[]string{"type-time", "type-time-with"}},
		{"base64 of URLs", value, `base64.StdEncoding.`, `base64.URLEncoding.`, []string{"slog", "zap"},
			[]string{"type-bytes", "type-bytes-with"}},
		{"slice of strings counted", value, `attribute.StringSlice(key, x)`, `attribute.Int(key, len(x))`, []string{"slog"},
			[]string{"type-strings", "type-strings-with"}},
		{"integers through floats", value, "\tif n, err := strconv.ParseInt(text, 10, 64); err == nil {\n",
			"\tif f, err := strconv.ParseFloat(text, 64); err == nil && f == float64(int64(f)) {\n\t\tn := int64(f)\n", []string{"zerolog"},
			[]string{"type-exact-int", "type-exact-int-with"}},

		{"error of With forgotten", fields, "\tf.AddError(g.err)\n", "", []string{"slog", "zap"},
			[]string{"exception-with", "status-with"}},
		{"no exception", event, "\t\te.addException()\n", "", []string{"slog", "zap"},
			[]string{"exception", "exception-any-key", "exception-with", "exception-root-in-group", "exception-each-span"}},
		{"exception for every call", event, "\tif at.IsZero() {", "\tif e.err == nil {\n\t\te.attrs = append(e.attrs, attribute.String(\"exception.message\", message))\n\t}\n\tif at.IsZero() {", all,
			[]string{"exception-none", "fields-only"}},
		{"repeats told again", event, `if e.err != nil && spanstate.Record(e.span, e.err) {`, `if e.err != nil {`, []string{"slog", "zap"},
			[]string{"exception-once", "exception-once-logged", "exception-once-wrapped", "exception-once-below"}},
		{"ancestors not marked", errs, `for ; st != nil; st = st.up() {`, `for range 1 {`, []string{"slog", "zap"},
			[]string{"exception-once-below"}},
		{"all spans one", key, `return Key{binary.BigEndian.Uint64(t[:8]), binary.BigEndian.Uint64(t[8:]), binary.BigEndian.Uint64(s[:])}`,
			"_, _, _ = t, s, binary.BigEndian\n\treturn Key{1, 1, 1}", []string{"slog", "zap"},
			[]string{"exception-each-span"}},
		{"chains followed for ever", errs, `!ends(err, &left)`, `left == 0`, []string{"slog", "zap"},
			[]string{"bad-endless-error"}},
		{"resource not redacted", rules, `if kv = r.Clean(onLine(kv)); r.Hides(key) {`, `if kv = onLine(kv); r.IsID(key) {`, all,
			[]string{"redact-resource"}},
		{"keys of any length", fields, `if len(key) > maxKey {`, `if len(key) < 0 {`, all,
			[]string{"limit-key"}},
		{"stack lost", errs, `strings.Contains(s, "\n\t")`, `strings.Contains(s, "\n\t\n\t")`, []string{"slog", "zap"},
			[]string{"exception-stack"}},
		{"last error wins", fields, `if f.err == nil {`, `if err != nil {`, []string{"slog", "zap"},
			[]string{"two-errors"}},

		{"description without message", event, `description = message + ": " + description`, `_ = description`, all,
			[]string{"status", "status-with", "status-without-event"}},
		{"description without error value", event, `spanstate.Fail(e.span, message, "")`, `spanstate.Fail(e.span, "", "")`, all,
			[]string{"status-no-error", "status-level", "status-level-dynamic"}},
		{"status with every event", event, `if e.fail {`, `if e.place != spanstate.Drop {`, all,
			[]string{"status-below-level", "status-off", "status-without-event"}},
		{"status in place of the event", event, "\tif e.place != spanstate.Drop {\n\t\te.add(message, at)", "\tif e.place != spanstate.Drop && !e.fail {\n\t\te.add(message, at)", all,
			[]string{"status-ok-kept", "event"}},

		{"siblings share attributes", fields, `f.attrs, f.groups = slices.Clip(f.attrs), slices.Clip(f.groups)`, `f.attrs, f.groups = slices.Grow(f.attrs, 0), slices.Grow(f.groups, 0)`, []string{"slog", "zap"},
			[]string{"siblings", "siblings-in-group"}},

		{"resource lost", rules, `{ return append(line, r.fragment...) }`, `{ return line }`, []string{"slog"},
			[]string{"resource", "resource-in-group", "resource-without-span", "resource-names-taken", "ecs-names", "datadog-resource"}},
		{"resource overwritten", "events/place.go", `return len(r.taken) > 0 && r.taken[key]`, `return false`, []string{"slog", "zap"},
			[]string{"resource-names-taken"}},
		{"ECS: names of the library", schema, `Time: "@timestamp", Level: "log.level", Message: "message",`, ``, []string{"slog", "zerolog"},
			[]string{"ecs-names"}},
		{"ECS: ids with underscores", schema, `TraceID: "trace.id", SpanID: "span.id"`, `TraceID: "trace_id", SpanID: "span_id"`, all,
			[]string{"ecs-ids"}},
		{"events: marks of panics lost", value, `text = []byte("!PANIC: " + spanstate.Sprint(r))`, `text = []byte(spanstate.Sprint(r))`, []string{"slog", "zap"},
			[]string{"panic-marshaler"}},
		{"events: marks of errors that panic lost", errs, `return "!PANIC: " + Sprint(r)`, `return Sprint(r)`, []string{"slog", "zap"},
			[]string{"panic-error"}},
		{"events: marks of what has no JSON lost", value, `return []byte("!ERROR:" + spanstate.Text(err))`, `return []byte(spanstate.Text(err))`, []string{"slog", "zap"},
			[]string{"bad-cyclic", "bad-channel", "bad-func", "bad-raw-json"}},
		{"marks of LogValue lost", "events/resolve.go", `slog.StringValue("!PANIC: " + spanstate.Sprint(r))`, `slog.StringValue(spanstate.Sprint(r))`, []string{"slog"},
			[]string{"panic-object"}},
		{"ECS: dots in keys not seen", "events/place.go", `if key[i] == '.' && r.places`, `if key[i] == '?' && r.places`, all,
			[]string{"ecs-below", "ecs-below-context"}},
		{"ECS: objects around ours not seen", "events/place.go", `at&ours != 0 || scalar && at&above != 0`, `at&ours != 0`, all,
			[]string{"ecs-above", "ecs-labels"}},
		{"ECS: members above ours not seen", "events/place.go", `case scalar && r.places[path+key]&above != 0:`, `case false:`, all,
			[]string{"ecs-above"}},
		{"ECS: open groups are labels", "events/place.go", `case r.schema != ECS:
		return r.Label(name)`, `case r.schema == ECS:
		return r.Label(name)`, []string{"slog", "zap"},
			[]string{"ecs-open-group"}},
		{"a label is a name of the resource", "events/place.go", `r.taken[label]; n++ {`, `r.taken[label] && false; n++ {`, all,
			[]string{"resource-labels-taken"}},
		{"ECS: collisions left", "events/place.go", `return r.Label(key), true`, `return key, false`, all,
			[]string{"ecs-labels", "ecs-labels-with"}},
		{"invalid UTF-8 left on the line", json, "case r == utf8.RuneError && size == 1:", "case r == utf8.RuneError && size == 0:", []string{"slog"},
			[]string{"invalid-utf8"}},
		{"invalid UTF-8 on the event", fields, "\t\t*last = spanstate.ValidAttribute(*last)\n\t\tlast.Key = attribute.Key(short(string(last.Key)))\n\t}\n", "\t}\n\tf.attrs[len(f.attrs)-1].Key += \"\\xff\"\n", all,
			[]string{"invalid-utf8"}},
	}
}
