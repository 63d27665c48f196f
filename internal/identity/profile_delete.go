package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/deletelimit"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
)

// deletionKey is where private state keeps a deletion that was started and not
// seen to end, so that the next destroy goes on with it instead of starting
// another one.
const deletionKey = "deletion"

// startedDeletion is what is kept there; null is none.
type startedDeletion struct {
	TaskID      string `json:"task_id,omitempty"` // empty when the tenant named none
	Unconfirmed bool   `json:"unconfirmed,omitempty"`
}

// Delete implements resource.Resource. It returns without an error only when the
// tenant answers that the profile is not there.
func (r *profileResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	defer r.tenant.begin()()
	r.tenant.together().writes()
	var state profileModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	data, diags := req.Private.GetKey(ctx, deletionKey)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	client, diags := r.tenant.connected()
	resp.Diagnostics.Append(diags...)
	timeout, diags := state.Timeouts.Delete(ctx, deleteTimeout)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	waiting, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	left := r.tenant.together().leaves(state)
	defer func() { left(!resp.Diagnostics.HasError()) }()
	if err := r.tenant.limit.Delete(); err != nil {
		resp.Diagnostics.AddError(deletelimit.Summary, err.Error())
		return
	}
	d := &destroyer{profileModel: state, client: client}
	err := d.recall(data)
	if err == nil {
		err = d.run(waiting)
	}
	for _, warning := range d.warnings {
		resp.Diagnostics.AddWarning("Deletion of an identity profile", warning)
	}
	if err == nil {
		return
	}
	resp.Diagnostics.Append(state.failed(actionDelete, err))
	note, err := json.Marshal(d.left)
	if err != nil { // a string and a bool
		panic(err)
	}
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, deletionKey, note)...)
}

// destroyer destroys one profile.
type destroyer struct {
	profileModel
	client   *isc.Client
	warnings []string
	left     *startedDeletion // what may still be going on, for the next destroy
}

// recall reads the note of an earlier destroy.
func (d *destroyer) recall(note []byte) error {
	if len(note) == 0 {
		return nil
	}
	if err := json.Unmarshal(note, &d.left); err != nil {
		return fmt.Errorf("the note about a deletion that was started cannot be read: %w", err)
	}
	return nil
}

// run returns without an error when the profile is gone. A deletion is started
// only when reading has shown that the profile is there and, as far as that can
// be known, that no other deletion of it is going on.
func (d *destroyer) run(ctx context.Context) error {
	id := d.ID.ValueString()
	var lost *isc.UnconfirmedError // of the first request, when it was not answered
	for {
		profile, err := d.client.CurrentProfile(ctx, id)
		switch {
		case errors.Is(err, isc.ErrNotFound):
			return nil
		case err != nil:
			return err
		}
		if d.left != nil { // it was allowed when it was started
			err := d.await(ctx, isc.Deletion{TaskID: d.left.TaskID, Unconfirmed: d.left.Unconfirmed}, id)
			if !isOver(err) {
				return err
			}
			d.warn("The deletion that an earlier destroy had asked for came to nothing: %s", err)
			continue
		}
		if none := profile.IdentityCount != nil && *profile.IdentityCount == 0; !none && !d.ForceDestroy.ValueBool() {
			return fmt.Errorf("%s to it. %s Nothing was sent; %s", attached(profile.IdentityCount), consequences, howToForce)
		}
		unanswered, err := d.start(ctx, id)
		var noEffect *isc.NoEffectError
		if !errors.As(err, &noEffect) || lost != nil {
			return err
		}
		// Reading for so long has shown that the tenant did not carry it out, or
		// that it waits in a queue, where a second request does no harm.
		lost = unanswered
		d.warn("%s It was requested once more. %s", sentence(noEffect), sentence(lost.Err))
	}
}

func (d *destroyer) warn(format string, values ...any) {
	d.warnings = append(d.warnings, fmt.Sprintf(format, values...))
}

// start asks for the deletion and waits for its end. unanswered is the error of
// a request whose answer was lost.
func (d *destroyer) start(ctx context.Context, id string) (unanswered *isc.UnconfirmedError, err error) {
	deletion, warnings, err := d.client.DeleteProfile(ctx, id)
	if deletion != (isc.Deletion{}) {
		d.left = &startedDeletion{TaskID: deletion.TaskID, Unconfirmed: deletion.Unconfirmed}
	}
	errors.As(err, &unanswered)
	return unanswered, d.awaited(ctx, warnings, err)
}

// await waits for the end of a deletion.
func (d *destroyer) await(ctx context.Context, deletion isc.Deletion, id string) error {
	warnings, err := d.client.AwaitDeletion(ctx, deletion, id)
	return d.awaited(ctx, warnings, err)
}

// awaited notes how a wait ended.
func (d *destroyer) awaited(ctx context.Context, warnings []string, err error) error {
	d.warnings = append(d.warnings, warnings...)
	var pending *isc.PendingError
	// One that cannot be followed may have ended badly long ago. When it got all
	// the time there was, the next destroy asks anew: it would wait for ever.
	blind := errors.As(err, &pending) && pending.Blind && errors.Is(ctx.Err(), context.DeadlineExceeded)
	if isOver(err) || blind {
		d.left = nil
	}
	return err
}

// isOver reports whether err tells that the deletion has come to nothing, so
// that there is nothing to go on with.
func isOver(err error) bool {
	var ended *isc.TaskError
	var stillThere *isc.StillThereError
	var noEffect *isc.NoEffectError
	return errors.As(err, &ended) || errors.As(err, &stillThere) || errors.As(err, &noEffect)
}
