package elk

import "testing"

var benchLine = []byte(`{"time":"2026-11-22T10:00:00.123456789Z","level":"INFO","source":{"function":"main.handle","file":"/srv/shop/handler.go","line":42},"msg":"order \"placed\"","http.request.method":"POST","url.path":"/api/v1/orders/8f14e45f","http.response.status_code":201,"duration":12345678,"user":{"id":"c4ca4238a0b923820dcc509a6f75849b","roles":["buyer","reviewer"]},"items":[1,2,3,4],"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","trace_flags":"01","note":"a longer text, as log messages have them, of about one hundred and twenty bytes in all"}`)

func BenchmarkScan(b *testing.B) {
	f := newFields(Config{HostName: "host"}, "shop", "default")
	b.SetBytes(int64(len(benchLine)))
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := scan(benchLine, f); !ok {
			b.Fatal("not an object")
		}
	}
}

// BenchmarkPatterns is BenchmarkScan for the second line of a log call and all
// that follow.
func BenchmarkPatterns(b *testing.B) {
	f := newFields(Config{HostName: "host"}, "shop", "default")
	var p patterns
	b.SetBytes(int64(len(benchLine)))
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := p.scan(benchLine, f); !ok {
			b.Fatal("not an object")
		}
	}
}
