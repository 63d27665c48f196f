package isc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Limits of a listing, contract §2.1.
const (
	pageSize     = 250  // the largest documented page
	maxPages     = 1000 // more than any tenant holds
	listAttempts = 3    // a listing that changes while it is read is read again
)

// Query narrows and orders a listing. The zero value is all profiles by id.
type Query struct {
	Filters string // in the vendor's language: name eq "Staff"; see NameIs
	Sorters string // "priority", "-created"; the id comes last in any case, so that pages do not overlap
}

// NameIs is the filter for an exact name.
func NameIs(name string) string {
	return `name eq "` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
}

// errMoved: the listing changed while its pages were read.
var errMoved = errors.New("the listing changed while its pages were read")

// Profiles returns all profiles that the query finds, from all pages.
func (c *Client) Profiles(ctx context.Context, q Query) ([]Profile, error) {
	var err error
	for range listAttempts {
		var profiles []Profile
		profiles, err = c.listOnce(ctx, q)
		if !errors.Is(err, errMoved) {
			return profiles, err
		}
	}
	return nil, fmt.Errorf("%w; somebody may be changing identity profiles at this moment, try again", err)
}

// listOnce reads all pages once.
func (c *Client) listOnce(ctx context.Context, q Query) ([]Profile, error) {
	r := request{action: "list identity profiles", method: http.MethodGet, path: c.family.profiles, right: rightRead}
	var profiles []Profile
	seen := map[string]bool{}
	total := -1
	for page := range maxPages {
		r.query = url.Values{
			"limit": {strconv.Itoa(pageSize)}, "offset": {strconv.Itoa(len(profiles))},
			"count": {"true"}, "sorters": {byID(q.Sorters)},
		}
		if q.Filters != "" {
			r.query.Set("filters", q.Filters)
		}
		a, err := c.call(ctx, r)
		if err != nil {
			return nil, c.orWrongPath(err)
		}
		found, err := decoded(c, r, a, decodePage)
		if err != nil {
			return nil, err
		}
		told := totalCount(a.header)
		if page > 0 && told != total {
			return nil, c.moved(r, "its count went from %d to %d", total, told)
		}
		total = told
		for _, p := range found {
			if seen[p.ID] {
				return nil, c.moved(r, "identity profile %s is in it twice", p.ID)
			}
			seen[p.ID] = true
			profiles = append(profiles, p)
		}
		switch {
		case total >= 0 && len(profiles) >= total, total < 0 && len(found) < pageSize:
			return profiles, nil
		case len(found) == 0:
			return nil, c.moved(r, "%d of %d identity profiles are in it", len(profiles), total)
		}
	}
	return nil, c.moved(r, "it does not end after %d pages", maxPages)
}

func (c *Client) moved(r request, format string, values ...any) error {
	return &Error{
		Tenant: c.Tenant(), Action: r.action, Method: r.method, Path: c.base.Path + r.path, Status: http.StatusOK,
		Err: fmt.Errorf("%w: "+format, append([]any{errMoved}, values...)...),
	}
}

// byID adds the id to the sorters: equal keys have no order of their own.
func byID(sorters string) string {
	const id = "id"
	if sorters == "" {
		return id
	}
	for sorter := range strings.SplitSeq(sorters, ",") {
		if strings.TrimPrefix(strings.TrimSpace(sorter), "-") == id {
			return sorters
		}
	}
	return sorters + "," + id
}

// decodePage reads one page. A profile without an id cannot be told from others.
func decodePage(body json.RawMessage) ([]Profile, error) {
	list, err := looseList(body)
	if err != nil || list == nil {
		return nil, errors.New("it is not a list")
	}
	profiles := make([]Profile, len(list))
	for i, raw := range list {
		if profiles[i], err = decodeProfile(raw); err != nil {
			return nil, fmt.Errorf("profile %d of the page: %w", i+1, err)
		}
		if profiles[i].ID == "" {
			return nil, fmt.Errorf("profile %d of the page has no id", i+1)
		}
	}
	return profiles, nil
}

// totalCount is the number of profiles in all pages, -1 when it is not told.
func totalCount(header http.Header) int {
	total, err := strconv.Atoi(strings.TrimSpace(header.Get("X-Total-Count")))
	if err != nil || total < 0 {
		return -1
	}
	return total
}

// ProfileByName returns the profile with exactly this name. The error is
// ErrNotFound when there is none, ErrAmbiguous when there are several.
func (c *Client) ProfileByName(ctx context.Context, name string) (Profile, error) {
	found, err := c.named(ctx, name)
	if err != nil {
		return Profile{}, err
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return Profile{}, fmt.Errorf("identity profile %q is %w %s", name, ErrNotFound, c.Tenant())
	}
	ids := make([]string, len(found))
	for i, p := range found {
		ids[i] = p.ID
	}
	return Profile{}, fmt.Errorf("identity profile %q: %w %s; use one of the IDs %s", name, ErrAmbiguous, c.Tenant(), strings.Join(ids, ", "))
}

// named returns the profiles with exactly this name: the filter may fold case.
func (c *Client) named(ctx context.Context, name string) ([]Profile, error) {
	found, err := c.Profiles(ctx, Query{Filters: NameIs(name)})
	return slices.DeleteFunc(found, func(p Profile) bool { return p.Name != name }), err
}
