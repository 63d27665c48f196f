package isc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/poll"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/printable"
)

const (
	// createSettle is how long at most a profile whose creation was not answered
	// is looked for.
	createSettle = 10 * time.Second
	// createLastLook is how long that takes at most after an interrupt.
	createLastLook = 5 * time.Second
)

// NewProfile is a profile to be created. What is left empty is the tenant's to
// fill in; so is the whole of the mappings when neither Mappings nor
// MappingsEnabled say anything.
type NewProfile struct {
	Name            string
	Description     string
	Owner           *Reference
	Priority        *int64
	Source          Reference
	Mappings        map[string]Mapping
	MappingsEnabled *bool
}

// encodeNewProfile writes the body of a creation (contract §2.3).
func encodeNewProfile(p NewProfile) ([]byte, error) {
	if p.Name == "" || p.Source.ID == "" {
		return nil, errors.New("it needs a name and a source")
	}
	body := map[string]any{"name": p.Name, "authoritativeSource": wireSource(p.Source)}
	if p.Description != "" {
		body["description"] = p.Description
	}
	if p.Owner != nil && p.Owner.ID != "" {
		body["owner"] = wireOwner(*p.Owner)
	}
	if p.Priority != nil {
		body["priority"] = *p.Priority
	}
	if change := (mappingChange{set: p.Mappings, enabled: p.MappingsEnabled}); !change.empty() {
		config, _, err := mappingConfig{}.apply(change)
		if err != nil {
			return nil, err
		}
		body["identityAttributeConfig"] = config
	}
	return encode(body)
}

// CreateProfile creates a profile and returns it as the tenant holds it. The
// error is a *ConflictError when the source feeds a profile already, and an
// *UnconfirmedError when it is not known whether the profile was created. It is
// sent once: when the answer is lost, or about another profile than the new one, the
// listing tells what became of it.
func (c *Client) CreateProfile(ctx context.Context, p NewProfile) (Profile, error) {
	r := request{
		action: fmt.Sprintf("create identity profile %q", p.Name), method: http.MethodPost, path: c.family.profiles,
		contentType: typeJSON, right: rightManage,
	}
	var err error
	if r.body, err = encodeNewProfile(p); err != nil {
		return Profile{}, fmt.Errorf("%s: %w", c.couldNot(r.action), err)
	}
	before, whole, err := c.candidates(ctx, p.Name)
	if err != nil {
		return Profile{}, err
	}
	for _, other := range before {
		if other.Name == p.Name && p.isFedBySource(other) {
			return Profile{}, &ConflictError{Tenant: c.Tenant(), Name: p.Name, Source: p.Source, Existing: other}
		}
	}
	a, err := c.call(ctx, r)
	switch {
	case uncertain(err):
		return c.findCreated(ctx, p, before, "", err)
	case isRefusal(err):
		return c.judgeRefusal(ctx, p, before, err)
	case err != nil:
		return Profile{}, err
	}
	created, err := decodeProfile(a.body)
	if err != nil || created.ID == "" {
		return c.findCreated(ctx, p, before, "", c.unexpected(r, a, "it is not a profile with an ID"))
	}
	if _, old := before[created.ID]; !old && created.Name == p.Name && p.isFedBySource(created) {
		return created, nil
	}
	answered := created.ID
	if !whole { // it may be an old one
		answered = ""
	}
	return c.findCreated(ctx, p, before, answered, c.unexpected(r, a, fmt.Sprintf("it is about identity profile %q (%s)", printable.Text(created.Name), created.ID)))
}

// isRefusal reports whether err is an answer by which the tenant has done nothing. A
// refused token and the rate limit are certain to be so.
func isRefusal(err error) bool {
	s := status(err)
	return s >= http.StatusBadRequest && s < http.StatusInternalServerError && !uncertain(err) &&
		s != http.StatusUnauthorized && s != http.StatusTooManyRequests && !errors.Is(err, ErrLoginRefused)
}

// judgeRefusal looks once whether a creation that was refused with err was carried out
// all the same: a profile that nobody tracks would keep its source from ever being
// used again.
func (c *Client) judgeRefusal(ctx context.Context, p NewProfile, before map[string]Profile, err error) (Profile, error) {
	listed, listErr := c.freshProfiles(ctx)
	created, found := p.among(listed, before, "")
	// By a conflict, somebody else may have been first: it has to be ours in all.
	// One whose deletion was asked for may be listed again for a moment.
	isOurs := found && !c.isDoomed(created.ID) && (status(err) != http.StatusConflict || p.fits(created))
	switch {
	case isOurs:
		tflog.Warn(ctx, "the tenant refused a creation that it has carried out", map[string]any{"id": created.ID, "error": err.Error()})
		return created, nil
	case status(err) == http.StatusConflict:
		return Profile{}, c.conflict(p.Name, p.Source, "", err, listed, listErr)
	case listErr != nil:
		return Profile{}, fmt.Errorf("%w; whether it was created all the same could not be seen: %w", c.orWrongPath(err), listErr)
	}
	return Profile{}, c.orWrongPath(err)
}

