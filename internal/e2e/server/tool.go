package server

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// toolReadyLimit bounds the wait for the first good answer: 1 s is usual on an idle machine.
const toolReadyLimit = time.Minute

// tool is a server that is built from one of the modules in internal/tools.
type tool struct {
	name  string            // the module's folder
	pkg   string            // what is built in it
	ports []string          // variables of its config.yaml that get a free port
	env   map[string]string // further ones; NODE/ at the start of a value is the server's folder
	files map[string][]byte // put into the server's folder beside config.yaml
	ready func(context.Context, map[string]int) (*http.Request, error)
}

// toolProcess is a tool's process. Safe for concurrent use.
type toolProcess struct {
	// Ready is how long it took from the process's start to the first good answer.
	Ready time.Duration

	ports   map[string]int
	node    string // config and log of this one
	process *process
}

// Stop kills the server and removes its folder: what it has is in memory, and an orderly end takes Jaeger 10 s. A second
// Stop returns nil.
func (r *toolProcess) Stop() error {
	killGroup(r.process.cmd.Process)
	<-r.process.done
	if err := os.RemoveAll(r.node); err != nil {
		return fmt.Errorf("server: the folder of a stopped server remains: %w", err)
	}
	return nil
}

// address is host:port of a variable in ports.
func (r *toolProcess) address(port string) string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(r.ports[port]))
}

var errPortTaken = errors.New("server: a port was taken meanwhile")

// place is where tools are kept, and who runs them.
type place struct {
	cache string
	as    *account
}

// toolPlace is found once: cacheFolder says it aloud when it is not where it was expected.
var toolPlace = sync.OnceValues(func() (p place, err error) {
	if p.as, err = unprivileged(); err == nil {
		p.cache, err = cacheFolder(p.as)
	}
	return p, err
})

// start builds the tool if need be and starts it. The error wraps ErrNotBuilt when there was no time to build it.
func (t tool) start(ctx context.Context) (*toolProcess, error) {
	at, err := toolPlace()
	if err != nil {
		return nil, err
	}
	binary, err := t.build(ctx, at.cache)
	if err != nil {
		return nil, err
	}
	for range 3 { // between the choice of a port and its use, another program may take it
		r, startErr := t.launch(ctx, at, binary)
		if err = startErr; !errors.Is(err, errPortTaken) {
			return r, err
		}
	}
	return nil, err
}

func (t tool) launch(ctx context.Context, at place, binary string) (*toolProcess, error) {
	node, err := t.makeNode(at)
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(t.ports)
	if err != nil {
		os.RemoveAll(node)
		return nil, err
	}
	started := time.Now()
	p, err := startProcess(command{
		path: binary,
		args: []string{"--config", filepath.Join(node, "config.yaml")},
		env:  t.environment(node, ports),
		dir:  node,
		log:  filepath.Join(node, "console.log"),
		as:   at.as,
	})
	if err != nil {
		os.RemoveAll(node)
		return nil, err
	}
	r := &toolProcess{ports: ports, node: node, process: p}
	if err := t.awaitReady(ctx, r); err != nil {
		return nil, errors.Join(err, r.Stop())
	}
	r.Ready = time.Since(started)
	return r, nil
}

// makeNode creates the folder of one server under the cache. It belongs to the server's account.
func (t tool) makeNode(at place) (string, error) {
	runs := filepath.Join(at.cache, "run")
	if err := os.MkdirAll(runs, 0o755); err != nil {
		return "", fmt.Errorf("server: no folder for %s: %w", t.name, err)
	}
	removeStale(runs)
	node, err := os.MkdirTemp(runs, t.name+"-")
	if err != nil {
		return "", fmt.Errorf("server: no folder for %s: %w", t.name, err)
	}
	if err := errors.Join(t.fillNode(node), giveTo(node, at.as)); err != nil {
		os.RemoveAll(node)
		return "", fmt.Errorf("server: cannot prepare %s: %w", node, err)
	}
	return node, nil
}

func (t tool) fillNode(node string) error {
	folder, err := t.folder()
	if err != nil {
		return err
	}
	config, err := os.ReadFile(filepath.Join(folder, "config.yaml"))
	if err != nil {
		return err
	}
	files := map[string][]byte{"config.yaml": config}
	maps.Copy(files, t.files)
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(node, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// environment is the server's whole environment: nothing of ours reaches it by chance.
func (t tool) environment(node string, ports map[string]int) []string {
	all := []string{"HOME=" + node}
	for name, port := range ports {
		all = append(all, name+"="+strconv.Itoa(port))
	}
	for name, value := range t.env {
		if file, inNode := strings.CutPrefix(value, "NODE/"); inNode {
			value = filepath.Join(node, file)
		}
		all = append(all, name+"="+value)
	}
	return all
}

// freePorts asks the kernel for a port on loopback for each name, all different.
func freePorts(names []string) (map[string]int, error) {
	ports := map[string]int{}
	for _, name := range names {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("server: no free port: %w", err)
		}
		defer l.Close() // after the loop, so that none is given twice
		ports[name] = l.Addr().(*net.TCPAddr).Port
	}
	return ports, nil
}

// awaitReady asks until the answer is 200, while the process lives.
func (t tool) awaitReady(ctx context.Context, r *toolProcess) error {
	ctx, cancel := context.WithTimeout(ctx, toolReadyLimit)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !t.answers(ctx, r.ports) {
		select {
		case <-r.process.done:
			said := r.process.logTail()
			if strings.Contains(string(said), "address already in use") {
				return errPortTaken
			}
			return fmt.Errorf("server: %s ended while starting: %v\n%s", t.name, r.process.err, said)
		case <-ctx.Done():
			return fmt.Errorf("server: %s is not ready: %w\n%s", t.name, ctx.Err(), r.process.logTail())
		case <-tick.C:
		}
	}
	return nil
}

func (t tool) answers(ctx context.Context, ports map[string]int) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := t.ready(ctx, ports)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}
