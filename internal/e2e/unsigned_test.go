package e2e

import (
	"bytes"
	"log/slog"
	"math"
	"testing"

	"go.uber.org/zap"

	"github.com/spanlog/spanlog/elk"
	"github.com/spanlog/spanlog/events"
	"github.com/spanlog/spanlog/slogbridge"
	"github.com/spanlog/spanlog/zapbridge"
	"github.com/spanlog/spanlog/zerologbridge"
)

// checkUnsigned: a number above MaxInt64 is in no range of a field that a server makes by itself. With our template (and
// with Elasticsearch's own for logs-*-*, which has ignore_malformed too) the document is stored all the same, with every
// digit of the number, in a new field as in one that is a long already; only a search by the number does not find it.
func checkUnsigned(t *testing.T, url string) {
	var dead bytes.Buffer
	config := plainly(url)
	config.Dataset, config.DeadLetter = "unsigned", &dead
	if _, err := elk.InstallTemplate(t.Context(), config, elk.TemplateOptions{}); err != nil {
		t.Fatal(err)
	}
	shipper, err := elk.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	defer shipper.Close()
	p := &events.Policy{Schema: events.ECS}
	log, sugar, zero := slog.New(slogbridge.NewHandler(shipper, nil, p)), zap.New(zapbridge.NewCore(shipper, nil, p)), zerologbridge.New(shipper, p)
	log.Info("m", "new", uint64(math.MaxUint64))
	sugar.Info("m", zap.Int("large", 1))
	sugar.Info("m", zap.Uint64("large", math.MaxUint64))
	zero.Info().Uint64("large", math.MaxUint64).Uint64("new", math.MaxUint64).Msg("m")
	if err := shipper.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if dead.Len() > 0 {
		t.Errorf("refused: %s", dead.String())
	}
	found := 0
	for _, d := range readBack(t, url, "logs-unsigned-default", `["@timestamp"]`) {
		found += bytes.Count(d.Source, []byte("18446744073709551615"))
	}
	if found != 4 {
		t.Errorf("got the number %d times, want 4", found)
	}
}
