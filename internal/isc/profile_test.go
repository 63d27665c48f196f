package isc

import (
	"context"
	"errors"
	"reflect"
	"testing"
)

// example is a profile with every field of the specification and some more.
const example = `{"id":"2b838de9-db9b-abcf-e646-d4f274ad4238","name":"HR","created":"2015-05-28T14:07:17Z","modified":"Mon Aug 21 14:57:39 CDT 2023",
	"description":"My custom flat file profile","owner":{"type":"IDENTITY","id":"2c9180835d191a86015d28455b4b232a","name":"William Wilson"},
	"priority":9007199254740993,"authoritativeSource":{"type":"SOURCE","id":"2c9180835d191a86015d28455b4b232b","name":"HR Active Directory"},
	"identityRefreshRequired":true,"identityCount":8,"hasTimeBasedAttr":true,"newField":{"x":[1]},
	"identityExceptionReportReference":{"taskResultId":"x","reportName":"y"},
	"identityAttributeConfig":{"enabled":true,"futureKey":1,"attributeTransforms":[
		{"identityAttributeName":"email","transformDefinition":{"type":"accountAttribute","attributes":{"attributeName":"e-mail","sourceName":"MySource"}}},
		{"identityAttributeName":"uid","transformDefinition":{"type":"rule","attributes":null}}]}}`

