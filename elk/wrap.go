package elk

// NotJSON says what becomes of a line that is not one JSON object.
type NotJSON int

const (
	// NotJSONWrap makes it {"@timestamp":…,"message":"the line","tags":["not_json"]}.
	NotJSONWrap NotJSON = iota
	// NotJSONDeadLetter makes it a dead letter.
	NotJSONDeadLetter
)

const wrapEnd = `","tags":["not_json"]}` + "\n"

// wrap makes a document of a line that is not one. The line itself stays in
// the batch, for the case that the server refuses the document.
func (b *batch) wrap(d *document, id string) {
	line := b.buf[d.line : d.end-1]
	f := b.target.fields
	own := make([]byte, 0, f.prefix+len(line)+len(line)/8+len(wrapEnd)+16)
	id, info := d.named(id)
	own = appendPrefix(own, id, info, f.wrapped, f)
	own = append(own, `"message":"`...)
	own = appendEscaped(own, line)
	d.own = append(own, wrapEnd...)
}

// appendEscaped appends valid UTF-8 as the inside of a JSON string.
func appendEscaped(dst, text []byte) []byte {
	const hex = "0123456789abcdef"
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// wrappedShape is the shape of what wrap makes, so that Config.Fields does not
// add what is there.
func (f *fields) wrappedShape() shape {
	sh, _ := scan([]byte(`{"message":"","tags":[]}`), f)
	return sh
}
