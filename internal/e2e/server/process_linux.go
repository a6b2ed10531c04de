package server

import (
	"os"
	"syscall"
	"time"
)

// procAttr gives a child a process group of its own, the account's rights, and an end together with this process,
// even when this one is killed. (Elasticsearch's launcher is the child; its server ends when the launcher does.)
func procAttr(as *account) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if as != nil {
		attr.Credential = &syscall.Credential{Uid: uint32(as.uid), Gid: uint32(as.gid)}
	}
	return attr
}

func askToEnd(p *os.Process) {
	p.Signal(syscall.SIGTERM)
}

// killGroup kills what is left of the group that p led. The group's id stays taken while a member lives.
func killGroup(p *os.Process) {
	syscall.Kill(-p.Pid, syscall.SIGKILL)
}

// awaitGroupEnd waits until nothing of the group that p led holds its files any more; what only waits to be reaped by
// somebody else does not hold them, so the wait is short.
func awaitGroupEnd(p *os.Process) {
	for range 50 {
		if syscall.Kill(-p.Pid, 0) != nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// ownedByUs reports whether dir belongs to the user of this process.
func ownedByUs(dir string) bool {
	info, err := os.Stat(dir)
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
