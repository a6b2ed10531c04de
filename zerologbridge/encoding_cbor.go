//go:build binary_log

package zerologbridge

// cbor says that zerolog writes CBOR instead of JSON: its build tag binary_log.
const cbor = true
