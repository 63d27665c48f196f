package basip

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"
	"testing/synctest"
	"time"
)

// attached are the references of a user that somebody else takes care of.
func attached() string {
	return fmt.Sprintf(`{"time_profiles":{"link_ids":["%s"]},"apartment_link_id":"%s",
		"identifiers":[{"identifier_uid":4,"link_id":"%s"}]}`, id(7), id(5), id(11))
}

func TestModifySendsBackWhatItDoesNotChange(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "Ann", attached())}
	stored, err := p.client(t).Users().Modify(t.Context(), id(1), renamedToEve)
	if err != nil || stored.Held.Name != "Eve" || stored.Recreated || stored.HasDuplicates {
		t.Fatalf("%+v, %v", stored, err)
	}
	want := fmt.Sprintf(`{"list_items":[{"link_id":"%s","name":"Eve","info":"","lock_number":1,"is_custom_user_access":false,
		"auth_factors":["card"],"apartment_link_id":"%s","time_profiles":{"link_ids":["%s"]},"identifiers":{"link_ids":["%s"]}}]}`,
		id(1), id(5), id(7), id(11))
	p.expect(t, usersUpsert, 1)
	if got := p.sent(usersUpsert)[0].body; !reflect.DeepEqual(parse(got), parse(want)) {
		t.Errorf("body %s\nwant %s", got, want)
	}
}

func TestModifyOfAnAbsentUserSendsNothing(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "Ann", `{"link_id":null}`), wire(2, "Odd", `{"lock_number":9}`)}
	users := p.client(t).Users()
	if _, err := users.Modify(t.Context(), id(1), renamedToEve); !errors.Is(err, ErrNotFound) {
		t.Errorf("error %v, want ErrNotFound", err)
	}
	if _, err := users.Modify(t.Context(), id(2), renamedToEve); err == nil || errors.Is(err, ErrNotFound) {
		t.Errorf("error %v, want one about the user that cannot be read", err)
	}
	p.expectNoWrites(t)
}

