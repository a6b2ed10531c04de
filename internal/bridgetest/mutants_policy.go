package bridgetest

// policyMutants change what packages events and internal/spanstate make of a policy: context, link, redaction, budget,
// log records, schemas of vendors, flush.
func policyMutants() []Mutant {
	const (
		scope  = "events/scope.go"
		event  = "events/event.go"
		redact = "events/redact.go"
		record = "events/record.go"
		flush  = "events/flush.go"
		schema = "events/schema.go"
		ids    = "events/ids.go"
		kept   = "internal/spanstate/kept.go"
		budget = "internal/spanstate/budget.go"
		calls  = "internal/spanstate/calls.go"
	)
	return []Mutant{
		{"context's fields lost", scope, `fields, _ := ctx.Value(contextKey{}).([]attribute.KeyValue)`, `var fields []attribute.KeyValue`, all,
			[]string{"context-fields", "context-fields-in-group", "context-fields-without-span", "redact-context"}},
		{"context's fields not on the event", scope, "\ts.events = len(s.fields)\n", "\ts.events = 0\n", all,
			[]string{"context-fields", "context-fields-in-group"}},
		{"context's fields added up", scope, "\t\tfields[i] = kv\n\t\treturn fields\n", "\t\t_ = kv\n", all,
			[]string{"context-fields-replaced"}},
		{"baggage forgotten", scope, `m.Key() != ""`, `m.Key() == ""`, all,
			[]string{"baggage", "baggage-cut"}},
		{"baggage not cut", scope, `spanstate.Cut(m.Value(), r.fieldBytes)`, `m.Value()`, all,
			[]string{"baggage-cut"}},
		{"every span attribute", scope, `if string(kv.Key) == name && `, `if name != "" && `, all,
			[]string{"span-attributes"}},
		{"span attributes not cut", scope, `spanstate.Cut(kv.Value.AsString(), r.fieldBytes)`, `kv.Value.AsString()`, all,
			[]string{"span-attributes"}},

		{"no link", scope, `if link != "" {`, `if link == "" {`, all,
			[]string{"link"}},
		{"links of foreign providers", kept, "\tif !ok {\n\t\treturn \"\"\n\t}\n\tif url", "\t_ = ok\n\tif url", all,
			[]string{"link-foreign", "link-forgotten"}},
		{"links of unsampled spans", kept, `if !sc.IsSampled() || !sc.IsValid() {`, `if !sc.IsValid() {`, all,
			[]string{"link-unsampled"}},
		{"shutdown not noted", kept, "\tif _, known := keepers.LoadAndDelete(p); known {", "\tif known := p == nil; known {", all,
			[]string{"link-forgotten"}},

		{"hidden keys in lower case only", redact, "\tpath = strings.ToLower(path)\n", "", all,
			[]string{"redact-key"}},
		{"hidden keys on the event", redact, `if r.redact.hides(string(kv.Key)) {`, `if string(kv.Key) == "" {`, all,
			[]string{"redact-key", "redact-path", "redact-context", "redact-record"}},
		{"groups around a value not asked", redact, `end = strings.LastIndexByte(path[:end], '.')`, `end = 0`, all,
			[]string{"redact-group"}},
		{"hidden paths by their last part only", redact, `k[group] || k[`, `k[`, all,
			[]string{"redact-path"}},
		{"patterns match nothing", redact, `return m.pattern.ReplaceAllLiteralString(text, Redacted)`, `return text`, all,
			[]string{"redact-pattern", "redact-message", "redact-status", "redact-nested", "redact-context", "redact-without-span", "redact-record"}},
		{"message not cleaned", event, `message = e.clean(message)`, `_ = e.clean(message)`, all,
			[]string{"redact-message", "redact-status", "redact-record"}},
		{"status not cleaned", event, `description := e.rules.CleanText(spanstate.Text(e.err))`, `description := spanstate.Text(e.err)`, all,
			[]string{"redact-status"}},
		{"JSON not looked into", redact, `if len(text) > 1 && (text[0]`, `if len(text) > 1<<30 && (text[0]`, []string{"slog", "zap"},
			[]string{"redact-nested"}},

		{"Datadog: span id in hex", ids, `d.form[1] = decimalForm`, `d.form[1] = hexForm`, all,
			[]string{"datadog-ids"}},
		{"Datadog: resource under OTel names", schema, `return "dd.env"`, `return key`, all,
			[]string{"datadog-resource"}},
		{"Datadog: levels in capitals", schema, `return strings.ToLower(severity)`, `return severity`, all,
			[]string{"datadog-names", "ecs-names"}},
		{"GCP: bare trace id", ids, `d.prefix = "projects/" + p.GCPProject + "/traces/"`, `d.prefix = ""`, all,
			[]string{"gcp-ids"}},
		{"GCP: flags in hex", ids, `d.form[2] = boolForm`, `d.form[2] = hexForm`, all,
			[]string{"gcp-ids"}},
		{"GCP: levels of the library", schema, `return "WARNING"`, `return "WARN"`, all,
			[]string{"gcp-names"}},

		{"budget without an end", budget, `return st.left.Load() > 0 && `, `return !st.budget.certain || `, all,
			[]string{"budget", "budget-exceptions"}},
		{"budget: nothing held back", budget, `return b.certain && share(shareHeld, b.limit) > 0`, `return false`, all,
			[]string{"budget-certain"}},
		{"budget: no places for exceptions", budget, `if st.budget.exceptions < share(shareException, st.budget.limit) {`, `if false {`, all,
			[]string{"budget-exceptions"}},
		{"budget: losses not told", budget, `if dropped&(dropped-1) == 0 {`, `if dropped == 1 {`, all,
			[]string{"budget"}},
		{"calls told by every output", calls, `return known.output == made.output`, `return true`, []string{"slog", "zap"},
			[]string{"event", "record"}},
		{"eight calls known", calls, `made.at-oldest.at < fresh && cs.needsRoom`, `made.at-oldest.at < 0 && cs.needsRoom`, []string{"slog", "zap"},
			[]string{"two-at-once"}},
		{"status alone claims the event", calls, `return claimIn(&st.statuses, c, output), false`, `return claimIn(&st.calls, c, output), false`, []string{"slog", "zap"},
			[]string{"two-one-off"}},
		{"status of what another output told", calls, `if told = st.calls.knows(c, output); told {`, `if told = false; told {`, []string{"slog", "zap"},
			[]string{"two-one-off"}},
		{"records of no call", record, `case e.state != nil && e.rules.claims() != 0:`, `case false:`, []string{"slog", "zap"},
			[]string{"two-one-records"}},
		{"records claim the event", event, `t.told = t.state.Told(c, mine)`, `t.told = !t.state.Claim(c, mine)`, []string{"slog", "zap"},
			[]string{"two-one-records"}},
		{"equal calls told once", calls, `return known.output == made.output`, `return false`, all,
			[]string{"equal-calls"}},

		{"records without attributes", record, `rec.AddAttributes(e.attrs[1:]...)`, `_ = e.attrs`, all,
			[]string{"record", "record-without-span", "route-records"}},
		{"records without an exception", record, "\tif e.err != nil {\n", "\tif false {\n", []string{"slog", "zap"},
			[]string{"record"}},
		{"records: severity of slog", record, `int(level)+9`, `int(level)`, all,
			[]string{"record", "record-severity"}},
		{"records without a name", record, `if e.name != "" {`, `if e.name == "?" {`, all,
			[]string{"record-event-name"}},
		{"records outside the span", record, `e.rules.logs.Emit(e.recordContext(), rec)`, `e.rules.logs.Emit(context.Background(), rec)`, all,
			[]string{"record"}},
		{"records whatever the route", "events/rules.go", `if p.Logs != nil && p.Route != RouteEvents {`, `if p.Logs != nil {`, all,
			[]string{"route-events"}},
		{"events whatever the route", event, `(r.logs == nil || r.route == RouteBoth)`, `true`, all,
			[]string{"route-records"}},
		{"records not marked", record, `case e.rules.route == RouteBoth || e.told:`, `case false:`, all,
			[]string{"route-once"}},

		{"flush forgets the lines", flush, `_ = r.flush(ctx)`, `_ = ctx`, all[1:],
			[]string{"fatal", "panic"}},
		{"flush forgets the spans", flush, `_ = spanstate.Flush(ctx, s.Span)`, `_ = ctx`, all[1:],
			[]string{"fatal", "panic"}},
		{"Fatal leaves the span open", flush, "\t\ts.End()\n", "", all[1:],
			[]string{"fatal"}},
	}
}
