// Only what real servers in tests are built from. go.sum is that of Jaeger v1.76.0 itself (Jaeger 2.13): no go mod tidy and
// no go get here, and no other versions. internal/e2e/server builds it in a copy, with -mod=mod.
module spanlog.e2e/jaeger

go 1.25.4

require github.com/jaegertracing/jaeger v1.76.0

replace github.com/Shopify/sarama => github.com/Shopify/sarama v1.33.0
