package isc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// Change says what of a profile to set; what is nil stays as it is.
type Change struct {
	Name        *string
	Description *string    // an empty one is taken away
	Owner       *Reference // one without an id is taken away
	Priority    *int64
	Source      *Reference

	Mappings        map[string]Mapping // to set; all others stay as the tenant has them
	RemoveMappings  []string           // to take away, by the name of the identity attribute
	MappingsEnabled *bool
}

// operation is one step of a JSON Patch (RFC 6902).
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

// ChangeProfile brings a profile to what change says and returns it as the
// tenant holds it then. It reads first and sends only what differs, so that a
// change that is there already sends nothing. A new source travels by itself,
// before the mappings (contract §2.3); after an error the returned profile is
// the last one that was seen, with the source changed and the mappings not if it
// happened in between. The error is ErrNotFound when there is no such profile, a
// *ConflictError when the new source feeds another one, and an *UnconfirmedError
// when it is not known whether the change was made.
func (c *Client) ChangeProfile(ctx context.Context, id string, change Change) (Profile, error) {
	held, err := c.changeable(ctx, id, change)
	if err != nil {
		return Profile{}, err
	}
	if change.Source == nil || change.Source.ID == held.Source.ID {
		return c.bring(ctx, held, change, change.all)
	}
	if held, err = c.bring(ctx, held, change, change.allButMappings); err != nil {
		if status(err) == http.StatusConflict {
			listed, listErr := c.freshProfiles(ctx)
			err = c.conflict(held.Name, *change.Source, id, err, listed, listErr)
		}
		return held, err
	}
	// The mappings go back as a whole, so they are read as a whole: the tenant may
	// have changed them along with the source, and an answer may be incomplete.
	moved, err := c.changeable(ctx, id, change)
	if err != nil {
		return held, err
	}
	return c.bring(ctx, moved, change, change.mappings)
}

// changeable reads a profile so that the change can be made of it. The mappings are
// replaced as a whole, and what is not known to be there would be lost. If the
// profile itself does not tell them, the listing may; if neither does, there are none.
func (c *Client) changeable(ctx context.Context, id string, change Change) (Profile, error) {
	held, err := c.Profile(ctx, id)
	if err != nil || held.Complete() || !change.changesMappings() {
		return held, err
	}
	listed, err := c.freshProfiles(ctx)
	if err != nil {
		return Profile{}, fmt.Errorf("%s: the tenant does not tell the mappings of the profile, which a change would replace, and the listing cannot be read: %w",
			c.couldNot("change identity profile "+id), err)
	}
	if other, ok := listed[id]; ok && other.Complete() {
		held.config, held.Mappings, held.MappingsEnabled = other.config, other.Mappings, other.MappingsEnabled
	}
	return held, nil
}

func (change Change) changesMappings() bool {
	return len(change.Mappings)+len(change.RemoveMappings) > 0 || change.MappingsEnabled != nil
}

// bring sends the operations of one step, if there are any. When the answer is
// lost, reading tells whether they were carried out; if they were not, they are
// sent once more, which is safe because each sets a value or takes it away.
func (c *Client) bring(ctx context.Context, held Profile, change Change, step func(Profile) ([]operation, error)) (Profile, error) {
	var lost error
	for attempt := 0; ; attempt++ {
		operations, err := step(held)
		if err != nil {
			return held, fmt.Errorf("%s: %w", c.couldNot("change identity profile "+held.ID), err)
		}
		if len(operations) == 0 {
			return held, nil
		}
		if attempt == 2 {
			return held, &UnconfirmedError{Err: lost, Hint: "Apply again: it reads the profile first and sends only what is missing"}
		}
		changed, err := c.patch(ctx, held.ID, operations)
		if err == nil {
			return changed, nil
		}
		if failed := (*Error)(nil); errors.As(err, &failed) && failed.mistaken {
			// The other one may have been changed. It is not tried again.
			return held, &UnconfirmedError{Err: err, Hint: "Look at both identity profiles in the tenant, then apply again: it reads the profile first"}
		}
		if !uncertain(err) {
			return held, err
		}
		lost = err
		seen, err := c.changeable(ctx, held.ID, change)
		if err != nil {
			return held, &UnconfirmedError{Err: fmt.Errorf("%w; reading it afterwards failed: %w", lost, err)}
		}
		held = seen
	}
}

// patch sends one JSON Patch.
func (c *Client) patch(ctx context.Context, id string, operations []operation) (Profile, error) {
	r := request{action: "change identity profile " + id, method: http.MethodPatch, contentType: typePatch, right: rightManage}
	if err := c.profilePath(&r, id); err != nil {
		return Profile{}, err
	}
	var err error
	if r.body, err = encode(operations); err != nil {
		return Profile{}, fmt.Errorf("%s: %w", c.couldNot(r.action), err)
	}
	a, err := c.call(ctx, r)
	if err != nil {
		return Profile{}, c.orNotFound(ctx, err)
	}
	p, err := decodeProfile(a.body)
	switch {
	case err != nil, p.ID == "":
		return c.Profile(ctx, id) // it is changed; the answer only does not say what to
	case p.ID != id:
		return Profile{}, c.mistaken(r, a, p.ID, id)
	}
	return p, nil
}

// all is every operation of the change; the source is not among them.
func (change Change) all(held Profile) ([]operation, error) {
	operations, err := change.allButMappings(held)
	if err != nil {
		return nil, err
	}
	mappings, err := change.mappings(held)
	return append(operations, mappings...), err
}

// allButMappings is what may travel with a new source.
func (change Change) allButMappings(held Profile) ([]operation, error) {
	var operations []operation
	set := func(key string, value any) {
		op := "replace"
		if !held.keys[key] { // which a patch may replace only where it is
			op = "add"
		}
		operations = append(operations, operation{op, "/" + key, value})
	}
	if change.Name != nil && *change.Name != held.Name {
		set("name", *change.Name)
	}
	switch {
	case change.Description == nil || *change.Description == held.Description:
	case *change.Description == "":
		operations = append(operations, operation{Op: "remove", Path: "/description"})
	default:
		set("description", *change.Description)
	}
	switch {
	case change.Owner == nil || change.Owner.ID == held.ownerID():
	case change.Owner.ID == "":
		operations = append(operations, operation{Op: "remove", Path: "/owner"})
	default:
		set("owner", wireOwner(*change.Owner))
	}
	if change.Priority != nil && (held.Priority == nil || *change.Priority != *held.Priority) {
		set("priority", *change.Priority)
	}
	if change.Source != nil && change.Source.ID != held.Source.ID {
		set("authoritativeSource", wireSource(*change.Source))
	}
	return operations, nil
}

// mappings is the whole of identityAttributeConfig with the
// change in it, because places in its list are not stable (contract §2.3).
func (change Change) mappings(held Profile) ([]operation, error) {
	wanted := mappingChange{set: change.Mappings, remove: change.RemoveMappings, enabled: change.MappingsEnabled}
	config, changed, err := held.config.apply(wanted)
	if err != nil || !changed {
		return nil, err
	}
	op := "replace"
	if !held.keys["identityAttributeConfig"] {
		op = "add"
	}
	return []operation{{op, "/identityAttributeConfig", config}}, nil
}

func (p Profile) ownerID() string {
	if p.Owner == nil {
		return ""
	}
	return p.Owner.ID
}
