package bridgetest

// zerologMutants change package zerologbridge, or common code in a way that only zerolog's rows tell.
func zerologMutants() []Mutant {
	const (
		array   = "zerologbridge/array.go"
		blank   = "zerologbridge/blank.go"
		convert = "zerologbridge/convert.go"
		hook    = "zerologbridge/hook.go"
		rewrite = "zerologbridge/rewrite.go"
		with    = "zerologbridge/with.go"
		errs    = "internal/spanstate/errors.go"
	)
	bridge := []string{"zerolog"}
	return []Mutant{
		{"zerolog: no ids", hook, `e.RawJSON(h.timeKey(), h.rules.AppendIDs(b, sc))`, `e.RawJSON(h.timeKey(), b)`, bridge,
			[]string{"ids", "ids-root-in-group", "ids-root-in-two-groups", "ids-root-in-empty-group", "ids-root-namespace-in-call",
				"ids-remote", "bound", "call-over-bound"}},
		{"zerolog: ids of recording spans only", hook, `traced := sc.IsValid()`, `traced := span.IsRecording()`, bridge,
			[]string{"ids-unsampled", "ids-remote", "ids-after-end", "event-not-recording"}},
		{"zerolog: ids without a span", hook, `e.RawJSON(h.timeKey(), h.rules.AppendIDs(b, sc))`,
			"e.RawJSON(h.timeKey(), append(b, `,\"trace_id\":\"\",\"span_id\":\"\",\"trace_flags\":\"\"`...))", bridge,
			[]string{"ids-none-without-span", "nil-context", "bound-to-nothing", "bound-over-no-span"}},
		{"zerolog: user's ids removed always", blank, `ids := traced && h.ids.in`, `ids := h.ids.in`, bridge,
			[]string{"own-id-without-span-with", "own-id-without-span-call"}},
		{"zerolog: ids' names taken in dicts", convert, "\tfor s.next(&inner) {\n", "\tfor s.next(&inner) {\n\t\tif c.rules.IsID(c.key(&inner)) {\n\t\t\tcontinue\n\t\t}\n", bridge,
			[]string{"own-id-in-group"}},

		{"zerolog: With binds nothing", with, `return l.With().Ctx(ctx).Logger()`, `return l`, bridge,
			[]string{"bound", "bound-then-derived", "derived-then-bound", "bound-again"}},
		{"zerolog: discarded events recorded", hook, `if !e.Enabled() {`, `if e == nil {`, bridge,
			[]string{"disabled"}},

		{"zerolog: fields not on the event", convert, `c.root(key, &m)`, `_ = key`, bridge,
			[]string{"fields-with", "fields-many", "siblings", "siblings-in-group", "name-field", "name-field-with"}},
		{"zerolog: path of dicts lost", convert, `c.add(key+"."+c.key(&inner), &inner, depth+1)`, `c.add(c.key(&inner), &inner, depth+1)`, bridge,
			[]string{"group-path", "group-members", "group-members-with", "group-namespace-in-call"}},
		{"zerolog: dicts are the root", convert, `c.add(key+"."+c.key(&inner), &inner, depth+1)`, `c.root(c.key(&inner), &inner)`, bridge,
			[]string{"exception-root-in-group"}},
		{"zerolog: whole numbers as floats", convert, `return events.FromJSONText(key, raw)`,
			"f, _ := strconv.ParseFloat(raw, 64)\n\treturn attribute.Float64(key, f)", bridge,
			[]string{"type-int", "type-int-with", "type-large-int", "type-large-int-with", "type-uint64", "type-uint64-with",
				"type-large-uint64", "type-large-uint64-with", "type-duration", "type-duration-with"}},
		{"zerolog: fractions as text", convert, `return attribute.Float64(key, f)`, `return attribute.String(key, raw[:int(f*0)+1])`, bridge,
			[]string{"type-float", "type-float-with", "type-float32", "type-float32-with"}},
		{"zerolog: bools as strings", convert, `attribute.Bool(key, m.kind == 't')`, `attribute.String(key, string(m.kind))`, bridge,
			[]string{"type-bool", "type-bool-with"}},
		{"zerolog: strings emptied", convert, `c.to.Add(events.String(key, text(c.line, m.value, m.end, m.escaped)))`, `c.to.Add(events.String(key, ""))`, bridge,
			[]string{"type-time", "type-time-with", "type-bytes", "type-bytes-with"}},
		{"zerolog: arrays of strings as text", array, "case '\"':\n\t\tc.to.Add(attribute.StringSlice", "case 'x':\n\t\tc.to.Add(attribute.StringSlice", bridge,
			[]string{"type-strings", "type-strings-with"}},
		{"zerolog: null left out", convert, `c.asText(key, m)` + "\n\t}\n}\n\n// asText", "}\n}\n\n// asText", bridge,
			[]string{"type-nil", "type-nil-with"}},

		{"zerolog: errors not seen", convert, `c.to.AddErrorText(errorText(c.line, m))`, `_ = errorText(c.line, m)`, bridge,
			[]string{"exception", "exception-with", "exception-stack", "two-errors", "status", "status-with",
				"exception-once-wrapped", "exception-once-below", "exception-each-span"}},
		{"zerolog: errors of one text told again", errs, `if textA || textB {`, `if textA && textB && a == b {`, bridge,
			[]string{"exception-once-logged", "exception-once"}},
		{"zerolog: every field an error", convert, `if key == zerolog.ErrorFieldName && !c.told {`, `if !c.told {`, bridge,
			[]string{"exception-any-key", "exception-none"}},

		{"zerolog: resource lost", hook, `e.RawJSON(h.constKey, h.constant)`, `_ = h.constant`, bridge,
			[]string{"resource", "resource-in-group", "resource-without-span", "ecs-names", "ecs-wrapped-names"}},
		{"zerolog: resource's names forgotten", blank, `moved = append(moved, `, `_ = append(moved, `, bridge,
			[]string{"resource-names-taken"}},
		{"zerolog: ECS: errors left where they are", rewrite, `(t.error(r.rules, key, m) || t.origin(key, m))`, `t.origin(key, m)`, bridge,
			[]string{"ecs-error", "ecs-error-with", "ecs-error-string"}},
		{"zerolog: ECS: every string an error", rewrite, `key != "error" && (key != zerolog.ErrorFieldName || key == "")`, `key == ""`, bridge,
			[]string{"ecs-two-errors"}},
	}
}
