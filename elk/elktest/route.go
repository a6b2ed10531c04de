package elktest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// call is one request on its way through a handler.
type call struct {
	request *http.Request
	args    []string // what stands for the wild segments of the route
	params  map[string]string
	body    []byte
}

// route is one path with its methods. A segment "*" is wild.
type route struct {
	methods  []string
	segments []string
	params   []string // known query parameters beside filter_path
	body     bool     // may have a body
	handle   func(*Server, *call) (any, error)
}

// routes is everything elktest knows.
func routes() []route {
	bulk := []string{"refresh", "timeout", "wait_for_active_shards", "require_data_stream", "include_source_on_error", "pipeline"}
	search := []string{"size", "from", "ignore_unavailable"}
	write, read := []string{"POST", "PUT"}, []string{"GET", "POST"}
	return []route{
		{[]string{"GET", "HEAD"}, nil, nil, false, (*Server).info},
		{write, []string{"_bulk"}, bulk, true, (*Server).bulk},
		{write, []string{"*", "_bulk"}, bulk, true, (*Server).bulk},
		{write, []string{"_index_template", "*"}, nil, true, (*Server).putTemplate},
		{[]string{"GET"}, []string{"_index_template", "*"}, nil, false, (*Server).getTemplate},
		{[]string{"GET"}, []string{"_cluster", "health"}, []string{"timeout", "wait_for_status"}, false, (*Server).health},
		{read, []string{"*", "_search"}, search, true, (*Server).search},
		{read, []string{"*", "_count"}, []string{"ignore_unavailable"}, true, (*Server).count},
		{read, []string{"*", "_mget"}, nil, true, (*Server).multiGet},
		{[]string{"GET"}, []string{"_resolve", "index", "*"}, nil, false, (*Server).resolveIndex},
		{[]string{"PUT"}, []string{"*", "_settings"}, nil, true, (*Server).putSettings},
		{[]string{"POST"}, []string{"*", "_rollover"}, nil, true, (*Server).rollover},
		{read, []string{"*", "_refresh"}, []string{"ignore_unavailable"}, false, (*Server).refresh},
	}
}

func isBulk(r *http.Request) bool {
	return (r.Method == "POST" || r.Method == "PUT") && (r.URL.Path == "/_bulk" || strings.HasSuffix(r.URL.Path, "/_bulk"))
}

// find returns the route of a request with its wild segments. A path that is known with other methods is a 405.
func find(r *http.Request) (route, []string, *refusal) {
	segments := split(r.URL.EscapedPath())
	for _, candidate := range routes() {
		args, ok := candidate.match(segments)
		switch {
		case !ok:
		case slices.Contains(candidate.methods, r.Method):
			return candidate, args, nil
		case candidate.refusesMethod(r.Method):
			text := fmt.Sprintf("Incorrect HTTP method for uri [%s] and method [%s], allowed: [%s]", r.RequestURI, r.Method, strings.Join(candidate.methods, ", "))
			return route{}, nil, &refusal{status: http.StatusMethodNotAllowed, body: object{{"error", text}, {"status", http.StatusMethodNotAllowed}}}
		}
	}
	text := fmt.Sprintf("no handler found for uri [%s] and method [%s]", r.RequestURI, r.Method)
	return route{}, nil, &refusal{status: http.StatusBadRequest, body: object{{"error", text}}}
}

// refusesMethod tells whether a real server, too, has no such method there: it knows more of a template than PUT.
func (r route) refusesMethod(method string) bool {
	if len(r.segments) > 0 && r.segments[0] == "_index_template" {
		return method != "GET" && method != "HEAD" && method != "DELETE"
	}
	return true
}

func split(path string) []string {
	var segments []string
	for s := range strings.SplitSeq(path, "/") {
		if s == "" {
			continue
		}
		if plain, err := url.PathUnescape(s); err == nil {
			s = plain
		}
		segments = append(segments, s)
	}
	return segments
}

func (r route) match(segments []string) ([]string, bool) {
	if len(segments) != len(r.segments) {
		return nil, false
	}
	var args []string
	for i, want := range r.segments {
		switch {
		case want == "*" && !strings.HasPrefix(segments[i], "_"):
			args = append(args, segments[i])
		case want != segments[i]:
			return nil, false
		}
	}
	return args, true
}

// readParams returns the query parameters; one that the route does not know refuses the request.
func (r route) readParams(req *http.Request, p Profile) (map[string]string, error) {
	values, err := url.ParseQuery(req.URL.RawQuery)
	if err != nil {
		return nil, illegal("%s", err.Error())
	}
	params := map[string]string{}
	var unknown []string
	for name, v := range values {
		if name != "filter_path" && !slices.Contains(r.params, name) || p.lacks(name) {
			unknown = append(unknown, p.unrecognized(name))
		}
		params[name] = v[len(v)-1]
	}
	if len(unknown) == 0 {
		return params, nil
	}
	slices.Sort(unknown)
	word := "parameter"
	if len(unknown) > 1 {
		word += "s"
	}
	return nil, illegal("request [%s] contains unrecognized %s: %s", req.URL.Path, word, strings.Join(unknown, ", "))
}

// flag reads a boolean parameter; present without a value is true.
func (c *call) flag(name string, absent bool) (bool, error) {
	text, ok := c.params[name]
	switch {
	case !ok:
		return absent, nil
	case text == "":
		return true, nil
	}
	return parseBoolean(text)
}

// object parses the body. An empty one is nil, or refused when it is required.
func (c *call) object(required bool) (*node, error) {
	root, end, err := parseJSON(c.body)
	switch {
	case err != nil:
		return nil, refuse(http.StatusBadRequest, err.problem(c.body, true))
	case root == nil && required:
		return nil, bodyRequired()
	case root == nil:
		return &node{kind: kindObject}, nil
	case root.kind != kindObject || end < len(c.body):
		return nil, refuse(http.StatusBadRequest, &problem{kind: "parsing_exception", reason: "Expected one [START_OBJECT] as the body"})
	}
	return root, nil
}

func bodyRequired() *refusal {
	return refuse(http.StatusBadRequest, &problem{kind: "parse_exception", reason: "request body is required"})
}
