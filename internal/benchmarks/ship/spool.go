package main

import (
	"reflect"

	"github.com/spanlog/spanlog/elk"
)

// withSpool sets Config.SpoolDir, and reports false while package elk has none: its rows are then printed as not built.
// Once the field is there for good, this is one assignment.
func withSpool(c elk.Config, folder string) (elk.Config, bool) {
	field := reflect.ValueOf(&c).Elem().FieldByName("SpoolDir")
	if !field.IsValid() {
		return c, false
	}
	field.SetString(folder)
	return c, true
}
