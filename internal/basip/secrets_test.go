package basip

import (
	"bytes"
	"context"
	"crypto/md5" // what the panel wants
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"
)

const (
	secretPassword = "correct-horse-battery"
	secretToken    = "0123456789abcdefToken0123456789abcdef"
	secretCode     = "4711-door-code"
)

// echo answers with the request, as the error pages of web servers do.
func echo(status int) answer {
	return func(_ *panel, w http.ResponseWriter, r *http.Request, body []byte) {
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "<html>%s %s %s %s %s</html>", r.Method, r.URL, strings.ToLower(r.URL.RawQuery), r.Header.Get("Authorization"), body)
	}
}

// leaks reports the secrets that a text holds, in whichever case.
func leaks(text string) (found []string) {
	sum := md5.Sum([]byte(secretPassword))
	for _, secret := range []string{secretPassword, hex.EncodeToString(sum[:]), secretToken, secretCode} {
		if strings.Contains(strings.ToLower(text), strings.ToLower(secret)) {
			found = append(found, secret)
		}
	}
	return found
}

func TestNothingTellsASecret(t *testing.T) {
	t.Parallel()
	withCode := `{"identifiers":[{"identifier_uid":4,"identifier_type":"inputCode","identifier_number":"` + secretCode + `"}]}`
	answers := map[string]answer{
		"as it should": nil,
		"cut":          cut,
		"redirect": func(_ *panel, w http.ResponseWriter, r *http.Request, _ []byte) {
			http.Redirect(w, r, "http://"+r.Host+"/x?"+r.URL.RawQuery, http.StatusFound)
		},
		"echo with 200": echo(200),
		"echo with 400": echo(400),
		"echo with 401": echo(401),
		"echo with 403": echo(403),
		"echo with 404": echo(404),
		"echo with 500": echo(500),
		"echo as an error": func(_ *panel, w http.ResponseWriter, r *http.Request, _ []byte) {
			w.WriteHeader(http.StatusConflict)
			_, _ = fmt.Fprintf(w, `{"error":{"code":%q,"message":%q}}`, r.URL.RawQuery, r.Header.Get("Authorization"))
		},
		"another form":   says(200, `{"token":"`+secretToken+`","account_type":5,"list_items":{"number":"`+secretCode+`"},"result":"`+secretCode+`","device_type":[]}`),
		"the first half": says(200, `{"token":"`+secretToken+`","list_items":[{"number":"`+secretCode+`"`),
	}
	for _, route := range []string{infoPath, loginPath, usersAll, usersList, usersUpsert, usersDelete} {
		for name, other := range answers {
			t.Run(route+", "+name, func(t *testing.T) {
				t.Parallel()
				p := newPanel()
				p.users = []object{wire(1, "Ann", withCode), wire(3, "Eva", withCode)}
				p.script(loginPath)
				p.always[loginPath] = func(p *panel, w http.ResponseWriter, _ *http.Request, _ []byte) {
					p.mu.Lock()
					defer p.mu.Unlock()
					p.tokens = []string{secretToken}
					writeJSON(w, object{"token": secretToken, "account_type": "admin"})
				}
				if other != nil {
					p.always[route] = other
				}
				c := p.client(t, func(cfg *Config) { cfg.Password = secretPassword })
				var log lockedBuffer // a call goes on for the others when one has left
				ctx, cancel := context.WithTimeout(tflogtest.RootLogger(t.Context(), &log), 200*time.Millisecond)
				defer cancel()
				for call, do := range everyCall() {
					if err := do(ctx, c); err != nil && len(leaks(err.Error())) > 0 {
						t.Errorf("%s: the error tells %q: %v", call, leaks(err.Error()), err)
					}
				}
				if !strings.Contains(log.String(), "/api/info") {
					t.Errorf("the requests were not logged: %s", &log)
				}
				if found := leaks(log.String()); len(found) > 0 {
					t.Errorf("the log tells %q:\n%s", found, &log)
				}
			})
		}
	}
}

// lockedBuffer is a buffer for several goroutines.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

func TestPasswordDoesNotStayInMemory(t *testing.T) {
	t.Parallel()
	c, err := New(config("http://panel.test", []func(*Config){func(cfg *Config) { cfg.Password = secretPassword }}))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(fmt.Sprintf("%+v", c), secretPassword) {
		t.Error("the client keeps the password in clear")
	}
}
