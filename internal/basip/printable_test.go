package basip

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode"
)

// evil is text of a panel that would do something to a terminal, and is long.
var evil = "\x1b[31m\u009b2J\u202eevil\u2066\x07\r\n\u200b" + strings.Repeat("x", 5000)

func TestTextOfAPanelIsPrintableAndShort(t *testing.T) {
	t.Parallel()
	quoted, err := json.Marshal(evil)
	if err != nil {
		t.Fatal(err)
	}
	text := string(quoted)
	tests := map[string]func(*panel){
		"error": func(p *panel) { p.always[usersDelete] = says(http.StatusBadRequest, `{"error":`+text+`}`) },
		"code":  func(p *panel) { p.always[usersDelete] = says(http.StatusBadRequest, `{"error":{"code":`+text+`}}`) },
		"message": func(p *panel) {
			p.always[usersDelete] = says(http.StatusBadRequest, `{"error":true,"message":`+text+`}`)
		},
		"page":         func(p *panel) { p.always[usersDelete] = says(http.StatusBadGateway, evil) },
		"success page": func(p *panel) { p.always[usersDelete] = says(http.StatusOK, evil) },
		"outcome":      func(p *panel) { p.always[usersDelete] = outcomeOf(1, `"success":false,"extended_info":`+text) },
		"outcomes": func(p *panel) {
			p.always[usersDelete] = outcomeOf(1, `"success":false,"extended_info":[`+text+`,`+text+`]`)
		},
		"account_type": func(p *panel) {
			p.always[loginPath] = says(http.StatusOK, `{"token":"token-token","account_type":`+text+`}`)
			p.always[usersList] = says(http.StatusForbidden, `{}`)
		},
		"device_type":    func(p *panel) { p.info = `{"device_type":` + text + `}` },
		"device_model":   func(p *panel) { p.info = `{"device_type":"panel","api_version":"1.0","device_model":` + text + `}` },
		"firmware":       func(p *panel) { p.info = `{"device_type":"panel","api_version":"1.0","firmware_version":` + text + `}` },
		"api_version":    func(p *panel) { p.info = `{"device_type":"panel","api_version":"1.` + text[1:] + `}` },
		"name of a user": func(p *panel) { p.users[0]["name"], p.users[0]["lock_number"] = evil[:40], 9 },
		"redirect": func(p *panel) {
			p.always[usersDelete] = func(_ *panel, w http.ResponseWriter, _ *http.Request, _ []byte) {
				w.Header().Set("Location", "http://%E2%80%AE"+strings.Repeat("x", 5000)+"/")
				w.WriteHeader(http.StatusFound)
			}
		},
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = []object{wire(1, "Ann", "")}
			spoil(p)
			users := p.client(t).Users()
			_, err := users.Get(t.Context(), id(1))
			if err == nil {
				_, err = users.Delete(t.Context(), id(1))
			}
			if err == nil {
				t.Fatal("no error")
			}
			if len([]rune(err.Error())) > 1000 || strings.ContainsFunc(err.Error(), func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("error %q", err)
			}
		})
	}
}

func TestSecretIsTakenOutInEverySpelling(t *testing.T) {
	t.Parallel()
	const token = "a/b<c>d+e=f&g-secret"
	spellings := map[string]string{
		"plain":            token,
		"upper case":       strings.ToUpper(token),
		"URL":              url.QueryEscape(token),
		"URL, lower case":  strings.ToLower(url.QueryEscape(token)),
		"URL, twice":       url.QueryEscape(url.QueryEscape(token)),
		"HTML":             strings.NewReplacer("/", "&#47;", "<", "&#x3C;", "&", "&#038;").Replace(token),
		"JSON in a string": strings.NewReplacer("/", `\\/`, "<", `\\u003c`).Replace(token),
	}
	for name, spelt := range spellings {
		for shape, body := range map[string]string{
			"text":           `{"error":"no page for ` + strings.ReplaceAll(spelt, `\\`, `\`) + ` here"}`,
			"escaped":        `{"error":"no page for ` + escaped(spelt) + ` here"}`,
			"page, not JSON": "<html>no page for " + spelt + " here</html>",
		} {
			t.Run(name+", "+shape, func(t *testing.T) {
				t.Parallel()
				p := newPanel()
				p.always[loginPath] = says(http.StatusOK, fmt.Sprintf(`{"token":%q,"account_type":"admin"}`, token))
				p.always[usersList] = says(http.StatusBadRequest, body)
				_, err := p.client(t).Users().Get(t.Context(), id(1))
				if err == nil || !strings.Contains(err.Error(), "no page for [secret] here") {
					t.Errorf("error %v", err)
				}
			})
		}
	}
}

// escaped writes each character of a text as an escape of JSON.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		fmt.Fprintf(&b, `\u%04x`, r)
	}
	return b.String()
}
