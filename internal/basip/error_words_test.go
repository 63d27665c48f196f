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

// An account of type admin cannot be told to be one: then it is the panel that
// forbids the operation.
func TestForbiddenExplainsTheAccount(t *testing.T) {
	t.Parallel()
	for account, test := range map[string]struct{ want, not []string }{
		`"account_type":"manager"`: {[]string{`Use an account of type admin; this one (admin) is of type "manager"`}, []string{"Link"}},
		`"account_type":"admin"`:   {[]string{"This account (admin) is of type admin", "users_upsert", "AA-14FB", "firmware", "BAS-IP Link"}, []string{"Use an account"}},
		`"account_type":"Admin"`:   {[]string{"is of type admin"}, []string{"Use an account"}},
		`"x":1`:                    {[]string{"did not tell the type of this account (admin)", "type admin"}, []string{"Use an account", "Link"}},
	} {
		t.Run(account, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.script(loginPath, func(p *panel, w http.ResponseWriter, _ *http.Request, _ []byte) {
				p.mu.Lock()
				defer p.mu.Unlock()
				p.tokens = append(p.tokens, "t")
				write(w, http.StatusOK, `{"token":"t",`+account+`}`)
			})
			p.always[usersUpsert] = says(http.StatusForbidden, `{"error":"Administrator rights required"}`)
			_, err := p.client(t).Users().Create(t.Context(), someone(1, "Ann"))
			var failed *Error
			if !errors.As(err, &failed) || failed.Problem != "denied the account permission" || failed.Words != "Administrator rights required" {
				t.Fatalf("error %#v, want the panel's refusal", err)
			}
			for _, text := range test.want {
				if !strings.Contains(failed.Hint, text) {
					t.Errorf("%q is not in the hint: %s", text, failed.Hint)
				}
			}
			for _, text := range test.not {
				if strings.Contains(failed.Hint, text) {
					t.Errorf("%q is in the hint: %s", text, failed.Hint)
				}
			}
			p.expect(t, usersUpsert, 1)
			p.expect(t, loginPath, 1)
		})
	}
}

// What a panel says of itself is fit for a terminal.
func TestWordsArePrintable(t *testing.T) {
	t.Parallel()
	const nasty = "\\u001b[2Jred\\u0007"
	for name, prepare := range map[string]func(*panel){
		"an error":           func(p *panel) { p.always[usersList] = says(http.StatusConflict, `{"error":"`+nasty+`"}`) },
		"an error's message": func(p *panel) { p.always[usersList] = says(http.StatusConflict, `{"error":{"message":"`+nasty+`"}}`) },
		"a message":          func(p *panel) { p.always[usersList] = says(http.StatusConflict, `{"message":"`+nasty+`"}`) },
		"a model":            func(p *panel) { p.info = `{"device_model":"` + nasty + `","device_type":"panel","api_version":"1.0"}` },
		"a device type":      func(p *panel) { p.info = `{"device_type":"` + nasty + `","api_version":"2.0"}` },
		"an account's type": func(p *panel) {
			p.script(loginPath, says(http.StatusOK, `{"token":"t","account_type":"`+nasty+`"}`))
			p.always[usersList] = says(http.StatusForbidden, "")
		},
		"a very long message": func(p *panel) {
			p.always[usersList] = says(http.StatusConflict, `{"error":"`+strings.Repeat("long ", 999)+`"}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			prepare(p)
			_, err := p.client(t).Users().Get(t.Context(), id(1))
			if err == nil || strings.ContainsAny(err.Error(), "\x1b\a") || strings.Contains(err.Error(), `\x1b`) || len(err.Error()) > 1000 {
				t.Errorf("error %q, want one that is printable and short", err)
			}
		})
	}
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
