package basip

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

func TestWordsOfAPanel(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ body, words string }{
		"a string":                    {`{"error":"Wrong JSON body"}`, "Wrong JSON body"},
		"with a parameter":            {"{\"error\":\"Wrong JSON body: no value for `name`\"}", "Wrong JSON body: no value for `name`"},
		"true":                        {`{"error":true}`, `{"error":true}`},
		"an object":                   {`{"error":{"code":"permission_denied","message":"No access","data":{"a":1}}}`, "permission_denied: No access"},
		"an object without message":   {`{"error":{"code":"not_valid"}}`, "not_valid"},
		"an object without code":      {`{"error":{"message":"No access"}}`, "No access"},
		"an object of another sort":   {`{"error":{"reason":7}}`, `{"error":{"reason":7}}`},
		"a message":                   {`{"message":"Busy"}`, "Busy"},
		"a number":                    {`{"error":7}`, `{"error":7}`},
		"HTML":                        {"<html>\n  <h1>502\tBad Gateway</h1>\r\n</html>\x00", "<html> <h1>502 Bad Gateway</h1> </html>"},
		"nothing":                     {"", ""},
		"white space":                 {" \n", ""},
		"text that is not UTF-8":      {"\xff\xfe!", "?!"},
		"a list":                      {`["a"]`, `["a"]`},
		"more than anybody will read": {strings.Repeat("ä", 1000), strings.Repeat("ä", 200) + "…"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.always[usersList] = says(http.StatusConflict, test.body)
			_, err := p.client(t).Users().Get(t.Context(), id(1))
			var failed *Error
			if !errors.As(err, &failed) || failed.Words != test.words {
				t.Fatalf("error %#v, want the words %q", err, test.words)
			}
			if !strings.Contains(err.Error(), "409 Conflict") || !strings.Contains(err.Error(), `panel "lobby"`) ||
				strings.Contains(err.Error(), "the panel says") != (test.words != "") {
				t.Errorf("the error does not tell what happened: %v", err)
			}
		})
	}
}

func TestForbiddenMentionsTheAccount(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.script(loginPath, func(p *panel, w http.ResponseWriter, _ *http.Request, _ []byte) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.tokens = append(p.tokens, "t")
		writeJSON(w, object{"token": "t", "account_type": "manager"})
	})
	p.always[usersUpsert] = says(http.StatusForbidden, `{"error":"Administrator rights required"}`)
	_, err := p.client(t).Users().Create(t.Context(), someone(1, "Ann"))
	for _, text := range []string{"Administrator rights required", `"manager"`, "(admin)", "type admin"} {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%q is not in the error: %v", text, err)
		}
	}
	p.expect(t, usersUpsert, 1)
	p.expect(t, loginPath, 1)
}

func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	var followed atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Add(1) }))
	defer elsewhere.Close()
	for _, route := range []string{infoPath, loginPath, usersList, usersUpsert} {
		t.Run(route, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.always[route] = func(_ *panel, w http.ResponseWriter, r *http.Request, _ []byte) {
				http.Redirect(w, r, elsewhere.URL+"/there?"+r.URL.RawQuery+"&x=secret", http.StatusTemporaryRedirect)
			}
			_, err := p.client(t).Users().Create(t.Context(), someone(1, "Ann"))
			var failed *Error
			if route == usersList { // the user is stored, and cannot be read back
				_, err = p.client(t).Users().Get(t.Context(), id(1))
			}
			if !errors.As(err, &failed) || failed.Status != http.StatusTemporaryRedirect {
				t.Fatalf("error %v, want the redirect", err)
			}
			if !strings.Contains(err.Error(), elsewhere.URL) {
				t.Errorf("the error does not tell where to: %v", err)
			}
			for _, secret := range []string{"secret", "E10ADC", "username", "limit=", "?"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error tells %q of the query: %v", secret, err)
				}
			}
		})
	}
	t.Cleanup(func() {
		if n := followed.Load(); n > 0 {
			t.Errorf("%d redirects were followed", n)
		}
	})
}

func TestUnreachablePanel(t *testing.T) {
	t.Parallel()
	c, err := New(config("http://127.0.0.1:1", nil)) // where nobody listens
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Users().Get(t.Context(), id(1))
	var failed *Error
	if !errors.As(err, &failed) || failed.Status != 0 || !strings.Contains(err.Error(), "can be reached") {
		t.Errorf("error %v", err)
	}
}
