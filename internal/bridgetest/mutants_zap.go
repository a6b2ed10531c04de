package bridgetest

// zapMutants change package zapbridge.
func zapMutants() []Mutant {
	const (
		bound   = "zapbridge/bound.go"
		context = "zapbridge/context.go"
		convert = "zapbridge/convert.go"
		core    = "zapbridge/core.go"
		ecs     = "zapbridge/ecs.go"
		encode  = "zapbridge/encode.go"
		guard   = "zapbridge/guard.go"
		inside  = "zapbridge/inside.go"
		marshal = "zapbridge/marshal.go"
		names   = "zapbridge/names.go"
		oneshot = "zapbridge/oneshot.go"
		redact  = "zapbridge/redact.go"
		root    = "zapbridge/root.go"
		schema  = "zapbridge/schema.go"
		short   = "zapbridge/short.go"
		value   = "zapbridge/value.go"
		with    = "zapbridge/with.go"
		wrap    = "zapbridge/wrap.go"
	)
	bridge := []string{"zap"}
	return []Mutant{
		{"zap: no ids", encode, `l.b = rules.AppendScopeIDs(l.b, scope)`, `_ = scope.Span`, bridge,
			[]string{"ids", "ids-root-namespace-in-call", "ids-remote", "bound", "datadog-ids", "gcp-ids", "ecs-ids-repeated-key"}},
		{"zap: a renamed field of the context costs the ids", "zapbridge/reserve.go", `n := scope.WithFields(fields)`, "n := bare.Scope(nil, nil)\n\tn = n.WithFields(fields)", bridge,
			[]string{"ecs-ids-repeated-key"}},
		{"zap: ids of recording spans only", context, `if !span.SpanContext().IsValid() && !says(ctx) {`, `if !span.IsRecording() && !says(ctx) {`, bridge,
			[]string{"ids-unsampled", "ids-remote", "ids-after-end", "event-not-recording"}},
		{"zap: ids without a span", encode, `rules.AppendScopeIDs(l.b, scope)`,
			"append(l.b, `,\"trace_id\":\"\",\"span_id\":\"\",\"trace_flags\":\"\"`...)", bridge,
			[]string{"ids-none-without-span", "nil-context", "bound-to-nothing"}},
		{"zap: wrapped, ids in the open namespace", wrap, `from := min(opens, hides)`, `from := max(opens, hides, len(fields))`, bridge,
			[]string{"ids-root-in-group", "ids-root-in-two-groups", "ids-root-in-empty-group", "ids-once-with", "ids-once-both",
				"ids-once-in-group", "bound-then-derived", "derived-then-bound", "context-fields-in-group", "link"}},
		{"zap: user's ids removed always", core, `fields, scope.Traced(), e)`, `fields, true, e)`, bridge,
			[]string{"own-id-without-span-with", "own-id-without-span-call"}},
		{"zap: ids' names taken in namespaces", convert, `if c.prefix != "" || !c.rules.IsID(key) {`, `if !c.rules.IsID(key) {`, bridge,
			[]string{"own-id-in-group"}},
		{"zap: context without a span says nothing", context, `return len(scope.Fields()) > 0 || `, `return len(scope.Fields()) < 0 || `, bridge,
			[]string{"context-fields-without-span"}},

		{"zap: With binds nothing", with, `return l.With(field)`, `return l`, bridge,
			[]string{"bound", "bound-then-derived", "derived-then-bound", "bound-over-no-span"}},
		{"zap: bound once for ever", context, `if old == nil || trace.SpanContextFromContext(ctx).IsValid() {`, `if old == nil {`, bridge,
			[]string{"bound-again"}},
		{"zap: bound wins over the call", context, "\tcase c != nil:\n\t\treturn rules.Scope(c", "\tcase c != nil && bound == nil:\n\t\treturn rules.Scope(c", bridge,
			[]string{"call-over-bound"}},
		{"zap: With leaves what is not ours", with, `l = Wrap(l, nil)`, `_ = Wrap`, bridge,
			[]string{"bound-foreign"}},
		{"zap: wrapped again", wrap, `if ours(l.Core()) {`, `if l.Core() == nil {`, bridge,
			[]string{"wrap-again"}},

		{"zap: fields of With not on the event", bound, "\te.AddFields(b.fields)\n", "", bridge,
			[]string{"fields-with", "fields-many", "group-members-with", "exception-with", "name-field-with", "status-with", "record"}},
		{"zap: open namespaces forgotten", bound, `b.prefix = c.prefix`, `b.prefix = ""`, bridge,
			[]string{"group-path", "group-namespace-in-call", "groups-map"}},
		{"zap: members of objects lost", convert, `err := c.object(m)`, `err := error(nil)`, bridge,
			[]string{"group-members", "group-members-with"}},
		{"zap: integers as floats", convert, `c.to.AddInt64(group, name, v)`, `c.to.AddFloat64(group, name, float64(v))`, bridge,
			[]string{"type-int-with", "type-large-int-with", "type-exact-int-with"}},
		{"zap: integers of a call as floats", short, `attribute.Int64Value(f.Integer)`, `attribute.Float64Value(float64(f.Integer))`, bridge,
			[]string{"type-int", "type-large-int", "type-exact-int"}},
		{"zap: floats cut", convert, `c.to.AddFloat64(group, name, v)`, `c.to.AddInt64(group, name, int64(v))`, bridge,
			[]string{"type-float-with"}},
		{"zap: floats of a call cut", short, `attribute.Float64Value(math.Float64frombits(uint64(f.Integer)))`, `attribute.Int64Value(int64(math.Float64frombits(uint64(f.Integer))))`, bridge,
			[]string{"type-float"}},
		{"zap: float32s cut", convert, `c.AddFloat64(key, float64(v))`, `c.AddInt64(key, int64(v))`, bridge,
			[]string{"type-float32", "type-float32-with"}},
		{"zap: bools as strings", convert, `c.to.AddBool(group, name, v)`, `c.to.AddString(group, name, strconv.FormatBool(v))`, bridge,
			[]string{"type-bool-with"}},
		{"zap: bools of a call as strings", short, `attribute.BoolValue(f.Integer == 1)`, `attribute.StringValue(strconv.FormatBool(f.Integer == 1))`, bridge,
			[]string{"type-bool"}},
		{"zap: fields beyond the short way not on the event", core, `c.convert(e, c.rules, &l.converter, fields[told:])`, `_ = l.converter`, bridge,
			[]string{"type-error", "type-strings", "two-errors", "bad-nan"}},
		{"zap: durations as text", convert, `v time.Duration) { c.AddInt64(key, int64(v)) }`, `v time.Duration) { c.AddString(key, v.String()) }`, bridge,
			[]string{"type-duration", "type-duration-with"}},
		{"zap: strings counted", marshal, `attribute.StringSlice(key, s)`, `attribute.Int(key, len(s))`, bridge,
			[]string{"type-strings", "type-strings-with"}},
		{"zap: errors' text lost", convert, "\tc.put(events.String(key, spanstate.Text(err)))\n", "\t_ = spanstate.Text(err)\n", bridge,
			[]string{"type-error", "type-error-with", "two-errors", "bad-nil-error"}},

		{"zap: every level enabled", core, `return l >= c.least`, `return true`, bridge,
			[]string{"disabled"}},
		{"zap: levels that panic not caught", "zapbridge/level.go", `return carefulLevel{l}`, `return l`, bridge,
			[]string{"level-panics"}},
		{"zap: wrapped, levels that panic not caught", wrap, "if w.mayPanic {\n\t\tdefer", "if false {\n\t\tdefer", bridge,
			[]string{"level-panics"}},
		{"zap: samplers bypassed", wrap, `in := w.ask(ent)`, `in := (*zapcore.CheckedEntry)(nil).AddCore(ent, w.inner)`, bridge,
			[]string{"sampled-away"}},
		{"zap: every core taken for the plain one", wrap, `w.direct = isIOCore(inner) && `, `w.direct = `, bridge,
			[]string{"sampled-away"}},
		{"zap: siblings share a line", encode, `n, p = enc.Clone(), &placer{`, `n, p = enc, &placer{`, bridge,
			[]string{"siblings", "siblings-in-group"}},
		{"zap: caller's slice written back", wrap, "\t\tf := fields[i]\n", "\t\tf := fields[i]\n\t\tdefer func() { fields[i] = f }()\n", bridge,
			[]string{"slices-not-written"}},

		{"zap: resource lost", encode, `rules.AppendConstant(rules.AppendScope(l.b, scope))`, `rules.AppendScope(l.b, scope)`, bridge,
			[]string{"resource", "resource-in-group", "resource-without-span", "resource-names-taken", "ecs-names", "datadog-resource"}},
		{"zap: wrapped, resource lost", wrap, `len(constant) > 0 {`, `len(constant) < 0 {`, bridge,
			[]string{"resource", "ecs-wrapped-names"}},
		{"zap: ECS: errors left where they are", root, `case p.ecs() && p.addECS(enc, f):`, `case false && p.addECS(enc, f):`, bridge,
			[]string{"ecs-error", "ecs-error-with", "ecs-error-string", "ecs-two-errors"}},
		{"zap: ECS: errors in namespaces not seen", ecs, "\t\tp.noteError(err)\n", "", bridge,
			[]string{"ecs-error-in-group"}},
		{"zap: marks of panics lost", inside, `return "!PANIC: " + spanstate.Sprint(r)`, `return spanstate.Sprint(r)`, bridge,
			[]string{"panic-marshaler", "panic-object"}},
		{"zap: marks of what has no JSON lost", inside, `return "!ERROR:" + spanstate.Text(err)`, `return spanstate.Text(err)`, bridge,
			[]string{"bad-cyclic", "bad-channel", "bad-func", "bad-raw-json"}},
		{"zap: ECS: repeated keys", names, `for n.has(key) {`, `for false {`, bridge,
			[]string{"ecs-repeated-keys", "ecs-rivals"}},
		{"zap: ECS: our fields by their path", names, `return n.rules.Owns(n.path + key)`, `return false`, bridge,
			[]string{"ecs-owned-in-group"}},
		{"zap: ECS: dicts under labels stay objects", ecs, `if asString {
		return false`, `if asString && enc == nil {
		return false`, bridge,
			[]string{"ecs-group-string"}},
		{"zap: ECS: no origin", ecs, `l.text("log.origin.file.name", c.File)`, `_ = c.File`, bridge,
			[]string{"ecs-source"}},
		{"zap: own lines not cleaned", encode, `b := c.rules.CleanJSON("", buf.Bytes())`, `b := buf.Bytes()`, bridge,
			[]string{"redact-pattern", "redact-message", "redact-nested", "redact-without-span"}},
		{"zap: wrapped fields not cleaned", redact, `case c.rules.Hides(c.path + f.Key):`, `case false:`, bridge,
			[]string{"redact-key", "redact-path"}},

		{"zap: panic leaves a gap", encode, "\tif panicked != nil {\n\t\terr = persist", "\tif panicked != nil && err != nil {\n\t\terr = persist", bridge,
			[]string{"panic-object"}},
		{"zap: wrapped, panic loses the line", oneshot, "\tfailed := o.try(o.in, line)\n\tif failed == nil {", "\tfailed := o.try(o.in, line)\n\tif failed == nil || failed != nil {", bridge,
			[]string{"panic-marshaler", "panic-object"}},
		{"zap: event converted without a net", convert,
			"\tdefer c.contain(f.Key, c.prefix)\n\tswitch f.Type {\n\tcase zapcore.ErrorType:\n\t\tc.error(f.Key, f.Interface.(error))\n\tcase zapcore.StringerType:\n\t\tc.AddString(f.Key, stringerText(f.Interface.(fmt.Stringer)))\n",
			"\tswitch f.Type {\n\tcase zapcore.ErrorType:\n\t\tc.AddString(f.Key, f.Interface.(error).Error())\n\tcase zapcore.StringerType:\n\t\tc.AddString(f.Key, f.Interface.(fmt.Stringer).String())\n", bridge,
			[]string{"panic-stringer", "panic-error", "panic-object", "bad-nil-error", "bad-nil-stringer"}},
		{"zap: values not added", convert, `c.put(events.Any(key, v))`, `_ = v`, bridge,
			[]string{"bad-cyclic", "bad-nil-pointer", "bad-raw-json", "bad-channel", "bad-func", "type-nil"}},
		{"zap: complex numbers not added", convert, `c.put(attribute.String(key, complexText(v, 128)))`, `_ = v`, bridge,
			[]string{"bad-complex"}},
		{"zap: NaN not added", convert, `c.to.AddFloat64(group, name, v)`, "if v-v == 0 {\n\t\t\tc.to.AddFloat64(group, name, v)\n\t\t}", bridge,
			[]string{"bad-nan", "bad-infinite"}},
		{"zap: times not added", convert, `c.put(events.Time(key, v))`, "if y := v.Year(); y >= 0 && y < 10000 {\n\t\tc.put(events.Time(key, v))\n\t}", bridge,
			[]string{"bad-late-time", "bad-early-time"}},
		{"zap: line made under the lock", core, "\terr = l.encode(c, &ent, fields, &scope)\n", "\tc.mu.Lock()\n\t\terr = l.encode(c, &ent, fields, &scope)\n\t\tc.mu.Unlock()\n", bridge,
			[]string{"logs-itself-stringer", "logs-itself-marshaler", "logs-itself-error", "logs-itself-object"}},
	}
}
