package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// width is the number of columns that the report fits into.
const width = 100

// The colours of the report, as ANSI sequences.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

// printer writes the report, in colour or without.
type printer struct {
	out   io.Writer
	color bool
}

func (p *printer) printf(format string, args ...any) { fmt.Fprintf(p.out, format, args...) }

func (p *printer) title(format string, args ...any) {
	p.printf("\n%s\n", p.in(bold, fmt.Sprintf(format, args...)))
}

// in returns text in a colour.
func (p *printer) in(code, text string) string {
	if !p.color || code == "" || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// cut returns text, or its beginning if it is longer than n columns.
func cut(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}

// column returns text in exactly n columns.
func column(text string, n int) string {
	text = cut(text, n)
	return text + strings.Repeat(" ", n-utf8.RuneCountInString(text))
}

// wrap breaks a line of JSON between its members, so that it fits and is still JSON. Rows after the first are indented.
func wrap(text string, n int) string {
	var b strings.Builder
	used := 0
	for i, part := range members(text) {
		size := utf8.RuneCountInString(part)
		if i > 0 && used+size > n {
			b.WriteString("\n  ")
			used = 2
		}
		b.WriteString(part)
		used += size
	}
	return b.String()
}

// members cuts a JSON text behind every comma that is not inside a string.
func members(text string) (parts []string) {
	quoted, escaped, start := false, false, 0
	for i := range len(text) {
		switch c := text[i]; {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = quoted
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			parts = append(parts, text[start:i+1])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}
