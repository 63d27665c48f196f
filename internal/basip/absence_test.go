package basip

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
)

// numbered are users 1 to n, each with a number of its own.
func numbered(n int) []object {
	list := people(n)
	for i, user := range list {
		user["item_uid"] = i + 1
	}
	return list
}

// moving lets another system change the users before the second page of a listing,
// as often as times says.
func moving(times int, change func([]object) []object) answer {
	return func(p *panel, w http.ResponseWriter, r *http.Request, body []byte) {
		p.mu.Lock()
		if r.URL.Query().Get("page_number") == "2" && times > 0 {
			times--
			p.users = change(p.users)
		}
		p.mu.Unlock()
		p.serve(w, r, body)
	}
}

// oneForAnother removes the first user and adds one at the end.
func oneForAnother(users []object) []object {
	next := wire(0, "visitor", "")
	next["link_id"], next["item_uid"] = uuid.NewString(), rand.IntN(1<<30)+1000
	return append(users[1:], next)
}

func TestUserThatSlidesAcrossABorderOfPagesIsFound(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change  func([]object) []object
		counted bool
	}{
		"one goes and one comes":       {oneForAnother, true},
		"one goes, nothing is counted": {func(users []object) []object { return users[1:] }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = numbered(60)
			p.always[usersList] = moving(1, test.change)
			if !test.counted {
				p.always[usersList] = uncounted(p.always[usersList])
			}
			if _, err := p.client(t).Users().Get(t.Context(), id(51)); err != nil {
				t.Errorf("Get: %v", err)
			}
		})
	}
}

// uncounted takes the pagination out of an answer.
func uncounted(listing answer) answer {
	return func(p *panel, w http.ResponseWriter, r *http.Request, body []byte) {
		listing(p, rewritten{w, func(answer object) { delete(answer, "list_option") }}, r, body)
	}
}

// rewritten changes an answer on its way.
type rewritten struct {
	http.ResponseWriter
	change func(object)
}

func (w rewritten) Write(data []byte) (int, error) {
	answer := parse(string(data))
	w.change(answer)
	writeJSON(w.ResponseWriter, answer)
	return len(data), nil
}

func (w rewritten) WriteHeader(int) {}

func TestMoveBetweenPagesFakesNoDeletion(t *testing.T) {
	t.Parallel()
	goes := func(users []object) []object { return users[1:] }
	for name, test := range map[string]struct {
		times   int
		change  func([]object) []object
		counted bool
	}{
		"once":                         {1, oneForAnother, true},
		"always":                       {1000, oneForAnother, true},
		"one goes, nothing is counted": {1, goes, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := newPanel()
				p.users = numbered(60)
				if !test.counted {
					p.always[usersList] = uncounted((*panel).serve)
				}
				p.always[usersDelete] = func(p *panel, w http.ResponseWriter, _ *http.Request, _ []byte) {
					p.mu.Lock()
					defer p.mu.Unlock()
					p.always[usersList] = moving(test.times, test.change)
					if !test.counted {
						p.always[usersList] = uncounted(p.always[usersList])
					}
					writeJSON(w, object{"result": []object{{"link_id": id(51).String(), "success": true, "extended_info": "deleted"}}})
				}
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				_, err := p.inMemory(t).Users().Delete(ctx, id(51))
				var still *StillThereError
				if !errors.As(err, &still) {
					t.Errorf("error %v, want a StillThereError", err)
				}
			})
		})
	}
}

func TestMoveBetweenPagesHidesNoHolderOfATimeProfile(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = numbered(60)
	p.users[50]["link_id"], p.users[50]["time_profiles"] = nil, []string{id(7).String()}
	p.profiles = []object{wireProfile(7, "Office", "")}
	p.always[usersAll] = moving(1, oneForAnother)
	var inUse *InUseError
	if _, err := p.client(t).TimeProfiles().Delete(t.Context(), id(7)); !errors.As(err, &inUse) {
		t.Errorf("error %v, want an InUseError", err)
	}
	p.expectNoWrites(t)
}

func TestPagesInAnyOrderProveNoAbsence(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = numbered(60)
	order := uint64(0)
	p.always[usersList] = func(p *panel, w http.ResponseWriter, r *http.Request, body []byte) {
		p.mu.Lock()
		order++
		rand.New(rand.NewPCG(1, order)).Shuffle(len(p.users), func(i, j int) { p.users[i], p.users[j] = p.users[j], p.users[i] })
		p.mu.Unlock()
		p.serve(w, r, body)
	}
	users := p.client(t).Users()
	for n := range 60 {
		if _, err := users.Get(t.Context(), id(n+1)); errors.Is(err, ErrNotFound) {
			t.Errorf("user %d is taken for gone", n+1)
		}
	}
}

func TestListingsThatProveAbsence(t *testing.T) {
	t.Parallel()
	get := func(n int) func(context.Context, *Collection[User]) error {
		return func(ctx context.Context, users *Collection[User]) error {
			if _, err := users.Get(ctx, id(n)); !errors.Is(err, ErrNotFound) {
				return fmt.Errorf("user %d: %w", n, err)
			}
			return nil
		}
	}
	for name, test := range map[string]struct {
		users int
		do    func(context.Context, *Collection[User]) error
		pages int
	}{
		"an absent user, one page":  {50, get(999), 1},
		"an absent user, two pages": {60, get(999), 4},
		"two absent users": {60, func(ctx context.Context, users *Collection[User]) error {
			return errors.Join(get(998)(ctx, users), get(999)(ctx, users))
		}, 4},
		"a deletion, one page": {50, func(ctx context.Context, users *Collection[User]) error {
			_, err := users.Delete(ctx, id(5))
			return err
		}, 2},
		"a deletion, two pages": {60, func(ctx context.Context, users *Collection[User]) error {
			_, err := users.Delete(ctx, id(5))
			return err
		}, 4},
		"two deletions, two pages": {60, func(ctx context.Context, users *Collection[User]) error {
			_, err := users.Delete(ctx, id(5))
			_, other := users.Delete(ctx, id(55))
			return errors.Join(err, other)
		}, 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = numbered(test.users)
			if err := test.do(t.Context(), p.client(t).Users()); err != nil {
				t.Error(err)
			}
			p.expect(t, usersList, test.pages)
		})
	}
}
