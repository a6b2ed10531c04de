package bridgetest

// zapMutants change package zapbridge.
func zapMutants() []Mutant {
	const (
		context = "zapbridge/context.go"
		convert = "zapbridge/convert.go"
		core    = "zapbridge/core.go"
		encode  = "zapbridge/encode.go"
		marshal = "zapbridge/marshal.go"
		root    = "zapbridge/root.go"
		with    = "zapbridge/with.go"
		wrap    = "zapbridge/wrap.go"
	)
	bridge := []string{"zap"}
	return []Mutant{
		{"zap: no ids", encode, `rules.AppendConstant(rules.AppendIDs(l.b, sc))`, `rules.AppendConstant(l.b)`, bridge,
			[]string{"ids", "ids-root-namespace-in-call", "ids-remote", "bound"}},
		{"zap: ids of recording spans only", context, `if !span.SpanContext().IsValid() {`, `if !span.IsRecording() {`, bridge,
			[]string{"ids-unsampled", "ids-remote", "ids-after-end", "event-not-recording"}},
		{"zap: ids without a span", encode, `rules.AppendIDs(l.b, sc)`,
			"append(l.b, `,\"trace_id\":\"\",\"span_id\":\"\",\"trace_flags\":\"\"`...)", bridge,
			[]string{"ids-none-without-span", "nil-context", "bound-to-nothing"}},
		{"zap: wrapped, ids in the open namespace", wrap, `from := min(opens, hides)`, `from := max(opens, hides, len(fields))`, bridge,
			[]string{"ids-root-in-group", "ids-root-in-two-groups", "ids-root-in-empty-group", "ids-once-with", "ids-once-both",
				"ids-once-in-group", "bound-then-derived", "derived-then-bound"}},
		{"zap: user's ids removed always", encode, `enc, traced := c.plain, sc.IsValid()`, `enc, traced := c.plain, true`, bridge,
			[]string{"own-id-without-span-with", "own-id-without-span-call"}},
		{"zap: ids' names taken in namespaces", convert, `if c.prefix != "" || !c.rules.IsID(key) {`, `if !c.rules.IsID(key) {`, bridge,
			[]string{"own-id-in-group"}},

		{"zap: With binds nothing", with, `return l.With(field)`, `return l`, bridge,
			[]string{"bound", "bound-then-derived", "derived-then-bound", "bound-over-no-span"}},
		{"zap: bound once for ever", convert, `b.span = lastSpan(fields, b.span)`, "if b.span == nil {\n\t\tb.span = lastSpan(fields, nil)\n\t}", bridge,
			[]string{"bound-again"}},
		{"zap: bound wins over the call", core, `span := lastSpan(fields, c.span)`,
			"span := c.span\n\tif span == nil {\n\t\tspan = lastSpan(fields, nil)\n\t}", bridge,
			[]string{"call-over-bound"}},

		{"zap: fields of With not on the event", convert, "\te.AddFields(b.fields)\n", "", bridge,
			[]string{"fields-with", "fields-many", "group-members-with", "exception-with", "name-field-with", "status-with"}},
		{"zap: open namespaces forgotten", convert, `b.prefix = c.prefix`, `b.prefix = ""`, bridge,
			[]string{"group-path", "group-namespace-in-call"}},
		{"zap: members of objects lost", convert, `err := m.MarshalLogObject(c)`, `err := error(nil)`, bridge,
			[]string{"group-members", "group-members-with"}},
		{"zap: integers as floats", convert, `c.put(attribute.Int64(key, v))`, `c.put(attribute.Float64(key, float64(v)))`, bridge,
			[]string{"type-int", "type-int-with", "type-large-int", "type-large-int-with"}},
		{"zap: floats cut", convert, `c.put(attribute.Float64(key, v))`, `c.put(attribute.Int64(key, int64(v)))`, bridge,
			[]string{"type-float", "type-float-with"}},
		{"zap: float32s cut", convert, `c.put(attribute.Float64(key, float64(v)))`, `c.put(attribute.Int64(key, int64(v)))`, bridge,
			[]string{"type-float32", "type-float32-with"}},
		{"zap: bools as strings", convert, `c.put(attribute.Bool(key, v))`, `c.put(attribute.String(key, strconv.FormatBool(v)))`, bridge,
			[]string{"type-bool", "type-bool-with"}},
		{"zap: durations as text", convert, `v time.Duration) { c.put(attribute.Int64(key, int64(v))) }`, `v time.Duration) { c.put(attribute.String(key, v.String())) }`, bridge,
			[]string{"type-duration", "type-duration-with"}},
		{"zap: strings counted", marshal, `attribute.StringSlice(key, s)`, `attribute.Int(key, len(s))`, bridge,
			[]string{"type-strings", "type-strings-with"}},
		{"zap: errors' text lost", convert, "\tc.put(events.String(key, spanstate.Text(err)))\n", "", bridge,
			[]string{"type-error", "type-error-with", "two-errors"}},

		{"zap: every level enabled", core, `level: level, write`, `level: zapcore.Level(-100), write`, bridge,
			[]string{"disabled"}},
		{"zap: siblings share a line", encode, `n, p = enc.Clone(), placer`, `n, p = enc, placer`, bridge,
			[]string{"siblings", "siblings-in-group"}},
		{"zap: caller's slice written back", wrap, "\t\tf := fields[i]\n", "\t\tf := fields[i]\n\t\tdefer func() { fields[i] = f }()\n", bridge,
			[]string{"slices-not-written"}},

		{"zap: resource lost", encode, `rules.AppendConstant(rules.AppendIDs(l.b, sc))`, `rules.AppendIDs(l.b, sc)`, bridge,
			[]string{"resource", "resource-in-group", "resource-without-span", "resource-names-taken", "ecs-names"}},
		{"zap: wrapped, resource lost", wrap, `len(constant) > 0 {`, `len(constant) < 0 {`, bridge,
			[]string{"resource", "ecs-wrapped-names"}},
		{"zap: ECS: errors left where they are", root, `case p.ecs() && p.addError(enc, f):`, `case false && p.addError(enc, f):`, bridge,
			[]string{"ecs-error", "ecs-error-with", "ecs-error-string", "ecs-two-errors"}},

		{"zap: panic leaves a gap", encode, "if panicked == nil {\n\t\treturn err", "if panicked == nil || err == nil {\n\t\treturn err", bridge,
			[]string{"panic-marshaler"}},
		{"zap: event converted without a net", convert,
			"\tdefer c.contain(f.Key, c.prefix)\n\tswitch f.Type {\n\tcase zapcore.ErrorType:\n\t\tc.error(f.Key, f.Interface.(error))\n\tcase zapcore.StringerType:\n\t\tc.AddString(f.Key, stringerText(f.Interface.(fmt.Stringer)))\n",
			"\tswitch f.Type {\n\tcase zapcore.ErrorType:\n\t\tc.AddString(f.Key, f.Interface.(error).Error())\n\tcase zapcore.StringerType:\n\t\tc.AddString(f.Key, f.Interface.(fmt.Stringer).String())\n", bridge,
			[]string{"panic-stringer", "panic-error", "panic-object"}},
	}
}
