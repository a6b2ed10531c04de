//go:build !linux

package server

import (
	"os"
	"syscall"
)

// Elsewhere than on Linux a child is an ordinary one: it shares our rights and outlives us if we are killed.

func procAttr(*account) *syscall.SysProcAttr { return nil }

func askToEnd(p *os.Process) { p.Signal(os.Interrupt) }

func killGroup(p *os.Process) { p.Kill() }

func awaitGroupEnd(*os.Process) {}

func ownedByUs(string) bool { return true }
