package server

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// User is a user of a secured Elasticsearch, with one role of its own.
type User struct {
	Name, Password string
	// Indices is a pattern, Privileges what the user may do with what matches it.
	Indices    string
	Privileges []string
}

// secure makes users, their roles and tokens with the tools of the server, before it starts.
func (s *Server) secure(ctx context.Context) error {
	if s.options.Password == "" {
		return nil
	}
	if err := s.writeRoles(); err != nil {
		return err
	}
	if _, err := s.tool(ctx, s.options.Password, "elasticsearch-keystore", "add", "-xf", "bootstrap.password"); err != nil {
		return err
	}
	for _, u := range s.options.Users {
		if _, err := s.tool(ctx, "", "elasticsearch-users", "useradd", u.Name, "-p", u.Password, "-r", u.Name); err != nil {
			return err
		}
	}
	for _, name := range s.options.ServiceTokens {
		out, err := s.tool(ctx, "", "elasticsearch-service-tokens", "create", "elastic/fleet-server", name)
		if err != nil {
			return err
		}
		_, token, ok := strings.Cut(out, " = ")
		if !ok {
			return fmt.Errorf("no token in the answer of elasticsearch-service-tokens: %q", out)
		}
		s.tokens[name] = strings.TrimSpace(token)
	}
	return nil
}

func (s *Server) writeRoles() error {
	var roles strings.Builder
	for _, u := range s.options.Users {
		fmt.Fprintf(&roles, "%s:\n  indices:\n    - names: ['%s']\n      privileges: [%s]\n", u.Name, u.Indices, strings.Join(u.Privileges, ", "))
	}
	path := filepath.Join(s.node, "config", "roles.yml")
	if err := os.WriteFile(path, []byte(roles.String()), 0o644); err != nil {
		return err
	}
	return giveTo(path, s.as)
}

// tool runs a command of the server's bin folder on the node's configuration and returns what it prints.
func (s *Server) tool(ctx context.Context, stdin, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(s.home, "bin", name), args...)
	cmd.Dir, cmd.Env, cmd.Stdin = s.node, nodeEnv(s.java, s.node), strings.NewReader(stdin)
	cmd.SysProcAttr = procAttr(s.as)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, args[0], err, tail(out))
	}
	return string(out), nil
}

// Token is the bearer token of that name in Options.ServiceTokens.
func (s *Server) Token(name string) string { return s.tokens[name] }

// Password of the user elastic; "" without security.
func (s *Server) Password() string { return s.options.Password }
