package server

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// unzip unpacks archive into dir, with the permissions that the archive names, readable by everybody.
func unzip(archive, dir string) error {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return fmt.Errorf("server: cannot open %s: %w", archive, err)
	}
	defer z.Close()
	root, err := os.OpenRoot(dir) // entries with .. cannot leave it
	if err != nil {
		return fmt.Errorf("server: cannot unpack %s: %w", archive, err)
	}
	defer root.Close()
	for _, f := range z.File {
		if err := unpack(root, f); err != nil {
			return fmt.Errorf("server: cannot unpack %s of %s: %w", f.Name, archive, err)
		}
	}
	return nil
}

func unpack(root *os.Root, f *zip.File) error {
	name := filepath.FromSlash(f.Name)
	if f.FileInfo().IsDir() {
		return root.MkdirAll(name, 0o755)
	}
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	src, err := f.Open()
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, f.Mode().Perm()|0o644)
	if err != nil {
		return err
	}
	if _, err := io.Copy(dst, src); err != nil {
		dst.Close()
		return err
	}
	return dst.Close()
}
