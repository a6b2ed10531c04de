package elk

// The reasons of alarms about what the server is, beside those of alarm.go.
const (
	alarmParameters   = "parameter_dropped"
	alarmOtherProduct = "other_product"
	alarmLookup       = "lookup_refused"
	alarmDatasets     = "too_many_datasets"
)
