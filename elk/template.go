package elk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/elastic/go-elasticsearch/v8/esapi"
)

// ErrTemplate is wrapped by what InstallTemplate returns when the server
// refuses the template, or does not answer.
var ErrTemplate = errors.New("elk: the index template is not installed")

// templatePriority is above that of the templates that come with
// Elasticsearch (100) and with Elastic Agent's integrations (200).
const templatePriority = 250

// TemplateOptions say how InstallTemplate makes a template. The zero value
// is usable.
type TemplateOptions struct {
	// Name of the template; one of that name is replaced. Empty: spanlog-
	// and the first dataset.
	Name string

	// Datasets that the template is for: its patterns are logs-<dataset>-*.
	// Nil: Config.Dataset alone.
	Datasets []string

	// Priority among the templates that match a stream; the highest one
	// wins, alone. Zero: 250.
	Priority int

	// Retention is for how long documents are kept at least, in the data
	// stream's own lifecycle. Zero: for ever. Where a server has no such
	// lifecycle they are kept for ever, and TemplateReport.Fallbacks says so.
	Retention time.Duration

	// ILMPolicy names an index lifecycle policy, which must be there, instead
	// of the data stream's own lifecycle. Serverless projects have none.
	ILMPolicy string

	// DryRun sends nothing: TemplateReport tells what would be sent first.
	DryRun bool
}

// TemplateReport says what InstallTemplate did.
type TemplateReport struct {
	// Name of the template, and Patterns of the streams that it is for.
	Name     string
	Patterns []string
	// Body is the JSON that the server accepted; in a dry run, that which
	// would be tried first.
	Body []byte
	// Fallbacks are what the server lacks, in the order found.
	Fallbacks []Fallback
}

// Fallback is one thing that a server lacks.
type Fallback struct {
	// Missing is a field type, such as "type match_only_text", or a setting,
	// such as "setting index.mapping.total_fields.ignore_dynamic_beyond_limit",
	// or "lifecycle".
	Missing string
	// Instead is the JSON that stands in its place, empty for nothing.
	Instead string
}

// InstallTemplate installs the index template for a shipper with this
// configuration, of which it uses what names, reaches and persuades the
// server. It needs the privilege manage_index_templates, which a shipper does
// not. What a server lacks is replaced or left out, one after the other.
// Installing it again changes nothing.
//
// The template is for streams and backing indices that are made later; a
// stream that is there takes it up at its next rollover. Where Elasticsearch's
// own template for logs-*-* is there, a shipper needs no other.
//
// It does not use Config.Meter and Config.OnAlarm. Config.RequestTimeout
// bounds each request, ctx all of them. An error wraps ErrTemplate unless
// config or options are wrong.
func InstallTemplate(ctx context.Context, config Config, options TemplateOptions) (TemplateReport, error) {
	t, err := newTemplate(config, options)
	if err != nil || options.DryRun {
		return t.report, err
	}
	c, err := config.resolved()
	if err != nil {
		return TemplateReport{}, err
	}
	t.secrets = newSecrets(&c)
	t.config, t.client, t.tries = c, c.Client, max(1, len(c.Addresses))
	if t.client == nil {
		own, err := newOwnClient(c)
		if err != nil {
			return TemplateReport{}, err
		}
		defer own.close()
		t.client = own
	}
	if err := t.install(ctx); err != nil {
		return TemplateReport{}, fmt.Errorf("%w: %w", ErrTemplate, t.secrets.hide(err))
	}
	return t.report, nil
}

// indexTemplate is a template on its way to a server.
type indexTemplate struct {
	root    object
	report  TemplateReport
	config  Config
	client  Client
	secrets *secrets
	tries   int // of one request, over all addresses
}

func newTemplate(config Config, options TemplateOptions) (*indexTemplate, error) {
	t := &indexTemplate{}
	if options.Datasets == nil {
		options.Datasets = []string{orDefault(config.Dataset, "generic")}
	}
	if err := options.check(); err != nil {
		return t, err
	}
	t.root = templateRoot(options)
	t.report.Name = orDefault(options.Name, "spanlog-"+options.Datasets[0])
	t.report.Patterns = options.patterns()
	t.report.Body = t.root.json()
	return t, nil
}

