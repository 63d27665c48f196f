package isc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/printable"
)

// Reference names another object of the tenant, an identity or a source. Its ID
// tells it apart; the name is filled in by the tenant.
type Reference struct{ ID, Name string }

// String names the object for a message.
func (r Reference) String() string {
	if r.Name == "" {
		return printable.Text(r.ID)
	}
	return fmt.Sprintf("%q (%s)", printable.Text(r.Name), printable.Text(r.ID))
}

// Profile is an identity profile as the tenant holds it (contract §2.2).
type Profile struct {
	ID          string
	Name        string
	Description string     // empty where the tenant has null
	Owner       *Reference // nil when there is none
	Priority    *int64     // nil when the tenant does not say
	Source      Reference  // the authoritative source

	Mappings        map[string]Mapping // by the name of the identity attribute
	MappingsEnabled bool

	Created, Modified       string // as written; dates of this API are not to be relied on
	IdentityCount           *int64 // nil when the tenant does not say
	IdentityRefreshRequired bool
	HasTimeBasedAttributes  bool

	keys   map[string]bool // of the tenant's own object, to choose between add and replace
	config mappingConfig   // as the tenant wrote it, so that what is not ours goes back untouched
}

// Complete reports whether the tenant's answer had the mappings in it. An answer
// without them does not say that the profile has none.
func (p Profile) Complete() bool { return p.config.complete() }

// decodeProfile reads a profile. Each field may be missing.
func decodeProfile(raw json.RawMessage) (Profile, error) {
	fields, err := looseObject(raw)
	if err != nil {
		return Profile{}, err
	}
	if fields == nil {
		return Profile{}, errors.New("it is empty")
	}
	p := Profile{keys: map[string]bool{}}
	for key := range fields {
		p.keys[key] = true
	}
	for _, field := range []struct {
		key  string
		read func(json.RawMessage) error
	}{
		{"id", into(&p.ID, decodeID)},
		{"name", into(&p.Name, looseString)},
		{"description", into(&p.Description, looseString)},
		{"owner", into(&p.Owner, decodeReference)},
		{"priority", into(&p.Priority, looseInteger)},
		{"identityAttributeConfig", into(&p.config, decodeMappingConfig)},
		{"created", into(&p.Created, looseString)},
		{"modified", into(&p.Modified, looseString)},
		{"identityCount", into(&p.IdentityCount, looseCount)},
		{"identityRefreshRequired", into(&p.IdentityRefreshRequired, looseBool)},
		{"hasTimeBasedAttr", into(&p.HasTimeBasedAttributes, looseBool)},
	} {
		if err := field.read(fields[field.key]); err != nil {
			return Profile{}, fmt.Errorf("%s: %w", field.key, err)
		}
	}
	source, err := decodeReference(fields["authoritativeSource"])
	if err != nil {
		return Profile{}, fmt.Errorf("authoritativeSource: %w", err)
	}
	if source != nil {
		p.Source = *source
	}
	p.Mappings, p.MappingsEnabled = p.config.mappings(), p.config.enabled
	return p, nil
}

// decodeID reads the ID of a profile, which is empty when it is missing.
func decodeID(raw json.RawMessage) (string, error) {
	var id string
	switch {
	case absent(raw):
		return "", nil
	case json.Unmarshal(raw, &id) != nil || id != "" && !plainID(id):
		return "", fmt.Errorf("%s is not an ID", excerpt(raw))
	}
	return id, nil
}

// into makes a reader that stores what it reads.
func into[T any](target *T, read func(json.RawMessage) (T, error)) func(json.RawMessage) error {
	return func(raw json.RawMessage) (err error) {
		*target, err = read(raw)
		return err
	}
}

// decodeReference reads {type, id, name}; a reference without id is none.
func decodeReference(raw json.RawMessage) (*Reference, error) {
	fields, err := looseObject(raw)
	if err != nil {
		return nil, err
	}
	var r Reference
	if r.ID, err = looseString(fields["id"]); err != nil {
		return nil, fmt.Errorf("id: %w", err)
	}
	if r.Name, err = looseString(fields["name"]); err != nil {
		return nil, fmt.Errorf("name: %w", err)
	}
	if r.ID == "" {
		return nil, nil
	}
	return &r, nil
}

// wireReference is a reference on its way to the tenant. Without a name it is
// enough (contract §2.3), and a name could only be out of date.
type wireReference struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

func wireSource(r Reference) wireReference { return wireReference{"SOURCE", r.ID} }
func wireOwner(r Reference) wireReference  { return wireReference{"IDENTITY", r.ID} }

// Profile returns the profile with an id. The error is ErrNotFound when the
// tenant does not have it, and only then: an answer of 404 proves nothing until
// another one has shown that the family's path exists on this tenant.
func (c *Client) Profile(ctx context.Context, id string) (Profile, error) {
	p, err := c.read(ctx, id)
	if err != nil {
		return Profile{}, c.orNotFound(ctx, err)
	}
	return p, nil
}

// read returns the profile with an id, or the tenant's answer as an error.
func (c *Client) read(ctx context.Context, id string) (Profile, error) {
	r := request{action: "read identity profile " + id, method: http.MethodGet, right: rightRead}
	if err := c.profilePath(&r, id); err != nil {
		return Profile{}, err
	}
	a, err := c.call(ctx, r)
	if err != nil {
		return Profile{}, err
	}
	p, err := decoded(c, r, a, decodeProfile)
	switch {
	case err != nil:
		return Profile{}, err
	case p.ID == "":
		return Profile{}, c.unexpected(r, a, "it is a profile without an ID")
	case p.ID != id:
		return Profile{}, c.mistaken(r, a, p.ID, id)
	}
	return p, nil
}

// orNotFound makes ErrNotFound of a 404 that can be relied on.
func (c *Client) orNotFound(ctx context.Context, err error) error {
	var failed *Error
	if !errors.As(err, &failed) || !failed.absent {
		return err
	}
	if err := c.provePath(ctx); err != nil {
		return err
	}
	failed.Err = ErrNotFound
	return err
}

// plainID reports whether an id can stand in a path as it is. Nothing, dots and
// slashes would reach another call.
func plainID(id string) bool { return len(id) <= maxID && idPattern.MatchString(id) }

// maxID is far beyond the 32 to 36 characters of the vendor.
const maxID = 128

// idPattern is wide: what an id looks like is the tenant's business (contract §2.2).
var idPattern = regexp.MustCompile(`^[\w.:~-]*\w[\w.:~-]*$`)

func notAnID(id string) error { return fmt.Errorf("%q is not an ID of an identity profile", id) }

// IsID reports whether an ID can be that of an identity profile.
func IsID(id string) bool { return plainID(id) }

// profilePath puts the path of one profile into r.
func (c *Client) profilePath(r *request, id string) error {
	if !plainID(id) {
		return fmt.Errorf("%s: %w", c.couldNot(r.action), notAnID(id))
	}
	r.path = c.family.profiles + "/" + id
	return nil
}

// provePath makes sure that the family's path exists. Without it, a tenant that
// lacks the family would seem to have lost every profile.
func (c *Client) provePath(ctx context.Context) error {
	if c.proven.Load() {
		return nil
	}
	r := request{
		action: "list identity profiles", method: http.MethodGet, path: c.family.profiles,
		query: url.Values{"limit": {"1"}}, right: rightRead,
	}
	a, err := c.call(ctx, r)
	if err != nil {
		return c.orWrongPath(err)
	}
	_, err = decoded(c, r, a, decodePage)
	return err
}
