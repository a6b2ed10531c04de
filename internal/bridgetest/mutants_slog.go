package bridgetest

// slogMutants change package slogbridge.
func slogMutants() []Mutant {
	const (
		handler = "slogbridge/handler.go"
		encode  = "slogbridge/encode.go"
		group   = "slogbridge/group.go"
		member  = "slogbridge/member.go"
		scalar  = "slogbridge/scalar.go"
		convert = "slogbridge/convert.go"
		ecs     = "slogbridge/ecs.go"
		rewrite = "slogbridge/rewrite.go"
		value   = "slogbridge/value.go"
		with    = "slogbridge/with.go"
		wrap    = "slogbridge/wrap.go"
	)
	bridge := []string{"slog"}
	return []Mutant{
		{"slog: no ids", encode, `e.rules.AppendScopeIDs(e.b, scope)`, `e.b`, bridge,
			[]string{"ids", "ids-root-namespace-in-call", "ids-remote", "bound", "datadog-ids", "gcp-ids", "ecs-ids-repeated-key"}},
		{"slog: ids of recording spans only", encode, `e.rules.AppendScopeIDs(e.b, scope)`,
			`func() []byte { if !scope.Span.IsRecording() { return e.b }; return e.rules.AppendScopeIDs(e.b, scope) }()`, bridge,
			[]string{"ids-unsampled", "ids-remote", "ids-after-end", "event-not-recording"}},
		{"slog: ids without a span", encode, `e.rules.AppendScopeIDs(e.b, scope)`,
			`append(e.b, ` + "`" + `,"trace_id":"","span_id":"","trace_flags":""` + "`" + `...)`, bridge,
			[]string{"ids-none-without-span", "nil-context", "bound-to-nothing"}},
		{"slog: wrapped, ids in the open group", wrap, "\t\tw.toRoot(&r, true, ids, scope.Fields())\n\t\treturn h.Handle(ctx, r)\n",
			"\t\t_, _ = h, ids\n\t\tr = r.Clone()\n\t\tr.AddAttrs(w.rules.IDAttrs(scope.Span.SpanContext())...)\n\t\tr.AddAttrs(slogAttrs(scope.Fields())...)\n\t\treturn w.inner.Handle(ctx, r)\n", bridge,
			[]string{"ids-root-in-group", "ids-root-in-two-groups", "ids-root-in-empty-group", "ids-once-with", "ids-once-call",
				"ids-once-both", "ids-once-in-group", "bound-then-derived", "derived-then-bound", "context-fields-in-group", "link"}},
		{"slog: user's ids removed always", member, `return e.traced && e.rules.IsID(key)`, `return e.rules.IsID(key)`, bridge,
			[]string{"own-id-without-span-with"}},
		{"slog: user's ids of a call removed", scalar, "\t\ttells = false\n", "\t\treturn true\n", bridge,
			[]string{"own-id-without-span-call"}},
		{"slog: ids' names taken in groups", convert, `c.prefix == "" && c.rules.IsID(a.Key)`, `c.rules.IsID(a.Key)`, bridge,
			[]string{"own-id-in-group"}},

		{"slog: With binds nothing", handler, `n.bound = ctx`, `_ = ctx`, bridge,
			[]string{"bound", "bound-then-derived", "derived-then-bound", "bound-over-no-span"}},
		{"slog: bound once for ever", handler, `n.bound = ctx`, "if n.bound == nil {\n\t\tn.bound = ctx\n\t}", bridge,
			[]string{"bound-again"}},
		{"slog: bound wins over the call", handler, `scope := h.rules.Scope(ctx, h.bound)`, "if h.bound != nil {\n\t\tctx = h.bound\n\t}\n\tscope := h.rules.Scope(ctx, h.bound)", bridge,
			[]string{"call-over-bound"}},
		{"slog: With leaves what is not ours", with, `h = Wrap(h, nil)`, "if _, ok := h.(binder); !ok {\n\t\treturn h\n\t}", bridge,
			[]string{"bound-foreign"}},
		{"slog: wrapped again", wrap, `case *Handler, *Wrapper, *binding:`, `case *Handler, *binding:`, bridge,
			[]string{"wrap-again"}},
		{"slog: With wraps a MultiHandler of ours", with, `case leadsToOurs(h):`, `case false && leadsToOurs(h):`, bridge,
			[]string{"redact-key", "redact-nested", "record"}},
		{"slog: With does not reach a MultiHandler of ours", "events/nested.go", "return n.bound", "return bound", bridge,
			[]string{"ids", "bound", "bound-then-derived"}},

		{"slog: fields of With not on the event", handler, "\tc.attrs(attrs)\n", "\t_ = c\n", bridge,
			[]string{"fields-with", "fields-many", "group-members-with", "exception-with", "name-field-with", "status-with", "record"}},
		{"slog: group path lost", handler, `h.prefix+name+"."`, `h.prefix`, bridge,
			[]string{"group-path", "group-namespace-in-call", "groups-map"}},
		{"slog: first of a group only", convert, `c.group(a.Key, v.Group())`, `c.group(a.Key, v.Group()[:1])`, bridge,
			[]string{"group-members", "group-members-with"}},
		{"slog: integers as floats", convert, `c.to.AddInt64(len(c.prefix), key, v.Int64())`, `c.to.AddFloat64(len(c.prefix), key, float64(v.Int64()))`, bridge,
			[]string{"type-int", "type-int-with", "type-large-int", "type-large-int-with", "type-exact-int", "type-exact-int-with"}},
		{"slog: floats cut", convert, `c.to.AddFloat64(len(c.prefix), key, v.Float64())`, `c.to.AddInt64(len(c.prefix), key, int64(v.Float64()))`, bridge,
			[]string{"type-float", "type-float-with", "type-float32", "type-float32-with"}},
		{"slog: bools as strings", convert, `c.to.AddBool(len(c.prefix), key, v.Bool())`, `c.to.AddString(len(c.prefix), key, v.String())`, bridge,
			[]string{"type-bool", "type-bool-with"}},
		{"slog: durations as text", convert, `c.to.AddInt64(len(c.prefix), key, int64(v.Duration()))`, `c.to.AddString(len(c.prefix), key, v.String())`, bridge,
			[]string{"type-duration", "type-duration-with"}},
		{"slog: errors' text lost", convert, "\t\tc.to.AddString(len(c.prefix), key, spanstate.Text(err))\n", "\t\t_ = spanstate.Text(err)\n", bridge,
			[]string{"type-error", "type-error-with", "two-errors", "bad-nil-error"}},

		{"slog: every level enabled", handler, `return level >= h.opts.Level.Level()`, `return level >= h.opts.Level.Level() || true`, bridge,
			[]string{"disabled"}},
		{"slog: wrapped, years that JSON does not have", wrap, `if w.rfc3339 && !isInRange(&r) {`, `if false {`, bridge,
			[]string{"bad-late-time", "bad-early-time"}},
		{"slog: levels that panic not caught", wrap, `if w.mayPanic {`, `if false {`, bridge,
			[]string{"level-panics"}},
		{"slog: siblings share a line", handler, `b: slices.Clip(pre)`, `b: pre`, bridge,
			[]string{"siblings"}},
		{"slog: siblings share groups", handler, `append(slices.Clip(h.names), name)`, `append(h.names, name)`, bridge,
			[]string{"siblings-in-group"}},
		{"slog: caller's slice filtered in place", rewrite, `kept := make([]slog.Attr, 0, len(attrs))`, `kept := attrs[:0]`, bridge,
			[]string{"slices-not-written"}},

		{"slog: wrapped, resource lost", wrap, `slogAttrs(w.rules.Constant())`, `slogAttrs(nil)`, bridge,
			[]string{"resource", "resource-in-group", "resource-without-span", "ecs-wrapped-names"}},
		{"slog: ECS: errors left where they are", member, `if e.rules.Schema() == events.ECS && e.ecsError(a) {`, `if false {`, bridge,
			[]string{"ecs-error-string", "ecs-two-errors"}},
		{"slog: ECS: head without errors", ecs, "\tif err == nil {\n\t\treturn\n", "\tif err != nil || err == nil {\n\t\treturn\n", bridge,
			[]string{"ecs-error", "ecs-error-with", "ecs-error-in-group"}},
		{"slog: marks of panics lost", value, `return fmt.Sprintf("!PANIC: %v", r)`, `return fmt.Sprint(r)`, bridge,
			[]string{"panic-marshaler", "panic-error"}},
		{"slog: marks of what has no JSON lost", value, `e.string(fmt.Sprintf("!ERROR:%v", err))`, `e.string(err.Error())`, bridge,
			[]string{"bad-cyclic", "bad-channel", "bad-func", "bad-complex", "bad-raw-json"}},
		{"slog: marks of years lost", "slogbridge/times.go", `badYear = "!ERROR:time.Time`, `badYear = "time.Time`, bridge,
			[]string{"bad-late-time", "bad-early-time"}},
		{"slog: ECS: repeated keys", ecs, `n := 2; slices.Contains(s.seen, key) || taken(key); n++ {`, `n := 2; taken(key); n++ {`, bridge,
			[]string{"ecs-repeated-keys", "ecs-rivals"}},
		{"slog: ECS: our fields by their path", ecs, `return e.rules.Owns(e.path + key)`, `return false`, bridge,
			[]string{"ecs-owned-in-group"}},
		{"slog: ECS: groups under labels stay objects", group, `if asString {
		text :=`, `if asString && e.b == nil {
		text :=`, bridge,
			[]string{"ecs-group-string"}},
		{"slog: ECS: no origin", "slogbridge/builtins.go", `e.text("log.origin.file.name", src.File)`, `_ = src.File`, bridge,
			[]string{"ecs-source"}},
		{"slog: own keys not hidden", member, `guardedByKey(a) && e.rules.Hides(e.path+a.Key)`, `guardedByKey(a) && e.rules.Hides("")`, bridge,
			[]string{"redact-key", "redact-path", "redact-without-span"}},
		{"slog: own strings not cleaned", value, `e.string(e.rules.CleanText(v.String()))`, `e.string(v.String())`, bridge,
			[]string{"redact-pattern", "redact-without-span"}},
		{"slog: own JSON not cleaned", value, `if e.rules.Redacts() {`, `if false {`, bridge,
			[]string{"redact-nested"}},
		{"slog: wrapped lines not cleaned", rewrite, `return w.rules.Redacts() || `, `return `, bridge,
			[]string{"redact-message"}},
		{"slog: wrapped values not hidden", rewrite, `if re.rules.Hides(path) {`, `if re.rules.Hides("") {`, bridge,
			[]string{"redact-key", "redact-path"}},

		{"slog: panic leaves a gap", value, `if r := recover(); r != nil {`, `if r := recover(); r == e {`, bridge,
			[]string{"panic-marshaler", "panic-error"}},
		{"slog: LogValue called by hand", encode, "\ta.Value = events.Resolve(a.Value)\n\tif e.opts.ReplaceAttr != nil && a",
			"\tfor a.Value.Kind() == slog.KindLogValuer {\n\t\ta.Value = a.Value.LogValuer().LogValue()\n\t}\n\tif e.opts.ReplaceAttr != nil && a", bridge,
			[]string{"panic-object"}},
		{"slog: what has no JSON leaves nothing", value, "\tif err := e.marshal(v); err != nil {\n", "\tif err := e.marshal(v); err == nil && v == e {\n", bridge,
			[]string{"bad-cyclic", "bad-channel", "bad-func", "bad-complex", "bad-raw-json"}},
		{"slog: nil pointers not caught", value, `if r := recover(); r != nil {`, `if r := any(nil); r != nil {`, bridge,
			[]string{"bad-nil-error"}},
		{"slog: values not added", convert, `c.to.AddIn(len(c.prefix), events.Any(key, v))`, `_ = v`, bridge,
			[]string{"bad-nil-pointer", "bad-nil-stringer", "type-nil"}},
		{"slog: NaN as a number", "slogbridge/float.go", `if math.IsNaN(f) || math.IsInf(f, 0) {`, `if false {`, bridge,
			[]string{"bad-nan", "bad-infinite"}},
		{"slog: times of long years not added", convert, `c.to.AddIn(len(c.prefix), events.Time(key, v.Time()))`,
			"if y := v.Time().Year(); y >= 0 && y < 10000 {\n\t\t\tc.to.AddIn(len(c.prefix), events.Time(key, v.Time()))\n\t\t}", bridge,
			[]string{"bad-late-time", "bad-early-time"}},
		{"slog: line made under the lock", handler, "\t\tenc.record(h, &r, &scope)\n\t\te.End", "\t\th.mu.Lock()\n\t\tenc.record(h, &r, &scope)\n\t\th.mu.Unlock()\n\t\te.End", bridge,
			[]string{"logs-itself-marshaler", "logs-itself-error", "logs-itself-object"}},
		{"slog: wrapped, one call at a time", wrap, "func (w *Wrapper) Handle(ctx context.Context, r slog.Record) error {\n",
			"var turn = make(chan struct{}, 1)\n\nfunc (w *Wrapper) Handle(ctx context.Context, r slog.Record) error {\n\tturn <- struct{}{}\n\tdefer func() { <-turn }()\n", bridge,
			[]string{"logs-itself-stringer"}},
	}
}
