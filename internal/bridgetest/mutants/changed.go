package main

import (
	"fmt"
	"hash/fnv"
	"os/exec"
	"path"
	"slices"
	"strings"

	"github.com/spanlog/spanlog/internal/bridgetest"
)

// revision is the flag -changed: nothing, "true" where it stands alone, or a revision.
type revision string

func (r *revision) String() string     { return string(*r) }
func (r *revision) Set(s string) error { *r = revision(s); return nil }
func (r *revision) IsBoolFlag() bool   { return true }

// separate makes -changed=REV of -changed REV: package flag knows no flag that may stand alone and may have a value.
func separate(args []string) (all []string) {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if (arg == "-changed" || arg == "--changed") && i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") {
			arg, i = arg+"="+args[i+1], i+1
		}
		all = append(all, arg)
	}
	return all
}

// choose returns the mutants of packages that changed since the revision; all where there is none.
func (r revision) choose(mutants []bridgetest.Mutant) ([]bridgetest.Mutant, error) {
	if len(mutants) == 0 {
		return nil, fmt.Errorf("no mutant of that name or package")
	}
	if r == "" {
		return mutants, nil
	}
	base := string(r)
	if base == "true" {
		base = baseOf()
	}
	packages, err := changed(base)
	if err != nil {
		return nil, err
	}
	chosen := slices.DeleteFunc(mutants, func(m bridgetest.Mutant) bool { return !slices.Contains(packages, path.Dir(m.File)) })
	fmt.Printf("changed since %s: %s; %d mutants\n", base, strings.Join(packages, ", "), len(chosen))
	return chosen, nil
}

// baseOf is where this branch left the upstream of main; the last commit where there is no such place, or it is here.
func baseOf() string {
	base, err := git("merge-base", "HEAD", "main@{upstream}")
	head, _ := git("rev-parse", "HEAD")
	if err != nil || base == head {
		return "HEAD~1"
	}
	return base
}

// changed lists the folders of Go files that differ from the revision, in commits or in the working folder. Tests do
// not count: the mutants do not change them.
func changed(base string) (folders []string, err error) {
	text, err := git("diff", "--name-only", base)
	if err != nil {
		return nil, err
	}
	untracked, err := git("ls-files", "--others", "--exclude-standard", "--full-name")
	if err != nil {
		return nil, err
	}
	for _, name := range strings.Fields(text + "\n" + untracked) {
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			folders = append(folders, path.Dir(name))
		}
	}
	slices.Sort(folders)
	return slices.Compact(folders), nil
}

// rotate begins at a place that depends on the commit, so that a limit in time does not always cut off the same ones.
func rotate(mutants []bridgetest.Mutant) []bridgetest.Mutant {
	head, _ := git("rev-parse", "HEAD")
	h := fnv.New32a()
	_, _ = h.Write([]byte(head))
	at := int(h.Sum32() % uint32(len(mutants)))
	return slices.Concat(mutants[at:], mutants[:at])
}

func git(args ...string) (string, error) {
	out, err := exec.Command("git", args...).Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}