func TestRenamingToATakenNameSendsNothing(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]object{
		"linked":    wire(2, "Eve", ""),
		"hand-made": wire(2, "Eve", `{"link_id":null}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = []object{wire(1, "Ann", ""), other}
			_, err := p.client(t).Users().Modify(t.Context(), id(1), renamedToEve)
			var exists *ExistsError
			if !errors.As(err, &exists) || !exists.ByName || exists.Name != "Eve" {
				t.Errorf("error %v, want an ExistsError", err)
			}
			p.expectNoWrites(t)
		})
	}
}

func TestModifyThatKeepsTheNameDoesNotMindANamesake(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "Ann", ""), wire(2, "Ann", `{"link_id":null}`)}
	p.always[usersUpsert] = appliedThen(outcomeOf(1, `"success":true,"extended_info":"updated","has_dublicates":true`))
	stored, err := p.client(t).Users().Modify(t.Context(), id(1), func(u User) User { u.Info = "flat 3"; return u })
	if err != nil || !stored.HasDuplicates || stored.Held.Info != "flat 3" {
		t.Errorf("%+v, %v", stored, err)
	}
}

func TestModifyThatBecameACreation(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "Ann", "")}
	p.always[usersUpsert] = appliedThen(outcomeOf(1, `"success":true,"extended_info":"created"`))
	stored, err := p.client(t).Users().Modify(t.Context(), id(1), renamedToEve)
	if err != nil || !stored.Recreated {
		t.Errorf("%+v, %v; want Recreated", stored, err)
	}
}

func TestModifyWithALostAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		first answer
		posts int
	}{
		"after it was stored":  {appliedThen(cut), 1},
		"before it was stored": {cut, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = []object{wire(1, "Ann", attached())}
			p.script(usersUpsert, test.first)
			stored, err := p.client(t).Users().Modify(t.Context(), id(1), renamedToEve)
			if err != nil || stored.Held.Name != "Eve" {
				t.Errorf("%+v, %v", stored, err)
			}
			p.expect(t, usersUpsert, test.posts)
		})
	}
}

func TestModifyWaitsUntilTheChangeIsListed(t *testing.T) {
	t.Parallel()
	p := newPanel()
	old, err := json.Marshal(object{"list_items": []object{wire(1, "Ann", "")}})
	if err != nil {
		t.Fatal(err)
	}
	p.users = []object{wire(1, "Ann", "")}
	p.script(usersList, times(4, says(http.StatusOK, string(old)))...)
	if stored, err := p.client(t).Users().Modify(t.Context(), id(1), renamedToEve); err != nil || stored.Held.Name != "Eve" {
		t.Errorf("%+v, %v", stored, err)
	}
	p.expect(t, usersUpsert, 1)
	p.expect(t, usersList, 5)
}

// losing carries an upsert out and drops keys of the user then.
func losing(keys ...string) answer {
	return func(p *panel, w http.ResponseWriter, r *http.Request, body []byte) {
		answer := httptest.NewRecorder()
		p.serve(answer, r, body)
		p.mu.Lock()
		for _, key := range keys {
			p.users[0][key] = []any{}
		}
		p.mu.Unlock()
		write(w, answer.Code, answer.Body.String())
	}
}

func TestSilentLossOfAReferenceIsRestored(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"time_profiles", "identifiers"} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPanel()
				p.users = []object{wire(1, "Ann", attached())}
				p.script(usersUpsert, losing(key))
				c := p.inMemory(t)
				before, err := c.Users().Get(t.Context(), id(1))
				if err != nil {
					t.Fatal(err)
				}
				_, err = c.Users().Modify(t.Context(), id(1), renamedToEve)
				var differs *DiffersError
				if !errors.As(err, &differs) || !differs.Restored || len(differs.Differences) != 1 {
					t.Errorf("error %v, want a restored DiffersError with one difference", err)
				}
				p.expect(t, usersUpsert, 2)
				if after, err := c.Users().Get(t.Context(), id(1)); err != nil || !reflect.DeepEqual(after, before) {
					t.Errorf("%+v, %v; it was %+v", after, err, before)
				}
			})
		})
	}
}

func TestLossThatCannotBeRestoredIsNotCalledRestored(t *testing.T) {
	t.Parallel()
	for key, local := range map[string]string{
		"identifiers":   `{"identifiers":[{"identifier_uid":4,"link_id":null}]}`,
		"time_profiles": `{"time_profiles":[{"uid":4,"link_id":null}]}`,
		"apartment":     `{"apartment":{"uid":4,"link_id":null}}`,
	} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPanel()
				p.users = []object{wire(1, "Ann", local)}
				p.script(usersUpsert, losing(key))
				_, err := p.inMemory(t).Users().Modify(t.Context(), id(1), renamedToEve)
				var unconfirmed *UnconfirmedError
				if !errors.As(err, &unconfirmed) {
					t.Errorf("error %v, want an UnconfirmedError", err)
				}
				if sent := p.sent(usersUpsert); parse(sent[0].body)["list_items"] == nil || p.user(1)["name"] != "Ann" {
					t.Error("what can be restored was not")
				}
			})
		})
	}
}

func TestModifyThatLosesAReferenceIsRestoredAtOnce(t *testing.T) {
	t.Parallel()
	for name, test := range boundOutcomes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPanel()
				p.users = []object{wire(1, "Ann", attached())}
				p.script(usersUpsert, func(p *panel, w http.ResponseWriter, r *http.Request, body []byte) {
					losing("time_profiles")(p, httptest.NewRecorder(), r, body)
					test.outcome(p, w, r, body)
				})
				c, start := p.inMemory(t), time.Now()
				_, err := c.Users().Modify(t.Context(), id(1), func(u User) User {
					u.TimeProfiles = RefersTo(id(8))
					return u
				})
				var differs *DiffersError
				if !errors.As(err, &differs) || !differs.Restored || differs.Words != test.words {
					t.Errorf("error %v, want a restored DiffersError with %q", err, test.words)
				}
				if elapsed := time.Since(start); elapsed > time.Second {
					t.Errorf("restored after %s; the panel had said it at once", elapsed)
				}
				p.expect(t, usersUpsert, 2)
				p.expect(t, usersDelete, 0)
				if user, err := c.Users().Get(t.Context(), id(1)); err != nil || !reflect.DeepEqual(user.Held.TimeProfiles, RefersTo(id(7))) {
					t.Errorf("%+v, %v; want the former time profile", user, err)
				}
			})
		})
	}
}

func TestFailedRestorationIsUnconfirmed(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "Ann", attached())}
	p.script(usersUpsert, appliedThen(outcomeOf(1, `"success":true,"extended_info":"bound_apartment_doesnt_exist"`)),
		says(http.StatusBadRequest, `{"error":"Wrong JSON body"}`))
	_, err := p.client(t).Users().Modify(t.Context(), id(1), renamedToEve)
	var unconfirmed *UnconfirmedError
	if !errors.As(err, &unconfirmed) {
		t.Errorf("error %v, want an UnconfirmedError", err)
	}
}

// interrupting ends a context as soon as the upsert's effect was listed.
type interrupting struct {
	panel  *panel
	next   http.RoundTripper
	cancel context.CancelFunc
}

func (i interrupting) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := i.next.RoundTrip(req)
	if routes := i.panel.routes(); len(i.panel.sent(usersUpsert)) == 1 && routes[len(routes)-1] == usersList {
		i.cancel()
	}
	return resp, err
}

func TestInterruptionDoesNotKeepAWriteFromBeingTakenBack(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(context.Context, *Client) error{
		"creation": create,
		"change": func(ctx context.Context, c *Client) error {
			_, err := c.Users().Modify(ctx, id(1), renamedToEve)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			if name == "change" {
				p.users = []object{wire(1, "Ann", "")}
			}
			p.script(usersUpsert, appliedThen(outcomeOf(1, `"success":true,"extended_info":"bound_time_profile_doesnt_exist"`)))
			ctx, cancel := context.WithCancel(t.Context())
			c := p.client(t)
			c.http = interrupting{p, c.http, cancel}
			err := do(ctx, c)
			var differs *DiffersError
			if !errors.As(err, &differs) || !differs.Restored {
				t.Errorf("error %v, want a restored DiffersError", err)
			}
			if user := p.user(1); name == "creation" && user != nil || name == "change" && user["name"] != "Ann" {
				t.Errorf("the panel holds %v", user)
			}
		})
	}
}
