package main

import (
	"testing"

	"github.com/spanlog/spanlog/internal/testenv"
)

func TestMain(m *testing.M) {
	testenv.Clear()
	m.Run()
}
