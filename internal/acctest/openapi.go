package acctest

import (
	"bytes"
	"context"
	_ "embed" // the OpenAPI document
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

//go:embed isc.openapi.yaml
var openAPI []byte

// contract finds the operation of the OpenAPI document that a request is.
var contract = sync.OnceValues(func() (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err != nil {
		return nil, err
	}
	return legacy.NewRouter(doc)
})

// An inspector is a proxy before a tenant that holds every request and every
// answer against the OpenAPI document, and passes them on as they are.
type inspector struct {
	report func(format string, values ...any) // for what is not in the document
	router routers.Router
	spoilt []string // operations, as "GET /task-status/v1/{id}", with answers that are wrong on purpose

	mu   sync.Mutex
	seen map[string]bool // spoilt operations that had one, and what was reported
}

// reportOnce reports what is wrong with an exchange, but not again and again.
func (i *inspector) reportOnce(what string, err error, body string) {
	why, _, _ := strings.Cut(err.Error(), "\nSchema:") // which follows with all that is in it
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.seen[what+why] {
		i.seen[what+why] = true
		i.report("%s is not as the contract has it: %s\n%s", what, why, body)
	}
}

// inspect starts an inspector before a tenant and returns its URL. It ends with
// the test.
func inspect(t *testing.T, tenant string, report func(string, ...any), spoilt ...string) string {
	t.Helper()
	router, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(tenant)
	if err != nil {
		t.Fatal(err)
	}
	// A connection that is used twice makes the transport itself repeat requests,
	// which must be left to the provider.
	upstream := &http.Transport{DisableKeepAlives: true, DisableCompression: true}
	i := &inspector{report: report, router: router, spoilt: spoilt, seen: map[string]bool{}}
	server := httptest.NewServer(i.before(&httputil.ReverseProxy{
		Transport:      upstream,
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ModifyResponse: i.after,
		ErrorHandler:   func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }, // passes a cut on
		ErrorLog:       log.New(io.Discard, "", 0),
	}))
	t.Cleanup(func() {
		server.Close()
		upstream.CloseIdleConnections()
		i.mu.Lock()
		defer i.mu.Unlock()
		for _, name := range spoilt {
			if !i.seen[name] {
				report("no answer to %s was wrong: the test need not ask for leniency", name)
			}
		}
	})
	return server.URL
}

// before inspects requests.
func (i *inspector) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler) // the client is gone
		}
		if input, err := i.input(r, body); err != nil {
			i.reportOnce("request "+r.Method+" "+r.URL.Path, err, "")
		} else if err := validRequest(r.Context(), input); err != nil {
			i.reportOnce("request "+operation(input), err, bare(input, body))
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
}

// after inspects answers.
func (i *inspector) after(resp *http.Response) error {
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	input, err := i.input(resp.Request, nil)
	if err != nil {
		return nil // it was reported with the request
	}
	err = openapi3filter.ValidateResponse(resp.Request.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: resp.StatusCode, Header: resp.Header, Body: io.NopCloser(bytes.NewReader(body)), Options: input.Options,
	})
	if encoding := resp.Header.Get("Content-Encoding"); err == nil && encoding != "" {
		err = fmt.Errorf("the content encoding is %q", encoding)
	}
	if err == nil && resp.StatusCode >= 300 && resp.StatusCode < 400 {
		err = errors.New("the tenant does not redirect")
	}
	if err == nil {
		return nil
	}
	if slices.Contains(i.spoilt, operation(input)) {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.seen[operation(input)] = true
		return nil
	}
	i.reportOnce(fmt.Sprintf("answer %d to %s", resp.StatusCode, operation(input)), err, bare(input, body))
	return nil
}

// operation names an operation of the document, as "GET /task-status/v1/{id}".
func operation(input *openapi3filter.RequestValidationInput) string {
	return input.Route.Method + " " + input.Route.Path
}

// legacyPath is one of the vendor's older forms of the same calls (contract §1.4).
var legacyPath = regexp.MustCompile(`^/(?:v3|v2024|v2025|v2026)/([a-z-]+)`)

// input finds the operation that a request is.
func (i *inspector) input(r *http.Request, body []byte) (*openapi3filter.RequestValidationInput, error) {
	r = r.Clone(r.Context())
	r.URL.Path = legacyPath.ReplaceAllString(r.URL.Path, "/$1/v1")
	r.Body = io.NopCloser(bytes.NewReader(body))
	route, path, err := i.router.FindRoute(r)
	if err != nil {
		return nil, err
	}
	return &openapi3filter.RequestValidationInput{
		Request: r, Route: route, PathParams: path,
		Options: &openapi3filter.Options{
			IncludeResponseStatus: true, RejectWhenRequestBodyNotSpecified: true, SkipSettingDefaults: true,
			AuthenticationFunc: hasToken,
		},
	}, nil
}

func validRequest(ctx context.Context, input *openapi3filter.RequestValidationInput) error {
	for name := range input.Request.URL.Query() {
		if input.Route.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			return fmt.Errorf("the query has %q", name)
		}
	}
	return openapi3filter.ValidateRequest(ctx, input)
}

func hasToken(_ context.Context, input *openapi3filter.AuthenticationInput) error {
	if token, ok := strings.CutPrefix(input.RequestValidationInput.Request.Header.Get("Authorization"), "Bearer "); !ok || token == "" {
		return errors.New("it has no token")
	}
	return nil
}

// bare is a body as it may be shown.
func bare(input *openapi3filter.RequestValidationInput, body []byte) string {
	if strings.HasPrefix(input.Route.Path, "/oauth/") {
		return "(not shown)"
	}
	return string(body)
}
