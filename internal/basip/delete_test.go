package basip

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
)

func TestDeletionRequest(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users, p.profiles = []object{wire(1, "Ann", ""), wire(2, "Bob", "")}, []object{wireProfile(7, "Office", "")}
	c := p.client(t)
	if warnings, err := c.Users().Delete(t.Context(), id(1)); err != nil || len(warnings) > 0 {
		t.Errorf("warnings %q, %v", warnings, err)
	}
	if _, err := c.TimeProfiles().Delete(t.Context(), id(7)); err != nil {
		t.Error(err)
	}
	if p.user(1) != nil || p.user(2) == nil {
		t.Error("the wrong user was deleted")
	}
	for route, n := range map[string]int{usersDelete: 1, profilesDel: 7} {
		p.expect(t, route, 1)
		request := p.sent(route)[0]
		if want := `{"link_ids":["` + id(n).String() + `"]}`; request.body != want || len(request.query) != 0 {
			t.Errorf("%s with query %v and body %s, want %s", route, request.query, request.body, want)
		}
		if request.header.Get("Content-Type") != "application/json" || request.header.Get("Content-Length") != fmt.Sprint(len(request.body)) {
			t.Errorf("%s with headers %v", route, request.header)
		}
	}
}

func TestDeletionIsProvenByALaterListing(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "Ann", "")}
	if _, err := p.client(t).Users().Delete(t.Context(), id(1)); err != nil {
		t.Fatal(err)
	}
	if routes := p.routes(); routes[len(routes)-1] != usersList || routes[len(routes)-2] != usersDelete {
		t.Errorf("requests %v, want a listing after the deletion", routes)
	}
}

func TestOutcomeOfADeletion(t *testing.T) {
	t.Parallel()
	const word = `"success":%t,"extended_info":"%s"`
	twice := func(first, second string) answer {
		link := `{"link_id":"` + id(1).String() + `",`
		return outcome(link + first + "}," + link + second + "}")
	}
	tests := map[string]struct {
		outcome answer
		words   string
		good    bool
	}{
		"deleted":                    {outcomeOf(1, fmt.Sprintf(word, true, "deleted")), "", true},
		"not_found":                  {outcomeOf(1, fmt.Sprintf(word, false, "not_found")), "", true},
		"entity_not_found":           {outcomeOf(1, fmt.Sprintf(word, false, "entity_not_found")), "", true},
		"deleted, older panel":       {outcomeOf(1, `"extended_info":"deleted"`), "", true},
		"not_found, older panel":     {outcomeOf(1, `"extended_info":"not_found"`), "", true},
		"documented example":         {twice(fmt.Sprintf(word, true, "deleted"), fmt.Sprintf(word, false, "not_found")), "", true},
		"other order":                {outcome(`{"link_id":"` + id(9).String() + `","success":false,"extended_info":"wrong_rule"},{"extended_info":"deleted","success":true,"link_id":"` + id(1).String() + `"}`), "", true},
		"link_id in upper case":      {outcome(`{"link_id":"` + strings.ToUpper(id(1).String()) + `","success":true,"extended_info":"deleted"}`), "", true},
		"deleted, but no success":    {outcomeOf(1, fmt.Sprintf(word, false, "deleted")), "deleted", false},
		"created":                    {outcomeOf(1, fmt.Sprintf(word, true, "created")), "created", false},
		"a word nobody knows":        {outcomeOf(1, fmt.Sprintf(word, true, "removed")), "removed", false},
		"wrong_areas":                {outcomeOf(1, fmt.Sprintf(word, false, "wrong_areas")), "wrong_areas", false},
		"refused, older panel":       {outcomeOf(1, `"extended_info":"wrong_rule"`), "wrong_rule", false},
		"deleted and another word":   {outcomeOf(1, `"success":true,"extended_info":["deleted","wrong_rule"]`), "deleted, wrong_rule", false},
		"success without a word":     {outcomeOf(1, `"success":true`), "", false},
		"deleted once, refused once": {twice(fmt.Sprintf(word, true, "deleted"), fmt.Sprintf(word, false, "wrong_rule")), "wrong_rule", false},
		"another link_id":            {outcomeOf(9, fmt.Sprintf(word, true, "deleted")), "", false},
		"no link_id":                 {outcome(`{"success":true,"extended_info":"deleted"}`), "", false},
		"an empty result":            {outcome(``), "", false},
		"no result":                  {says(http.StatusOK, `{}`), "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = []object{wire(1, "Ann", "")}
			p.always[usersDelete] = appliedThen(test.outcome)
			_, err := p.client(t).Users().Delete(t.Context(), id(1))
			if test.good {
				if err != nil {
					t.Error(err)
				}
			} else if item := (*ItemError)(nil); !errors.As(err, &item) || item.Words != test.words || item.LinkID != id(1) {
				t.Errorf("error %v, want an ItemError with %q", err, test.words)
			}
			p.expect(t, usersDelete, 1)
		})
	}
}

