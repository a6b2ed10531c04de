package bridgetest

// slogMutants change package slogbridge.
func slogMutants() []Mutant {
	const (
		handler = "slogbridge/handler.go"
		encode  = "slogbridge/encode.go"
		convert = "slogbridge/convert.go"
		value   = "slogbridge/value.go"
		wrap    = "slogbridge/wrap.go"
	)
	bridge := []string{"slog"}
	return []Mutant{
		{"slog: no ids", encode, `e.b = e.rules.AppendConstant(e.rules.AppendIDs(e.b, sc))`, `e.b = e.rules.AppendConstant(e.b)`, bridge,
			[]string{"ids", "ids-root-namespace-in-call", "ids-remote", "bound"}},
		{"slog: ids of recording spans only", handler, "\treturn span\n}\n\nfunc allEmptyGroups",
			"\tif !span.IsRecording() {\n\t\treturn trace.SpanFromContext(nil)\n\t}\n\treturn span\n}\n\nfunc allEmptyGroups", bridge,
			[]string{"ids-unsampled", "ids-remote", "ids-after-end", "event-not-recording"}},
		{"slog: ids without a span", encode, `e.rules.AppendIDs(e.b, sc)`,
			`append(e.b, ` + "`" + `,"trace_id":"","span_id":"","trace_flags":""` + "`" + `...)`, bridge,
			[]string{"ids-none-without-span", "nil-context", "bound-to-nothing"}},
		{"slog: wrapped, ids in the open group", wrap, `return w.root.Handle(ctx, w.withIDs(r, sc))`,
			"r = r.Clone()\n\tids, n := w.rules.IDs(sc)\n\tfor _, id := range ids[:n] {\n\t\tr.AddAttrs(slog.String(id.Key, id.Value))\n\t}\n\treturn w.inner.Handle(ctx, r)", bridge,
			[]string{"ids-root-in-group", "ids-root-in-two-groups", "ids-root-in-empty-group", "ids-once-with", "ids-once-call",
				"ids-once-both", "ids-once-in-group", "bound-then-derived", "derived-then-bound"}},
		{"slog: user's ids removed always", encode, `if e.traced && e.rules.IsID(a.Key) {`, `if e.rules.IsID(a.Key) {`, bridge,
			[]string{"own-id-without-span-with", "own-id-without-span-call"}},
		{"slog: ids' names taken in groups", convert, `c.prefix == "" && c.rules.IsID(a.Key)`, `c.rules.IsID(a.Key)`, bridge,
			[]string{"own-id-in-group"}},

		{"slog: With binds nothing", handler, `n.bound = span`, `_ = span`, bridge,
			[]string{"bound", "bound-then-derived", "derived-then-bound", "bound-over-no-span"}},
		{"slog: bound once for ever", handler, `n.bound = span`, "if n.bound == nil {\n\t\tn.bound = span\n\t}", bridge,
			[]string{"bound-again"}},
		{"slog: bound wins over the call", handler, `if bound != nil && !span.SpanContext().IsValid() {`, `if bound != nil {`, bridge,
			[]string{"call-over-bound"}},

		{"slog: fields of With not on the event", handler, "\th.converter(&n.fields).attrs(attrs)\n", "", bridge,
			[]string{"fields-with", "fields-many", "group-members-with", "exception-with", "name-field-with", "status-with"}},
		{"slog: group path lost", convert, `c = c.in(name)`, `_ = name`, bridge,
			[]string{"group-path", "group-namespace-in-call"}},
		{"slog: first of a group only", convert, `c.attrs(v.Group())`, `c.attrs(v.Group()[:1])`, bridge,
			[]string{"group-members", "group-members-with"}},
		{"slog: integers as floats", convert, `attribute.Int64(key, v.Int64())`, `attribute.Float64(key, float64(v.Int64()))`, bridge,
			[]string{"type-int", "type-int-with", "type-large-int", "type-large-int-with"}},
		{"slog: floats cut", convert, `attribute.Float64(key, v.Float64())`, `attribute.Int64(key, int64(v.Float64()))`, bridge,
			[]string{"type-float", "type-float-with", "type-float32", "type-float32-with"}},
		{"slog: bools as strings", convert, `attribute.Bool(key, v.Bool())`, `attribute.String(key, v.String())`, bridge,
			[]string{"type-bool", "type-bool-with"}},
		{"slog: durations as text", convert, `attribute.Int64(key, int64(v.Duration()))`, `attribute.String(key, v.String())`, bridge,
			[]string{"type-duration", "type-duration-with"}},
		{"slog: errors' text lost", convert, "\t\tc.to.Add(events.String(key, spanstate.Text(err)))\n", "\t\t_ = spanstate.Text(err)\n", bridge,
			[]string{"type-error", "type-error-with", "two-errors"}},

		{"slog: every level enabled", handler, `return level >= least`, `return level >= least || true`, bridge,
			[]string{"disabled"}},
		{"slog: siblings share a line", handler, `b: slices.Clip(pre)`, `b: pre`, bridge,
			[]string{"siblings"}},
		{"slog: siblings share groups", handler, `append(slices.Clip(h.names), name)`, `append(h.names, name)`, bridge,
			[]string{"siblings-in-group"}},
		{"slog: caller's slice filtered in place", wrap, `kept := make([]slog.Attr, 0, len(attrs))`, `kept := attrs[:0]`, bridge,
			[]string{"slices-not-written"}},

		{"slog: wrapped, resource lost", wrap, `len(constant) > 0 {`, `len(constant) < 0 {`, bridge,
			[]string{"resource", "resource-in-group", "resource-without-span", "ecs-wrapped-names"}},
		{"slog: ECS: errors left where they are", encode, `if e.rules.Schema() == events.ECS && e.ecsError(a) {`, `if false {`, bridge,
			[]string{"ecs-error", "ecs-error-with", "ecs-error-string", "ecs-two-errors"}},

		{"slog: panic leaves a gap", value, `if r := recover(); r != nil {`, `if r := recover(); r == e {`, bridge,
			[]string{"panic-marshaler", "panic-error"}},
		{"slog: LogValue called by hand", encode, "\ta.Value = a.Value.Resolve()\n\tif rep := e.opts.ReplaceAttr; rep",
			"\tfor a.Value.Kind() == slog.KindLogValuer {\n\t\ta.Value = a.Value.LogValuer().LogValue()\n\t}\n\tif rep := e.opts.ReplaceAttr; rep", bridge,
			[]string{"panic-object"}},
	}
}