func TestDecodeProfile(t *testing.T) {
	t.Parallel()
	got, err := decodeProfile([]byte(example))
	if err != nil {
		t.Fatal(err)
	}
	got.keys, got.config = nil, mappingConfig{}
	want := Profile{
		ID: "2b838de9-db9b-abcf-e646-d4f274ad4238", Name: "HR", Description: "My custom flat file profile",
		Owner: &Reference{"2c9180835d191a86015d28455b4b232a", "William Wilson"}, Priority: ptr(int64(9007199254740993)),
		Source: Reference{"2c9180835d191a86015d28455b4b232b", "HR Active Directory"},
		Mappings: map[string]Mapping{
			"email": {"accountAttribute", []byte(`{"attributeName":"e-mail","sourceName":"MySource"}`)},
			"uid":   {"rule", nil},
		},
		MappingsEnabled: true, Created: "2015-05-28T14:07:17Z", Modified: "Mon Aug 21 14:57:39 CDT 2023",
		IdentityCount: ptr(int64(8)), IdentityRefreshRequired: true, HasTimeBasedAttributes: true,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestDecodeSparseProfile(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty": `{}`,
		"nulls": `{"id":null,"name":null,"created":null,"modified":null,"description":null,"owner":null,"priority":null,"authoritativeSource":null,
			"identityRefreshRequired":null,"identityCount":null,"hasTimeBasedAttr":null,"identityAttributeConfig":null}`,
		"nulls within": `{"owner":{"type":null,"id":null,"name":null},"authoritativeSource":{},"identityAttributeConfig":{"enabled":null,"attributeTransforms":null}}`,
	} {
		got, err := decodeProfile([]byte(text))
		got.keys, got.config = nil, mappingConfig{}
		if err != nil || !reflect.DeepEqual(got, Profile{}) {
			t.Errorf("%s: %+v, %v; want the zero value", name, got, err)
		}
	}
	got, err := decodeProfile([]byte(`{"id":"x17","priority":"20","identityCount":3.0,"hasTimeBasedAttr":"TRUE","identityRefreshRequired":1,
		"identityAttributeConfig":{"enabled":"true","attributeTransforms":[null,5,{},{"identityAttributeName":{}},{"identityAttributeName":"x","transformDefinition":7}]}}`))
	if err != nil || got.ID != "x17" || *got.Priority != 20 || *got.IdentityCount != 3 || !got.HasTimeBasedAttributes || !got.IdentityRefreshRequired || !got.MappingsEnabled || len(got.Mappings) != 0 {
		t.Errorf("other forms: %+v, %v", got, err)
	}
	if len(got.config.transforms) != 5 {
		t.Errorf("%d of 5 unreadable mappings are kept", len(got.config.transforms))
	}
}

// A count that cannot be read is not a count of none.
func TestCountOfIdentitiesMayBeUnknown(t *testing.T) {
	t.Parallel()
	for _, count := range []string{`null`, `""`, `"many"`, `-1`, `0.5`, `{}`, `[500]`, `true`, `1e300`} {
		got, err := decodeProfile([]byte(`{"id":"` + a + `","identityCount":` + count + `}`))
		if err != nil || got.IdentityCount != nil {
			t.Errorf("%s: %v, %v; want none", count, got.IdentityCount, err)
		}
	}
	for _, count := range []string{`500`, `"500"`, `5e2`} {
		got, err := decodeProfile([]byte(`{"identityCount":` + count + `}`))
		if err != nil || got.IdentityCount == nil || *got.IdentityCount != 500 {
			t.Errorf("%s: %v, %v; want 500", count, got.IdentityCount, err)
		}
	}
}

func TestProfileIsRead(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Staff", `{"identityCount":4}`))
	got, err := s.client(t).Profile(t.Context(), a)
	if err != nil || got.ID != a || got.Name != "Staff" || *got.IdentityCount != 4 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAbsenceIsProvenOnce(t *testing.T) {
	t.Parallel()
	s := newTenant()
	c := s.client(t)
	for range 3 {
		_, err := c.Profile(t.Context(), b)
		if !errors.Is(err, ErrNotFound) {
			t.Fatalf("error %v, want ErrNotFound", err)
		}
		contains(t, err, b, "404", "trackingId")
	}
	s.expect(t, getPrefix+b, 3)
	s.expect(t, listRoute, 1) // that the path exists
}

func TestAbsenceNeedsNoProofAfterASuccess(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Staff", ""))
	c := s.client(t)
	if _, err := c.Profile(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Profile(t.Context(), b); !errors.Is(err, ErrNotFound) {
		t.Errorf("error %v, want ErrNotFound", err)
	}
	s.expect(t, listRoute, 0)
}

func TestWrongPathIsNotAbsence(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ get, list reply }{
		"the tenant lacks the family": {says(404, `{"message":"no Route matched"}`), says(404, `{"message":"no Route matched"}`)},
		"a page":                      {says(404, "<html><title>Not Found</title></html>"), nil},
		"a text":                      {says(404, "404 page not found\n"), nil},
		"a portal":                    {says(404, ""), says(200, "<html></html>")},
		"no right to list":            {says(404, ""), says(403, "")},
		"list fails":                  {says(404, ""), says(500, "")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTenant()
			s.always[getPrefix+a], s.always[listRoute] = test.get, test.list
			c := s.client(t)
			for range 2 {
				if _, err := c.Profile(t.Context(), a); err == nil || errors.Is(err, ErrNotFound) {
					t.Errorf("error %v: nothing says that the profile is not there", err)
				}
			}
			_, err := c.Profile(t.Context(), a)
			switch name {
			case "the tenant lacks the family", "a page", "a text":
				contains(t, err, "version v1", "API address")
			}
		})
	}
}

func TestIDThatIsNone(t *testing.T) {
	t.Parallel()
	s := newTenant(wire(a, "Staff", ""))
	c := s.client(t)
	for _, id := range []string{"", ".", "..", "../x", "a/b", "a?b", "a b", "a%2fb", "ä", "a\n"} {
		_, err := c.Profile(t.Context(), id)
		contains(t, err, "not an ID of an identity profile")
		_, err = c.ChangeProfile(t.Context(), id, Change{Name: ptr("x")})
		contains(t, err, "not an ID of an identity profile")
		_, err = c.StartDeletion(t.Context(), a, id)
		contains(t, err, "not an ID of an identity profile")
	}
	_, err := c.StartDeletion(t.Context())
	contains(t, err, "no ID is given")
	if len(s.requests) != 0 {
		t.Errorf("requests %q", s.routes())
	}
}

// Nothing says what an answer is about that has no ID, or one that cannot be one.
func TestAnswerAboutAnotherProfileIsNotBelieved(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body  string
		parts []string
	}{
		"another": {`{"id":"` + b + `","name":"By hand"}`, []string{a, b}},
		"none":    {`{"name":"Staff"}`, []string{a, "without an ID"}},
		"number":  {`{"id":1e300}`, []string{a, "1e300 is not an ID"}},
		"path":    {`{"id":"../x"}`, []string{a, "is not an ID"}},
		"object":  {`{"id":{}}`, []string{a, "is not an ID"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTenant(wire(a, "Staff", ""))
			s.always[getPrefix+a] = says(200, test.body)
			c := s.client(t)
			for _, read := range []func(context.Context, string) (Profile, error){c.Profile, c.RefreshProfile, c.CurrentProfile} {
				got, err := read(t.Context(), a)
				if !reflect.DeepEqual(got, Profile{}) || errors.Is(err, ErrNotFound) {
					t.Errorf("%+v, %v", got, err)
				}
				contains(t, err, test.parts...)
			}
		})
		t.Run(name+", of a change", func(t *testing.T) {
			t.Parallel()
			if name == "none" { // which the profile itself tells
				return
			}
			s := newTenant(wire(a, "Staff", ""))
			s.script(patchPrefix+a, says(200, test.body))
			got, err := s.client(t).ChangeProfile(t.Context(), a, Change{Name: ptr("New")})
			if name != "another" {
				if err != nil || got.ID != a {
					t.Errorf("%+v, %v", got, err)
				}
				return
			}
			_ = as[*UnconfirmedError](t, err)
			contains(t, err, a, b, "may have carried it out")
			if got.ID != a || got.Name != "Staff" {
				t.Errorf("%+v, want the profile as it was read", got)
			}
			s.expect(t, patchPrefix+a, 1)
		})
	}
}
