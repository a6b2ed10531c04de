package spanstate

const hexDigits = "0123456789abcdef"

// AppendHex appends the lower-case hexadecimal form of src to dst.
func AppendHex(dst, src []byte) []byte {
	for _, c := range src {
		dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
	}
	return dst
}
