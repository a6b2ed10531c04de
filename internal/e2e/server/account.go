package server

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
)

// account is the user that a server runs as when we are root.
type account struct {
	name     string
	uid, gid int
}

// unprivileged returns nobody's account for root, and nil, which means ourselves, for everybody else.
func unprivileged() (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("nobody")
	if err != nil {
		return nil, fmt.Errorf("server: Elasticsearch refuses root, and there is no other user for it: %w", err)
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, fmt.Errorf("server: user id of %s: %w", u.Name, err)
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, fmt.Errorf("server: group id of %s: %w", u.Name, err)
	}
	return &account{name: u.Username, uid: uid, gid: gid}, nil
}

// canRead reports whether as can list and enter dir. It tries, since a closed folder anywhere above decides too.
func (as *account) canRead(dir string) bool {
	if as == nil {
		return true
	}
	cmd := exec.Command("test", "-x", dir, "-a", "-r", dir)
	cmd.Dir = string(filepath.Separator)
	cmd.SysProcAttr = procAttr(as)
	return cmd.Run() == nil
}