// fits reports whether a profile has everything that is to be created, but for the
// mappings, which the tenant may write in another form.
func (p NewProfile) fits(other Profile) bool {
	return p.Description == other.Description && (p.Owner == nil || p.Owner.ID == other.ownerID()) &&
		(p.Priority == nil || other.Priority != nil && *p.Priority == *other.Priority)
}

// candidates returns what is listed by the IDs. None of what is listed before a
// creation can be the new profile later. If the whole listing holds something that
// cannot be read, it is those of the name.
func (c *Client) candidates(ctx context.Context, name string) (listed map[string]Profile, whole bool, err error) {
	listed, err = c.freshProfiles(ctx)
	if err == nil || status(err) != http.StatusOK {
		return listed, true, err
	}
	named, err := c.named(ctx, name)
	listed = map[string]Profile{}
	for _, p := range named {
		listed[p.ID] = p
	}
	return listed, false, err
}

func (p NewProfile) isFedBySource(other Profile) bool { return other.Source.ID == p.Source.ID }

// among returns the new profile from a listing: the one with the name and the source,
// or else the one with the ID of the tenant's answer if it has the source, to which
// the tenant may have given another name.
func (p NewProfile) among(listed, before map[string]Profile, answered string) (Profile, bool) {
	for id, other := range listed {
		if _, old := before[id]; !old && other.Name == p.Name && p.isFedBySource(other) {
			return other, true
		}
	}
	other, found := listed[answered]
	_, old := before[answered]
	return other, found && !old && p.isFedBySource(other)
}

// findCreated looks for a profile whose creation was not answered with err. answered
// is the ID in an answer that is not about that profile, or not as it was sent.
func (c *Client) findCreated(ctx context.Context, p NewProfile, before map[string]Profile, answered string, err error) (Profile, error) {
	var created Profile
	look := func(ctx context.Context) (bool, time.Duration, error) {
		listed, _, listErr := c.candidates(ctx, p.Name)
		if listErr != nil {
			return false, retryAfter(listErr), hopeless(listErr)
		}
		var found bool
		created, found = p.among(listed, before, answered)
		return found, 0, nil
	}
	if ctx.Err() != nil {
		// Also after Ctrl-C, once: a profile that nobody tracks would keep its
		// source from ever being used again.
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), createLastLook)
		defer cancel()
		if found, _, lookErr := look(last); found && lookErr == nil {
			return created, nil
		}
	}
	soon, cancel := context.WithTimeout(ctx, min(c.grace, createSettle))
	defer cancel()
	if lookErr := poll.Paced(soon, c.poll, look); lookErr != nil {
		return Profile{}, &UnconfirmedError{
			Hint: fmt.Sprintf("No new identity profile %q fed by source %s was seen afterwards; look for it in the tenant before applying again, and import it if it is there", p.Name, p.Source),
			Err:  err,
		}
	}
	return created, nil
}

// conflict turns a 409 for a profile, a new one if its id is empty, into an error
// that names the profile in the way. The listing has no filter for the
// source (contract §2.1).
func (c *Client) conflict(name string, source Reference, id string, err error, listed map[string]Profile, listErr error) error {
	conflict := &ConflictError{Tenant: c.Tenant(), Name: name, Source: source, Err: err}
	if listErr != nil {
		conflict.Err = fmt.Errorf("%w; which profile is in the way could not be found out: %w", err, listErr)
		return conflict
	}
	conflict.listed = true
	for _, p := range listed {
		if p.ID == id {
			continue
		}
		if p.Name == name {
			conflict.namesake = p
		}
		if p.Source.ID == source.ID {
			conflict.Existing = p
		}
	}
	return conflict
}

// retryAfter is when the tenant wants to be asked again after err, 0 when it
// does not say.
func retryAfter(err error) time.Duration {
	var failed *Error
	if errors.As(err, &failed) {
		return failed.retryAfter
	}
	return 0
}

// hopeless returns err when asking again cannot help: a refused login is not
// repeated, and a right does not appear by itself. Of what may pass, nil.
func hopeless(err error) error {
	switch s := status(err); {
	case errors.Is(err, ErrLoginRefused):
		return err
	case s == http.StatusUnauthorized, s == http.StatusNotFound, s == http.StatusRequestTimeout, s == http.StatusTooManyRequests:
		return nil
	case s >= 300 && s < 500:
		return err
	}
	return nil
}