// stillListed answers a listing as it was before.
func stillListed(t *testing.T, items ...object) answer {
	t.Helper()
	body, err := json.Marshal(object{"list_items": items})
	if err != nil {
		t.Fatal(err)
	}
	return says(http.StatusOK, string(body))
}

func TestEventualDeletionIsWaitedFor(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "Ann", "")}
	p.script(usersList, times(8, stillListed(t, wire(1, "Ann", "")))...)
	if _, err := p.client(t).Users().Delete(t.Context(), id(1)); err != nil {
		t.Fatal(err)
	}
	p.expect(t, usersDelete, 1) // it is accepted; there is no reason to send it again
}

func TestDeletionThatIsNeverSeen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPanel()
		p.users = []object{wire(1, "Ann", "")}
		p.always[usersList] = stillListed(t, wire(1, "Ann", ""))
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		start := time.Now()
		_, err := p.inMemory(t).Users().Delete(ctx, id(1))
		var still *StillThereError
		if !errors.As(err, &still) || !slices.Equal(still.LinkIDs, []uuid.UUID{id(1)}) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want a StillThereError at the end of the time", err)
		}
		if elapsed := time.Since(start); elapsed != 30*time.Second {
			t.Errorf("gave up after %s, want 30s", elapsed)
		}
		p.expect(t, usersDelete, 1)
	})
}

func TestListingThatFailsProvesNoDeletion(t *testing.T) {
	t.Parallel()
	for name, listing := range map[string]answer{
		"500":       says(http.StatusInternalServerError, ""),
		"not whole": says(http.StatusOK, `{"list_option":{"pagination":{"total_items":1}},"list_items":[]}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = []object{wire(1, "Ann", "")}
			p.script(usersDelete, func(p *panel, w http.ResponseWriter, r *http.Request, body []byte) {
				p.serve(w, r, body)
				p.mu.Lock()
				defer p.mu.Unlock()
				p.always[usersList] = listing
			})
			if _, err := p.client(t).Users().Delete(t.Context(), id(1)); err == nil {
				t.Error("the user is taken for gone")
			}
			p.expect(t, usersDelete, 1)
		})
	}
}

func TestDeletionWithALostAnswer(t *testing.T) {
	t.Parallel()
	for name, lost := range lostAnswers() {
		for applied, want := range map[bool][]string{
			true:  {usersDelete, usersList},
			false: {usersDelete, usersList, usersDelete, usersList},
		} {
			t.Run(fmt.Sprintf("%s, carried out: %t", name, applied), func(t *testing.T) {
				t.Parallel()
				p := newPanel()
				p.users = []object{wire(1, "Ann", "")}
				first := lost
				if applied {
					first = appliedThen(lost)
				}
				p.script(usersDelete, first)
				if _, err := p.client(t).Users().Delete(t.Context(), id(1)); err != nil {
					t.Error(err)
				}
				if routes := p.routes(); !slices.Equal(routes[len(routes)-len(want):], want) {
					t.Errorf("requests %v, want %v at the end: first a look, then the deletion again", routes, want)
				}
				p.expect(t, usersDelete, len(want)/2)
			})
		}
	}
}

func TestDeletionThatAlwaysFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPanel()
		p.users = []object{wire(1, "Ann", "")}
		p.always[usersDelete] = says(http.StatusInternalServerError, `{"error":{"code":"system_error","message":"disk full"}}`)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := p.inMemory(t).Users().Delete(ctx, id(1))
		if err == nil || !strings.Contains(err.Error(), "disk full") || ctx.Err() != nil {
			t.Errorf("error %v, want the panel's words at once", err)
		}
		p.expect(t, usersDelete, 2)
	})
}

func TestDeletionThatIsRefused(t *testing.T) {
	t.Parallel()
	for status, words := range map[int]string{400: "List cannot be empty", 403: "Administrator rights required"} {
		t.Run(words, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = []object{wire(1, "Ann", "")}
			p.always[usersDelete] = says(status, `{"error":"`+words+`"}`)
			_, err := p.client(t).Users().Delete(t.Context(), id(1))
			var failed *Error
			if !errors.As(err, &failed) || failed.Status != status || failed.Words != words {
				t.Errorf("error %v, want the refusal", err)
			}
			p.expect(t, usersDelete, 1)
		})
	}
}

func TestDeletionOfAnAbsentUserIsDone(t *testing.T) {
	t.Parallel()
	p := newPanel()
	if warnings, err := p.client(t).Users().Delete(t.Context(), id(1)); err != nil || len(warnings) > 0 {
		t.Errorf("warnings %q, %v", warnings, err)
	}
}
