package bridgetest

// zerologMutants change package zerologbridge, or common code in a way that only zerolog's rows tell.
func zerologMutants() []Mutant {
	const (
		add     = "zerologbridge/add.go"
		array   = "zerologbridge/array.go"
		blank   = "zerologbridge/blank.go"
		convert = "zerologbridge/convert.go"
		errors  = "zerologbridge/errors.go"
		hook    = "zerologbridge/hook.go"
		logger  = "zerologbridge/logger.go"
		mask    = "zerologbridge/mask.go"
		names   = "zerologbridge/names.go"
		plain   = "zerologbridge/plain.go"
		rewrite = "zerologbridge/rewrite.go"
		with    = "zerologbridge/with.go"
		errs    = "internal/spanstate/errors.go"
	)
	bridge := []string{"zerolog"}
	return []Mutant{
		{"zerolog: no ids", add, "\tb = h.rules.AppendScopeIDs(b, scope)\n", "", bridge,
			[]string{"ids", "ids-root-in-group", "ids-root-in-two-groups", "ids-root-in-empty-group", "ids-root-namespace-in-call",
				"ids-remote", "bound", "call-over-bound", "datadog-ids", "gcp-ids", "ecs-ids-repeated-key",
				"logs-itself-stringer", "logs-itself-marshaler", "logs-itself-error", "logs-itself-object"}},
		{"zerolog: ids of recording spans only", add, "\tb = h.rules.AppendScopeIDs(b, scope)\n", "\tif scope.Span.IsRecording() {\n\t\tb = h.rules.AppendScopeIDs(b, scope)\n\t}\n", bridge,
			[]string{"ids-unsampled", "ids-remote", "ids-after-end", "event-not-recording"}},
		{"zerolog: ids without a span", add, `h.rules.AppendScopeIDs(b, scope)`, "append(b, `,\"trace_id\":\"\",\"span_id\":\"\",\"trace_flags\":\"\"`...)", bridge,
			[]string{"ids-none-without-span", "nil-context", "bound-to-nothing", "bound-over-no-span"}},
		{"zerolog: ids that were seen are left", hook, `traced && (seen.ids || !seen.flat)`, `traced && !seen.flat`, bridge,
			[]string{"ids-once-with", "ids-once-call", "ids-once-both"}},
		{"zerolog: user's ids removed always", blank, `ids := traced && h.ids.in`, `ids := h.ids.in`, bridge,
			[]string{"own-id-without-span-with", "own-id-without-span-call"}},
		{"zerolog: user's ids left on the line", blank, `if ids && h.rules.IsID(key) {`, `if false {`, bridge,
			[]string{"ids-once-with", "ids-once-call", "ids-once-both", "ids-once-in-group"}},
		{"zerolog: ids' names taken in dicts", convert, "\t\tif key == zerolog.ErrorFieldName && inner", "\t\tif c.rules.IsID(key) {\n\t\t\tcontinue\n\t\t}\n\t\tif key == zerolog.ErrorFieldName && inner", bridge,
			[]string{"own-id-in-group"}},
		{"zerolog: context's fields inside a dict", add, "\tb = h.rules.AppendScope(b, scope)\n", "\tfor _, kv := range scope.Fields() {\n\t\te.Dict(\"scope\", zerolog.Dict().Str(string(kv.Key), kv.Value.String()))\n\t}\n", bridge,
			[]string{"context-fields", "context-fields-in-group", "context-fields-without-span", "baggage", "span-attributes", "link"}},

		{"zerolog: With binds nothing", with, `return l.With().Ctx(ctx).Logger()`, `return l`, bridge,
			[]string{"bound", "bound-then-derived", "derived-then-bound", "bound-again"}},
		{"zerolog: contexts that are over", with, `if ctx == nil {`, `if ctx == nil || ctx.Err() != nil {`, bridge,
			[]string{"cancelled"}},
		{"zerolog: wrapped again", logger, `if hooked(l) {`, `if false {`, bridge,
			[]string{"wrap-again"}},
		{"zerolog: discarded events recorded", hook, `if !e.Enabled() {`, `if e == nil {`, bridge,
			[]string{"disabled"}},
		{"zerolog: samplers bypassed", logger, `return l.Hook(newHook(p.Rules()))`, `return l.Hook(newHook(p.Rules()), zerolog.HookFunc(func(e *zerolog.Event, _ zerolog.Level, m string) { l.Log().Ctx(e.GetCtx()).Msg(m) }))`, bridge,
			[]string{"sampled-away"}},

		{"zerolog: fields not on the event", hook, `h.record(ev, &seen, level)`, `_ = ev`, bridge,
			[]string{"fields-with", "fields-many", "siblings", "siblings-in-group", "name-field", "name-field-with", "record", "odd-keys",
				"bad-nan", "bad-infinite", "bad-late-time", "bad-early-time", "bad-complex"}},
		{"zerolog: level by its own name", convert, `case first && key == zerolog.LevelFieldName:`, `case first && key == "level":`, bridge,
			[]string{"fields-only"}},
		{"zerolog: path of dicts lost", convert, `prefix := key + "."`, `prefix := ""`, bridge,
			[]string{"group-path", "group-members", "group-members-with", "group-namespace-in-call", "groups-map"}},
		{"zerolog: errors in dicts not seen", convert, "\t\t\tc.error(&inner)\n", "", bridge,
			[]string{"exception-root-in-group"}},
		{"zerolog: whole numbers as floats", plain, `attribute.Int64Value(v.n)`, `attribute.Float64Value(float64(v.n))`, bridge,
			[]string{"type-int", "type-int-with", "type-uint64", "type-uint64-with", "type-duration", "type-duration-with"}},
		{"zerolog: keys that have a meaning not known", plain, `c.special&bit(key) != 0`, `false`, bridge,
			[]string{"exception", "exception-with", "two-errors", "ids-once-call"}},
		{"zerolog: long whole numbers as floats", "zerologbridge/number.go", "\tcase ok && decimals == 0:\n\t\tc.to.AddInt64(group, key, n)\n",
			"\tcase whole(raw):\n\t\tf, _ := strconv.ParseFloat(raw, 64)\n\t\tc.to.AddFloat64(group, key, f)\n", bridge,
			[]string{"type-large-int", "type-large-int-with",
				"type-large-uint64", "type-large-uint64-with"}},
		{"zerolog: fractions as text", plain, `attribute.Float64Value(float64(v.n) / tens[v.decimals])`, `attribute.StringValue("")`, bridge,
			[]string{"type-float", "type-float-with", "type-float32", "type-float32-with"}},
		{"zerolog: bools as strings", plain, `attribute.BoolValue(v.kind == 't')`, `attribute.StringValue(string(v.kind))`, bridge,
			[]string{"type-bool", "type-bool-with"}},
		{"zerolog: strings emptied", plain, `attribute.StringValue(line[value+1 : v.end-1])`, `attribute.StringValue("")`, bridge,
			[]string{"type-time", "type-time-with", "type-error", "type-error-with", "type-string", "type-string-with"}},
		{"zerolog: strings with escapes emptied", convert, `c.to.AddString(group, key, c.text(m))`, `c.to.AddString(group, key, "")`, bridge,
			[]string{"type-bytes", "type-bytes-with"}},
		{"zerolog: arrays of strings as text", array, "case '\"':\n\t\tc.to.AddIn(group, attribute.StringSlice", "case 'x':\n\t\tc.to.AddIn(group, attribute.StringSlice", bridge,
			[]string{"type-strings", "type-strings-with"}},
		{"zerolog: strings left out", plain, `*to = attribute.StringValue(line[value+1 : v.end-1])`, `_ = to`, bridge,
			[]string{"bad-cyclic", "bad-channel", "bad-func"}},
		{"zerolog: null left out", convert, "\t\tc.asText(key, group, m)\n\t}\n}\n\n// asText", "\t}\n}\n\n// asText", bridge,
			[]string{"type-nil", "type-nil-with", "bad-nil-pointer"}},
		{"zerolog: neighbours of nothing lost", plain, `for value < len(b) {`, `for value < len(b) && zerolog.ErrorFieldName == "" {`, bridge,
			[]string{"bad-nil-error"}},

		{"zerolog: errors not seen", convert, `if key == zerolog.ErrorFieldName {`, `if false {`, bridge,
			[]string{"exception", "exception-with", "exception-stack", "two-errors", "status", "status-with",
				"exception-once-wrapped", "exception-once-below", "exception-each-span", "bad-endless-error"}},
		{"zerolog: errors of one text told again", errs, `if textA || textB {`, `if textA && textB && a == b {`, bridge,
			[]string{"exception-once-logged", "exception-once"}},
		{"zerolog: every field an error", plain, `switch to := c.to.Place(0, key); {`,
			"c.error(&member{header: plainHeader(at, value), end: v.end, kind: v.kind})\n\t\t\tswitch to := c.to.Place(0, key); {", bridge,
			[]string{"exception-any-key", "exception-none"}},

		{"zerolog: resource lost", add, "\tcase h.constKey == \"\":\n", "\tcase true:\n", bridge,
			[]string{"resource", "resource-in-group", "resource-without-span", "ecs-names", "ecs-wrapped-names", "datadog-resource"}},
		{"zerolog: resource's names forgotten", blank, `moved = append(moved, `, `_ = append(moved, `, bridge,
			[]string{"resource-names-taken"}},
		{"zerolog: ECS: errors left where they are", rewrite, `r.ecs && (r.error(t, key, m) || r.stack(t, key, i))`, `r.ecs && r.stack(t, key, i)`, bridge,
			[]string{"ecs-error", "ecs-error-with", "ecs-error-string"}},
		{"zerolog: ECS: errors in dicts not seen", rewrite, "\t\t\tt.inner = string(t.out[from:])\n", "\t\t\t_ = from\n", bridge,
			[]string{"ecs-error-in-group"}},
		{"zerolog: ECS: every string an error", errors, `if m.kind != '"' || key != "error" && (key != zerolog.ErrorFieldName || key == "") {`, `if m.kind != '"' {`, bridge,
			[]string{"ecs-two-errors"}},
		{"zerolog: raw JSON that is none left on the line", hook, `if h.stamps && !seen.flat && !soFar(line) {`, `if false {`, bridge,
			[]string{"bad-raw-json"}},
		{"zerolog: raw JSON that is none not marked on the event", convert, `return notJSON + raw`, `return raw`, bridge,
			[]string{"bad-raw-json"}},
		{"zerolog: ECS: dicts under labels stay objects", rewrite, `case asString && m.kind != '"':`, `case asString && m.kind != '"' && m.kind != '{':`, bridge,
			[]string{"ecs-group-string"}},
		{"zerolog: ECS: repeated keys", names, `for i := n.many[name]; n.many[key] > 0; {`, `for i := n.many[name]; n.many[key] < 0; {`, bridge,
			[]string{"ecs-repeated-keys", "ecs-rivals"}},
		{"zerolog: ECS: our fields by their path", rewrite, `if r.rules.Owns(path) && name == at {`, `if false {`, bridge,
			[]string{"ecs-owned-in-group"}},
		{"zerolog: ECS: origin under its own name", rewrite, `r.name(t, "log.origin.file.name")`, `r.name(t, "caller")`, bridge,
			[]string{"ecs-source"}},
		{"zerolog: lines not masked", mask, `case kind == 0 || !k.broken && k.rules.Hides(path):`, `case kind == 0:`, bridge,
			[]string{"redact-key", "redact-path", "redact-without-span"}},
		{"zerolog: objects not masked", mask, "\tcase kind == '{':\n", "\tcase kind == 'x':\n", bridge,
			[]string{"redact-nested"}},
	}
}
