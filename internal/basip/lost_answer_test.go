package basip

import (
	"context"
	"errors"
	"net"
	"net/http"
	"syscall"
	"testing"
)

// lostAnswers are the ways in which an answer says nothing about what was done.
func lostAnswers() map[string]answer {
	return map[string]answer{
		"cut off":             cut,
		"500":                 says(http.StatusInternalServerError, `{"error":"system_error"}`),
		"503":                 says(http.StatusServiceUnavailable, ""),
		"no JSON":             says(http.StatusOK, "<html>Gateway</html>"),
		"no body":             says(http.StatusOK, ""),
		"the first half only": says(http.StatusOK, `{"result":[`),
	}
}

func create(ctx context.Context, c *Client) error {
	_, err := c.Users().Create(ctx, someone(1, "Ann"))
	return err
}

func TestLostAnswerAfterTheUserWasStored(t *testing.T) {
	t.Parallel()
	for name, lost := range lostAnswers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.script(usersUpsert, appliedThen(lost))
			if err := create(t.Context(), p.client(t)); err != nil {
				t.Error(err)
			}
			p.expect(t, usersUpsert, 1)
		})
	}
}

func TestLostRequestIsSentOnceMore(t *testing.T) {
	t.Parallel()
	for name, lost := range lostAnswers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.script(usersUpsert, lost)
			if err := create(t.Context(), p.client(t)); err != nil {
				t.Error(err)
			}
			p.expect(t, usersUpsert, 2)
			if sent := p.sent(usersUpsert); sent[0].body != sent[1].body {
				t.Errorf("the second request carries %s instead of %s", sent[1].body, sent[0].body)
			}
			if p.user(1) == nil {
				t.Error("the user is not there")
			}
		})
	}
}

func TestUpdatedIsNoCollisionAfterALostAnswer(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.script(usersUpsert, appliedThen(cut)) // and then it takes a while until it is listed
	p.script(usersList, says(http.StatusOK, `{"list_items":[]}`))
	if err := create(t.Context(), p.client(t)); err != nil {
		t.Error(err)
	}
	p.expect(t, usersUpsert, 2) // the second is answered with "updated"
}

func TestTwoLostAnswersAreUnconfirmed(t *testing.T) {
	t.Parallel()
	for name, lost := range lostAnswers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.always[usersUpsert] = lost
			err := create(t.Context(), p.client(t))
			var unconfirmed *UnconfirmedError
			if !errors.As(err, &unconfirmed) {
				t.Errorf("error %v, want an UnconfirmedError", err)
			}
			p.expect(t, usersUpsert, 2)
		})
	}
}

func TestLostAnswerWithoutAListingIsUnconfirmed(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.script(usersUpsert, appliedThen(cut))
	p.always[usersList] = says(http.StatusInternalServerError, "")
	err := create(t.Context(), p.client(t))
	var unconfirmed *UnconfirmedError
	if !errors.As(err, &unconfirmed) {
		t.Errorf("error %v, want an UnconfirmedError", err)
	}
	p.expect(t, usersUpsert, 1) // nothing is sent into the dark
}

func TestSecondRequestThatIsRefused(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.script(usersUpsert, cut, says(http.StatusBadRequest, `{"error":"Wrong JSON body"}`))
	err := create(t.Context(), p.client(t))
	var failed *Error
	var unconfirmed *UnconfirmedError
	if !errors.As(err, &failed) || failed.Status != http.StatusBadRequest || errors.As(err, &unconfirmed) {
		t.Errorf("error %v, want the refusal: the listing showed that nothing had been stored", err)
	}
}

func TestStoredButNeverListedIsUnconfirmed(t *testing.T) {
	t.Parallel()
	tests := map[string]answer{
		"the listing fails":         says(http.StatusInternalServerError, ""),
		"the listing is not whole":  says(http.StatusOK, `{"list_option":{"pagination":{"total_items":2}},"list_items":[]}`),
		"the rights are taken away": says(http.StatusForbidden, `{"error":"Administrator rights required"}`),
	}
	for name, listing := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.always[usersList] = listing
			err := create(t.Context(), p.client(t))
			var unconfirmed *UnconfirmedError
			if !errors.As(err, &unconfirmed) {
				t.Errorf("error %v, want an UnconfirmedError", err)
			}
			p.expect(t, usersUpsert, 1)
		})
	}
}

func TestListingThatFailsForAWhileIsPutUpWith(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.script(usersList, times(2, says(http.StatusBadRequest, `{"error":"busy"}`))...)
	if err := create(t.Context(), p.client(t)); err != nil {
		t.Error(err)
	}
	p.expect(t, usersList, 3)
}

// refusing makes no connection for writes.
type refusing struct{ next http.RoundTripper }

func (r refusing) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodGet {
		return r.next.RoundTrip(req)
	}
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
}

func TestRequestThatWasNeverSentLeavesNothingOpen(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(2, "Bob", "")}
	c := p.inMemory(t)
	c.http = refusing{c.http}
	for name, err := range map[string]error{
		"create": create(t.Context(), c),
		"modify": func() error { _, err := c.Users().Modify(t.Context(), id(2), renamedToEve); return err }(),
		"delete": func() error { _, err := c.Users().Delete(t.Context(), id(2)); return err }(),
	} {
		var unconfirmed *UnconfirmedError
		if !errors.Is(err, syscall.ECONNREFUSED) || errors.As(err, &unconfirmed) {
			t.Errorf("%s: %v, want the refused connection and nothing left open", name, err)
		}
	}
}