func (o TemplateOptions) check() error {
	var errs []error
	if len(o.Datasets) == 0 {
		errs = append(errs, errors.New("elk: TemplateOptions.Datasets is empty"))
	}
	for _, dataset := range o.Datasets {
		if dataset == "" {
			errs = append(errs, errors.New("elk: a dataset is empty"))
		}
		errs = append(errs, checkName("Datasets", dataset))
	}
	switch {
	case o.Priority < 0:
		errs = append(errs, errors.New("elk: Priority is negative"))
	case o.Retention < 0:
		errs = append(errs, errors.New("elk: Retention is negative"))
	case o.Retention%time.Millisecond != 0:
		errs = append(errs, errors.New("elk: Retention is not a whole number of milliseconds"))
	case o.Retention > 0 && o.ILMPolicy != "":
		errs = append(errs, errors.New("elk: Retention and ILMPolicy are both set: the policy says how long"))
	}
	if o.Name != "" {
		errs = append(errs, checkTemplateName(o.Name))
	}
	return errors.Join(errs...)
}

// checkTemplateName refuses what would change the path of the request.
func checkTemplateName(name string) error {
	for _, r := range name {
		if !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' || r == '@') {
			return fmt.Errorf("elk: Name %q: a template is named with a-z, 0-9, and -_.@", name)
		}
	}
	return nil
}

func (o TemplateOptions) patterns() []string {
	patterns := make([]string, len(o.Datasets))
	for i, dataset := range o.Datasets {
		patterns[i] = "logs-" + dataset + "-*"
	}
	return patterns
}

// install sends the template until the server takes it, or refuses something
// that has no substitute. Each round uses one up, so it ends.
func (t *indexTemplate) install(ctx context.Context) error {
	for {
		t.report.Body = t.root.json()
		refused, err := t.put(ctx)
		if err != nil || refused == nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		fallback, ok := t.root.yield(refused.text)
		if !ok {
			return refused
		}
		t.report.Fallbacks = append(t.report.Fallbacks, fallback)
	}
}

// put sends the body; refused is a 400 of the server's.
func (t *indexTemplate) put(ctx context.Context) (refused *templateError, err error) {
	var answer reply
	for range t.tries {
		if answer = t.send(ctx); answer.err == nil || ctx.Err() != nil {
			break
		}
	}
	switch {
	case answer.err != nil:
		return nil, answer.err
	case answer.status == http.StatusBadRequest:
		return &templateError{answer.status, reasons(answer.body)}, nil
	case answer.status != http.StatusOK:
		return nil, &templateError{answer.status, reasons(answer.body)}
	}
	var ok struct {
		Acknowledged bool `json:"acknowledged"`
	}
	if err := json.Unmarshal(answer.body, &ok); err != nil || !ok.Acknowledged {
		return nil, errors.New("the answer does not acknowledge it")
	}
	return nil, nil
}

func (t *indexTemplate) send(ctx context.Context) (answer reply) {
	defer func() {
		if r := recover(); r != nil {
			answer = reply{err: fmt.Errorf("the client panicked: %v", r)}
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, t.config.RequestTimeout)
	defer cancel()
	header := http.Header{"Content-Type": {"application/json"}}
	if t.config.Credentials != nil {
		authorization, err := askCredentials(ctx, t.config.Credentials)
		if err != nil {
			return reply{err: err}
		}
		header.Set("Authorization", authorization)
	}
	body := bytes.NewReader(t.report.Body)
	res, err := esapi.IndicesPutIndexTemplateRequest{Name: t.report.Name, Body: body, Header: header}.
		Do(ctx, courier{client: t.client, length: body.Size()})
	if err != nil {
		return reply{err: err}
	}
	defer func() { _ = res.Body.Close() }()
	var buf bytes.Buffer
	from, err := openAnswer(res.Header, res.Body)
	if err == nil {
		err = readWhole(&buf, from)
	}
	if err != nil {
		return reply{err: err}
	}
	return reply{status: res.StatusCode, body: buf.Bytes()}
}

// templateError is what the server said against a template.
type templateError struct {
	status int
	text   string // all reasons of the answer
}

func (e *templateError) Error() string { return "status " + strconv.Itoa(e.status) + ": " + e.text }
