package panel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/bulk"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
)

// TestDiagnosticsOfAFailure checks that the summary is the cause in few words, and
// that the detail names each fact once: the object, what the panel answered, what
// is certain afterwards and what to do.
func TestDiagnosticsOfAFailure(t *testing.T) {
	t.Parallel()
	const linkID = "0a6b3f0e-7c1d-4e55-9b1a-d2f0c8a1b001"
	other := uuid.MustParse("0a6b3f0e-7c1d-4e55-9b1a-d2f0c8a1b002")
	ada := object{resource: "gatehouse_panel_user", noun: "user", panel: "lobby", linkID: linkID, name: "Ada"}
	hours := object{resource: "gatehouse_panel_time_profile", noun: "time profile", panel: "lobby", linkID: linkID, name: "Hours"}
	refused := &basip.Error{
		Panel: "lobby", Problem: "refused the login", Action: "log in to create user " + linkID, Method: "GET", Path: "/api/v1/login",
		Status: 400, Words: "Wrong login or password", Hint: "Check username and password of this panel.", Err: basip.ErrLoginRefused,
	}
	post := func(err error) *basip.Error {
		return &basip.Error{Panel: "lobby", Action: "create user " + linkID, Method: "POST", Path: "/users", Err: err}
	}
	busy := &basip.Error{Panel: "lobby", Err: fmt.Errorf("waiting for other requests to the panel: %w", context.Canceled)}
	late := &basip.Error{Panel: "lobby", Err: fmt.Errorf("waiting for other requests to the panel: %w", context.DeadlineExceeded)}
	failed := &basip.Error{Panel: "lobby", Problem: "failed with status 500", Action: "create 3 users", Method: "POST", Path: "/users", Status: 500, Hint: "Restart it."}
	const unknown = "The request was sent, and its outcome is not known: the object is kept in the state, marked as tainted; the next apply looks what became of it and goes on from there."
	for name, test := range map[string]struct {
		object  object
		action  string
		err     error
		summary string
		detail  string // after the object
		at      string
	}{
		"a refused login": {
			ada, actionCreate, refused, `Panel "lobby" refused the login`,
			`GET /api/v1/login answered 400 Bad Request: the panel says "Wrong login or password". Check username and password of this panel.`, "panel",
		},
		"another device": {
			ada, actionRead, &basip.Error{Panel: "lobby", Problem: "has another serial number", Method: "GET", Path: "/api/info", Status: 200, Hint: "Look.", Err: basip.ErrWrongPanel},
			`Panel "lobby" has another serial number`, `GET /api/info answered 200 OK. Look.`, "panel",
		},
		"no connection": {
			ada, actionRead, &basip.Error{Panel: "lobby", Problem: "cannot be reached", Action: "ask who answers", Method: "GET", Path: "/api/info", Hint: "Check the url.", Err: &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}},
			`Panel "lobby" cannot be reached`, `GET /api/info: dial tcp: connection refused. Check the url.`, "",
		},
		"a server error": {
			ada, actionCreate, &basip.UnconfirmedError{Err: failed}, `Panel "lobby" failed with status 500`,
			"POST /users answered 500 Internal Server Error. Restart it. " + unknown, "",
		},
		"a server error, and no look afterwards": {
			ada, actionCreate, &basip.UnconfirmedError{Err: errors.Join(failed, fmt.Errorf("looking what became of it: %w", failed))}, `Panel "lobby" failed with status 500`,
			"POST /users answered 500 Internal Server Error; looking what became of it: POST /users answered 500 Internal Server Error. Restart it. " + unknown, "",
		},
		"an update of unknown outcome": {
			ada, actionUpdate, &basip.UnconfirmedError{Err: post(errors.New("EOF"))}, `Panel "lobby" did not confirm the user`,
			"POST /users: EOF. The request was sent, and its outcome is not known: the state is left as it was; the next plan reads what the panel holds and goes on from there.", "",
		},
		"interrupted before it was sent": {
			ada, actionCreate, busy, `Interrupted before the user was created`,
			"waiting for other requests to the panel: the command was interrupted. Nothing was sent that changes the panel. Apply again to go on.", "",
		},
		"interrupted in the queue": {
			hours, actionUpdate, context.Canceled, `Interrupted before the time profile was changed`,
			"the command was interrupted. Nothing was sent that changes the panel. Apply again to go on.", "",
		},
		"interrupted after it was sent": {
			ada, actionCreate, &basip.UnconfirmedError{Err: post(context.Canceled)}, `Interrupted while the user was being created`,
			"POST /users: the command was interrupted. " + unknown, "",
		},
		"a deletion that was interrupted, sent or not": {
			ada, actionDelete, context.Canceled, `Interrupted before the user was deleted`,
			"the command was interrupted. The deletion may have been sent: the object is kept in the state; the next destroy looks what became of it and goes on from there.", "",
		},
		"a deletion that was interrupted before it was sent": {
			ada, actionDelete, fmt.Errorf("%w: %w", basip.ErrNotSent, fmt.Errorf("%w: %w", bulk.ErrWithdrawn, context.Canceled)), `Interrupted before the user was deleted`,
			"the command was interrupted. Nothing was sent that changes the panel. Apply again to go on.", "",
		},
		"no time left before it was sent": {
			hours, actionCreate, late, `Panel "lobby" was busy too long`,
			"waiting for other requests to the panel: the time of timeouts.create is over. Nothing was sent that changes the panel. Apply again to go on, with a longer timeouts.create if the panel is slow.", "",
		},
		"a refused item": {
			hours, actionCreate, &basip.ItemError{Panel: "lobby", Action: "create time profile", LinkID: other, Name: "Hours", Words: "wrong_areas", Reason: "it was not stored"},
			`Panel "lobby" did not create the time profile`, `it was not stored: the panel says "wrong_areas".`, "",
		},
		"stored otherwise": {
			hours, actionUpdate, &basip.DiffersError{Panel: "lobby", Kind: "time profile", LinkID: other, Differences: []string{"the recurrence is another"}, Restored: true},
			`Panel "lobby" stored the time profile differently`, "the panel did not store the time profile as it was sent: the recurrence is another. The change was taken back, so that the panel is as it was.", "",
		},
		"listed after the deletion": {
			hours, actionDelete, &basip.StillThereError{Panel: "lobby", Kind: "time profile", LinkIDs: []uuid.UUID{other}, Err: &poll.Error{Looks: 3, Err: context.DeadlineExceeded}},
			`Panel "lobby" did not confirm the deletion`,
			"the panel accepted the deletion, but no listing without it was seen: gave up after 0s and 3 looks: the time of timeouts.delete is over. It is kept in the state; run the destroy again, with a longer timeouts.delete if the panel is slow.", "",
		},
		"gone before the update": {
			ada, actionUpdate, basip.ErrNotFound, `No such user on panel "lobby"`,
			"it is not on the panel any more. Somebody has removed it since the plan. Plan again to create it anew.", "",
		},
		"not supported": {
			ada, actionCreate, &basip.Error{Panel: "lobby", Problem: "does not support users", Err: fmt.Errorf("%w: users need API 2", basip.ErrUnsupported)},
			`Panel "lobby" does not support users`, "not supported by the panel: users need API 2.", "",
		},
		"an error of another kind": {ada, actionCreate, errors.New("odd"), "Could not create user", "odd.", ""},
		"a name that is taken at the panel": {
			ada, actionCreate, &basip.ExistsError{Panel: "lobby", Kind: "user", Name: "Ada", Existing: "ada", ByName: true}, `The name is taken on panel "lobby"`,
			`the panel has a user with the name "ada" already, which a panel may take for "Ada". Nothing was sent, since the panel would have changed that one instead.` + "\n\n" +
				"It was made at the panel itself and has no link_id, so that it cannot be imported: choose another name, or rename or delete it at the panel.", "name",
		},
		"a name that is taken by an update": {
			ada, actionUpdate, &basip.ExistsError{Panel: "lobby", Kind: "user", Name: "Ada", Existing: "Ada", LinkID: other, ByName: true}, `The name is taken on panel "lobby"`,
			`the panel has a user with the name "Ada" already. Nothing was sent, since the panel would have changed that one instead.` + "\n\n" +
				"It has the link_id " + other.String() + ". Choose another name.", "name",
		},
		"a profile that users have": {
			hours, actionDelete, &basip.InUseError{Panel: "lobby", LinkID: other, Users: []basip.User{{Name: "Ada", LinkID: other}}}, "Time profile in use",
			`it is still referred to by user "Ada" (link_id ` + other.String() + `). Nothing was deleted: a user who loses a time profile this way may be able to pass at any hour. ` +
				"If the profile only got another address, add a moved block from the old address to the new one. " +
				"Terraform deletes before it changes: take the profile out of time_profiles of the users with a link_id, bring that about with terraform apply -target=ADDRESS for each of them, then apply the rest. " +
				"To replace a profile that stays in use, give the new one another name and set lifecycle { create_before_destroy = true }.", "",
		},
		"a profile that a card has": {
			hours, actionDelete, &basip.InUseError{Panel: "lobby", LinkID: other, Identifiers: 1}, "Time profile in use",
			"it is still referred to by 1 of the panel's identifiers (cards or codes). Nothing was deleted: a user who loses a time profile this way may be able to pass at any hour. " +
				"Take the profile off what was made at the panel, and off cards and codes, at the panel.", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := test.object.failed(test.action, test.err)
			if words := len(strings.Fields(d.Summary())); d.Summary() != test.summary || words > 8 {
				t.Errorf("summary of %d words %q, want %q", words, d.Summary(), test.summary)
			}
			if want := fmt.Sprintf("Could not %s %s: %s", test.action, test.object, test.detail); d.Detail() != want {
				t.Errorf("detail\n%s\nwant\n%s", d.Detail(), want)
			}
			if n := strings.Count(d.Detail(), linkID) + strings.Count(d.Detail(), `panel "lobby"`); n != 2 {
				t.Errorf("object or panel are named more than once: %s", d.Detail())
			}
			at := path.Empty()
			if test.at != "" {
				at = path.Root(test.at)
			}
			if got, _ := d.(diag.DiagnosticWithPath); (got != nil) != (test.at != "") || got != nil && !got.Path().Equal(at) {
				t.Errorf("the diagnostic is not at %q: %#v", test.at, d)
			}
		})
	}
}

// An object that stands in the state under another address must not be imported,
// since the end of one address would delete the other's object: moved comes first,
// and there is no command to paste.
func TestCollisionNamesMovedBeforeImport(t *testing.T) {
	t.Parallel()
	other := uuid.MustParse("0a6b3f0e-7c1d-4e55-9b1a-d2f0c8a1b002")
	for _, byName := range []bool{true, false} {
		o := object{resource: "gatehouse_panel_user", noun: "user", panel: "lobby", linkID: other.String(), name: "Ada"}
		text := o.failed(actionCreate, &basip.ExistsError{Panel: "lobby", Kind: "user", Name: "Ada", Existing: "Ada", LinkID: other, ByName: byName}).Detail()
		moved, imported := strings.Index(text, "  moved {\n    from = gatehouse_panel_user.OLD\n    to   = gatehouse_panel_user.NEW\n  }"), strings.Index(text, "import block")
		if moved < 0 || imported < moved || strings.Contains(text, "terraform import") {
			t.Errorf("moved does not come first: %s", text)
		}
		if !strings.Contains(text, `"lobby/`+other.String()+`"`) {
			t.Errorf("the import id is missing: %s", text)
		}
	}
}
