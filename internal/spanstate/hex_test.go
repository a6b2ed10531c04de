package spanstate

import (
	"encoding/hex"
	"testing"
)

func TestAppendHex(t *testing.T) {
	var src []byte
	for i := range 512 {
		src = append(src, byte(i*167>>1), byte(i))
	}
	for n := range len(src) {
		if got, want := string(AppendHex([]byte("x"), src[:n])), "x"+hex.EncodeToString(src[:n]); got != want {
			t.Fatalf("%d bytes: got %s, want %s", n, got, want)
		}
	}
}
