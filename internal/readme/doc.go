// Package readme holds nothing but tests that keep README.md true: the output it shows is what the commands print, and
// its snippets compile and run.
package readme
