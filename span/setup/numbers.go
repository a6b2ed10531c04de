package setup

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// batchOptions reads OTEL_BSP_* instead of the batch processor, which panics
// on a negative size and spins on a delay of 0. What is out of range is
// replaced by the default.
func (e *settings) batchOptions() []sdktrace.BatchSpanProcessorOption {
	const largest = 1 << 24 // 256 MiB of queue, before the first span
	const longest = 24 * 60 * 60 * 1000
	delay := e.integer("OTEL_BSP_SCHEDULE_DELAY", 1, longest, sdktrace.DefaultScheduleDelay)
	timeout := e.integer("OTEL_BSP_EXPORT_TIMEOUT", 0, longest, sdktrace.DefaultExportTimeout)
	queue := e.integer("OTEL_BSP_MAX_QUEUE_SIZE", 1, largest, sdktrace.DefaultMaxQueueSize)
	batch := e.integer("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 1, largest, sdktrace.DefaultMaxExportBatchSize)
	if batch > queue {
		batch = min(sdktrace.DefaultMaxExportBatchSize, queue) // as the SDK has it
	}
	return []sdktrace.BatchSpanProcessorOption{
		sdktrace.WithBatchTimeout(time.Duration(delay) * time.Millisecond),
		sdktrace.WithExportTimeout(time.Duration(timeout) * time.Millisecond),
		sdktrace.WithMaxQueueSize(queue),
		sdktrace.WithMaxExportBatchSize(batch),
	}
}

// integer is the variable's value, or normal if it is not set or out of range.
func (e *settings) integer(name string, low, high, normal int) int {
	value := e.get(name)
	if value == "" {
		return normal
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < low || n > high {
		e.wrong(name, value, fmt.Sprintf("is not an integer from %d to %d", low, high),
			fmt.Sprintf("%d is used", normal))
		return normal
	}
	return n
}

// checkLimits looks at the variables of the span limits. The SDK reads them
// itself, and takes its default in silence when one is not an integer.
func (e *settings) checkLimits() {
	for _, v := range variables() {
		if v.kind != kindLimit {
			continue
		}
		name, value := v.name, os.Getenv(v.name)
		if _, err := strconv.Atoi(value); strings.TrimSpace(value) != "" && err != nil {
			e.wrong(name, value, "is not an integer", "the SDK's default is used")
		}
	}
}
