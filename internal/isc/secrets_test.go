package isc

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode"
)

func TestSecretsInEverySpelling(t *testing.T) {
	t.Parallel()
	every := func(format string) func(string) string {
		return func(secret string) string {
			var b strings.Builder
			for _, c := range []byte(secret) {
				fmt.Fprintf(&b, format, c)
			}
			return b.String()
		}
	}
	inJSON := func(text string) string {
		data, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Trim(string(data), `"`)
	}
	spellings := map[string]func(string) string{
		"as it is":          func(s string) string { return s },
		"query":             url.QueryEscape,
		"path":              url.PathEscape,
		"lower case":        every("%%%02x"),
		"twice in a URL":    func(s string) string { return url.QueryEscape(url.QueryEscape(s)) },
		"escaped slash":     func(s string) string { return strings.ReplaceAll(s, "/", `\/`) },
		"JSON":              inJSON,
		"twice in JSON":     func(s string) string { return inJSON(inJSON(s)) },
		"JSON, code points": every(`\u%04X`),
		"HTML":              html.EscapeString,
		"HTML, twice":       func(s string) string { return html.EscapeString(html.EscapeString(s)) },
		"HTML, code points": every("&#x%x;"),
		"HTML, decimal":     every("&#%d;"),
		"URL in JSON":       func(s string) string { return inJSON(url.QueryEscape(s)) },
	}
	for _, secret := range []string{secret, `a/b<c>d&e"f'g`, `back\slash\\two`, "100%25 +more", "plain"} {
		for name, spell := range spellings {
			if name == "twice in JSON" && strings.Contains(secret, `\\`) {
				continue // which differs by the number of backslashes alone
			}
			text := "before " + spell(secret) + " after"
			if got := withoutSecrets(text, secret); !strings.HasPrefix(got, "before [secret]") || !strings.HasSuffix(got, " after") {
				t.Errorf("%s of %s: %q becomes %q", name, secret, text, got)
			}
		}
		for _, text := range []string{"", "nothing of it", secret[:len(secret)-1], `{"a":"b\/c\u003c%2f&lt;"}`} {
			if got := withoutSecrets(text, secret, ""); got != text {
				t.Errorf("%q becomes %q", text, got)
			}
		}
	}
}

// What a tenant says reaches a message in a line, printable, short, and without what
// it repeats of the request.
func TestWordsOfATenantArePrintable(t *testing.T) {
	t.Parallel()
	const odd = `\u001b[31m\u202ered\u009b\n\ttwo`
	long := strings.Repeat("long ", 1000)
	token := func(r *http.Request) string { return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ") }
	bodies := map[string]func(*http.Request) string{
		"error object": func(r *http.Request) string {
			return `{"detailCode":"` + odd + long + `","trackingId":"` + odd + `\u0074oken` + strings.TrimPrefix(token(r), "token") + `","messages":[{"text":"` + odd + `"}` +
				strings.Repeat(`,{"text":"`+long+`"},{"text":"x\u0073\u0033cr\u0026t+value"}`, 50) + `]}`
		},
		"message": func(*http.Request) string { return `{"message":"` + odd + ` s3cr%26t+%2bvalue"}` },
		"page":    func(*http.Request) string { return "<title>\x1b[2J s3cr&amp;t +value " + long + "</title>" },
		"text":    func(r *http.Request) string { return "\x1b]0;x\a" + token(r) + long },
	}
	for name, body := range bodies {
		for _, status := range []int{200, 400} {
			t.Run(fmt.Sprint(name, " ", status), func(t *testing.T) {
				t.Parallel()
				s := newTenant(wire(a, "Staff", ""))
				s.always[getPrefix+a] = func(_ *tenant, w http.ResponseWriter, r *http.Request, _ []byte) { write(w, status, body(r)) }
				_, err := s.client(t).Profile(t.Context(), a)
				if err == nil {
					t.Fatal("no error")
				}
				text := err.Error()
				if len(text) > 2500 || strings.Contains(text, "token-1") || strings.Contains(text, "s3cr&") || strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
					t.Errorf("%d bytes: %q", len(text), text)
				}
			})
		}
	}
}

func TestWordsOfATaskArePrintable(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Staff", ""))
	s.always[taskRoute] = func(_ *tenant, w http.ResponseWriter, r *http.Request, _ []byte) {
		write(w, 200, `{"id":"`+taskID+`","completionStatus":"\u001b[2JFAILED\u202e`+strings.Repeat("X", 5000)+`","messages":[{"key":"\u001b[31m"},{"localizedText":{"message":"\u0074oken-1\u0007`+strings.Repeat(" x", 5000)+`"}}]}`)
	}
	_, err := destroy(t.Context(), s.client(t))
	failed := as[*TaskError](t, err)
	if !strings.HasPrefix(failed.Status, "[2JFAILED X") || failed.Messages[0] != "[31m" || !strings.HasPrefix(failed.Messages[1], "[secret] x") {
		t.Errorf("%+v", failed)
	}
	if text := err.Error(); len(text) > 2000 || strings.ContainsAny(text, "\x1b\u202e\a") {
		t.Errorf("%q", text)
	}
}

// The state of a task belongs to the task that was asked for.
func TestTaskOfAnotherIsNotTheEnd(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Staff", ""))
	s.script(taskRoute, says(200, `{"id":"another","completionStatus":"ERROR"}`))
	if _, err := destroy(t.Context(), s.client(t)); err != nil && !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	s.expect(t, taskRoute, 2)
}
