package isc

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"
)

func TestWhatATenantSaysIsInTheError(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reply reply
		words []string
		not   string
	}{
		"error object": {
			says(400, `{"detailCode":"400.1.3 Illegal value","trackingId":"t-1","messages":[{"locale":"en-US","localeOrigin":"DEFAULT","text":"First."},{"text":"Second."}],"causes":[{"localeOrigin":null,"text":"First."},{"text":"Why."}]}`),
			[]string{"400 Bad Request", `"First.; Second.; Why."`, "detailCode 400.1.3 Illegal value", "trackingId t-1"},
			"",
		},
		"docs' 403": {
			says(403, `{"detailCode":"403 Forbidden","trackingId":"b21b1f7ce4da4d639f2c62a57171b427","messages":[{"text":"The server understood the request but refuses to authorize it."}]}`),
			[]string{"refuses to authorize it", "trackingId b21b1f7ce4da4d639f2c62a57171b427", "idn:identity-profile:read", "personal access token"},
			"",
		},
		"nulls":          {says(400, `{"detailCode":null,"trackingId":"t-2","messages":null,"causes":[null,5,{"text":null}]}`), []string{"400 Bad Request", "trackingId t-2"}, ""},
		"odd types":      {says(400, `{"detailCode":{"x":1},"trackingId":7,"messages":"no list"}`), []string{"400 Bad Request", "trackingId 7"}, ""},
		"error word":     {says(400, `{"error":"Bad things"}`), []string{`"Bad things"`}, ""},
		"message":        {says(400, `{"message":" Rate Limit Exceeded "}`), []string{`"Rate Limit Exceeded"`}, ""},
		"unknown object": {says(400, `{"fault":{"code":7}}`), []string{"fault", "code", "7"}, ""},
		"empty":          {says(400, ""), []string{"answered 400 Bad Request"}, "says"},
		"empty 418":      {says(599, ""), []string{"answered 599"}, ""},
		"page":           {says(503, "<html>\n<head><TITLE lang=en>\n Sorry,\n closed </TITLE></head><body>x</body></html>", "Content-Type", "text/html"), []string{`"Sorry, closed"`, "503"}, "<"},
		"page untitled":  {says(503, "<html><body>Closed</body></html>"), []string{"Closed"}, ""},
		"text":           {says(502, "upstream\tconnect\x00 error\xff"), []string{`"upstream connect error?"`}, ""},
		"long text":      {says(400, strings.Repeat("word ", 100000)), []string{"word word", "…"}, strings.Repeat("word ", 200)},
		"cut JSON":       {says(400, `{"messages":[{"text":"`+strings.Repeat("x", 100000)+`"}]}`), []string{"400", "xxx"}, strings.Repeat("x", 1000)},
		"odd encoding":   {says(400, `{"messages":[{"text":"Readable."}]}`, "Content-Encoding", "UTF-8"), []string{`"Readable."`}, ""},
		"redirect":       {says(302, "", "Location", "https://login.example.com/x?y"), []string{"302", "not followed", "https://login.example.com."}, "?y"},
		"repeats secrets": {
			func(_ *tenant, w http.ResponseWriter, r *http.Request, _ []byte) {
				write(w, 400, `{"error":"odd header `+r.Header.Get("Authorization")+` for `+secret+`"}`)
			},
			[]string{"odd header Bearer [secret] for [secret]"},
			"token-1",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTenant(wire(a, "Staff", ""))
			s.always[getPrefix+a] = test.reply
			_, err := s.client(t).Profile(t.Context(), a)
			contains(t, err, append(test.words, "tenant 127.0.0.1:", "read identity profile "+a, "GET /identity-profiles/v1/"+a)...)
			if err != nil && test.not != "" && strings.Contains(err.Error(), test.not) {
				t.Errorf("%q is in the error: %v", test.not, err)
			}
			if err != nil && len(err.Error()) > 2000 {
				t.Errorf("the error is %d long", len(err.Error()))
			}
			if errors.Is(err, ErrNotFound) {
				t.Error("it passes for a profile that is not there")
			}
		})
	}
}

func TestStatusCountsAlsoWhenTheBodyBreaksOff(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Staff", ""))
	s.always[deleteRoute] = func(_ *tenant, w http.ResponseWriter, _ *http.Request, _ []byte) {
		w.Header().Set("Content-Length", "1000")
		w.WriteHeader(403)
		_, _ = w.Write([]byte("half a ")) // the server cuts the connection then
	}
	_, err := s.client(t).StartDeletion(t.Context(), a)
	if !errors.Is(err, ErrForbidden) || uncertain(err) {
		t.Errorf("error %v, want the 403", err)
	}
	contains(t, err, "half a", rightDelete)
}

func TestSuccessThatIsNone(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"page": "<html><title>Portal</title></html>", "list": `[]`, "null": `null`, "empty": "", "text": "OK", "number": "7",
		"odd name": `{"id":"x","name":{"a":1}}`, "odd owner": `{"owner":"me"}`,
		"odd mappings": `{"identityAttributeConfig":{"attributeTransforms":{"x":1}}}`, "odd priority": `{"priority":1.5}`,
		"odd flag": `{"hasTimeBasedAttr":"perhaps"}`, "half": `{"id":"x","name":`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTenant()
			s.always[getPrefix+a] = says(200, body)
			_, err := s.client(t).Profile(t.Context(), a)
			if failed := as[*Error](t, err); failed.Status != 200 || errors.Is(err, ErrNotFound) {
				t.Errorf("error %v", err)
			}
			contains(t, err, "not what a tenant answers", "base URL")
			if name == "page" {
				contains(t, err, "Portal")
			}
		})
	}
}

func TestEndlessAnswerIsAnError(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth/token" {
			write(w, 200, `{"access_token":"x","expires_in":100}`)
			return
		}
		block := bytes.Repeat([]byte(" "), 1<<20)
		for range 20 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	c, err := New(config(server.URL, nil))
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Profiles(t.Context(), Query{})
	contains(t, err, "larger than this client reads")
}

func TestNothingListens(t *testing.T) {
	t.Parallel()
	c, err := New(config("http://127.0.0.1:1", nil))
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.StartDeletion(t.Context(), a)
	contains(t, err, "refused", "Nothing was sent", "Check the base URL")
	if uncertain(err) {
		t.Error("the deletion passes for one that may have begun")
	}
}

func TestServerFaultsAreRepeatedForReadsOnly(t *testing.T) {
	t.Parallel()
	calls := map[string]struct {
		do   func(context.Context, *Client) error
		sent int
	}{
		getPrefix + a: {func(ctx context.Context, c *Client) error { _, err := c.Profile(ctx, a); return err }, 3},
		listRoute:     {func(ctx context.Context, c *Client) error { _, err := c.Profiles(ctx, Query{}); return err }, 3},
		loginRoute:    {func(ctx context.Context, c *Client) error { _, err := c.Profile(ctx, a); return err }, 1},
		createRoute: {func(ctx context.Context, c *Client) error {
			_, err := c.CreateProfile(ctx, NewProfile{Name: "New", Source: Reference{ID: "other"}})
			return err
		}, 1},
		deleteRoute: {func(ctx context.Context, c *Client) error { _, err := c.StartDeletion(ctx, a); return err }, 1},
	}
	for route, call := range calls {
		for name, fault := range map[string]reply{"500": says(500, errorBody("500.0 Internal Fault", "An internal fault occurred.")), "cut": cut} {
			t.Run(route+" "+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := newTenant(wire(a, "Staff", ""))
					s.always[route] = fault
					if err := call.do(t.Context(), s.inMemory(t)); err == nil {
						t.Error("no error")
					}
					s.expect(t, route, call.sent)
				})
			})
		}
	}
}

func TestLogTellsNoSecret(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Staff", ""))
	s.running = 1
	s.script(taskRoute, says(500, "secret-body"))
	s.script(loginRoute, nil, says(500, "secret-body"))
	c := s.client(t, func(cfg *Config) { cfg.ClientSecret = "secret-secret" })
	var log bytes.Buffer
	ctx := tflogtest.RootLogger(t.Context(), &log)
	if _, err := c.Profile(ctx, a); err != nil {
		t.Fatal(err)
	}
	d, err := c.StartDeletion(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.AwaitDeletion(ctx, d, a); err != nil {
		t.Fatal(err)
	}
	if text := log.String(); strings.Contains(text, "secret-secret") || strings.Contains(text, "token-") || !strings.Contains(text, taskID) {
		t.Errorf("the log:\n%s", text)
	}
}

func TestDeprecationIsLogged(t *testing.T) {
	t.Parallel()
	s := newTenant()
	s.always[getPrefix+a] = says(200, `{"id":"`+a+`"}`, "X-Deprecated", "true")
	var log bytes.Buffer
	if _, err := s.client(t).Profile(tflogtest.RootLogger(t.Context(), &log), a); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "deprecated") {
		t.Errorf("the log:\n%s", log.String())
	}
}
