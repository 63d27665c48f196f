package basip

import (
	"errors"
	"strings"
	"testing"
)

func TestOutcomeOfACreation(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		outcome    answer
		duplicates bool
	}{
		"created":                   {outcomeOf(1, `"success":true,"extended_info":"created","has_dublicates":false`), false},
		"created, no success told":  {outcomeOf(1, `"extended_info":"created"`), false},
		"created, a namesake":       {outcomeOf(1, `"success":true,"extended_info":"created","has_dublicates":true`), true},
		"the word for a namesake":   {outcomeOf(1, `"success":true,"extended_info":"has_dublicates"`), true},
		"both words":                {outcomeOf(1, `"success":true,"extended_info":"created, has_dublicates"`), true},
		"both words in a list":      {outcomeOf(1, `"success":true,"extended_info":["created","has_dublicates"]`), true},
		"unknown keys":              {outcomeOf(1, `"success":true,"extended_info":"created","x":{}`), false},
		"link_id in upper case":     {outcome(`{"link_id":"` + strings.ToUpper(id(1).String()) + `","extended_info":"created"}`), false},
		"others before and after":   {outcome(`{"link_id":"` + id(8).String() + `","success":false,"extended_info":"wrong_areas"},{"link_id":"` + id(1).String() + `","extended_info":"created"},{"link_id":null},{}`), false},
		"the same outcome repeated": {outcome(strings.Repeat(`{"link_id":"`+id(1).String()+`","extended_info":"created"},`, 2) + `{}`), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.always[usersUpsert] = appliedThen(test.outcome)
			stored, err := p.client(t).Users().Create(t.Context(), someone(1, "Ann"))
			if err != nil || stored.HasDuplicates != test.duplicates || stored.Held.Name != "Ann" {
				t.Errorf("%+v, %v; want duplicates %t", stored, err, test.duplicates)
			}
			p.expect(t, usersUpsert, 1)
		})
	}
}

func TestOutcomeThatIsNotGood(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		outcome answer
		words   string // the panel's own, which the error repeats
		open    bool   // the entity may be on the panel, so that it must be tracked
	}{
		"refused":                      {outcomeOf(1, `"success":false,"extended_info":"number_of_identifiers_exceeded"`), "number_of_identifiers_exceeded", false},
		"refused, a word of success":   {outcomeOf(1, `"success":false,"extended_info":"created"`), "created", false},
		"refused without a word":       {outcomeOf(1, `"success":false`), "", false},
		"refused, an older panel":      {outcomeOf(1, `"extended_info":"invalid_time_rules_settings"`), "invalid_time_rules_settings", false},
		"updated":                      {outcomeOf(1, `"success":true,"extended_info":"updated"`), "updated", false},
		"a word nobody knows":          {outcomeOf(1, `"success":true,"extended_info":"synchronised"`), "synchronised", true},
		"deleted":                      {outcomeOf(1, `"success":true,"extended_info":"deleted"`), "deleted", true},
		"success without a word":       {outcomeOf(1, `"success":true`), "", true},
		"success, a word as a number":  {outcomeOf(1, `"success":true,"extended_info":7`), "", true},
		"an empty word":                {outcomeOf(1, `"success":true,"extended_info":""`), "", true},
		"no outcome":                   {outcomeOf(1, `"has_dublicates":false`), "", true},
		"created once, then refused":   {outcome(`{"link_id":"` + id(1).String() + `","success":true,"extended_info":"created"},{"link_id":"` + id(1).String() + `","success":false,"extended_info":"wrong_rule"}`), "wrong_rule", false},
		"created and a word of no use": {outcomeOf(1, `"success":true,"extended_info":["created","face_has_not_recognized"]`), "created, face_has_not_recognized", true},
		"another link_id":              {outcomeOf(2, `"success":true,"extended_info":"created"`), "", true},
		"no link_id":                   {outcome(`{"success":true,"extended_info":"created"}`), "", true},
		"an empty result":              {outcome(``), "", true},
		"no result":                    {says(200, `{}`), "", true},
		"null":                         {says(200, `null`), "", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.always[usersUpsert] = test.outcome
			_, err := p.client(t).Users().Create(t.Context(), someone(1, "Ann"))
			var item *ItemError
			if !errors.As(err, &item) || item.Words != test.words || item.LinkID != id(1) || item.Name != "Ann" {
				t.Errorf("error %v, want an ItemError with %q", err, test.words)
			}
			var unconfirmed *UnconfirmedError
			if errors.As(err, &unconfirmed) != test.open {
				t.Errorf("error %v; unconfirmed should be %t", err, test.open)
			}
			p.expect(t, usersUpsert, 1)
		})
	}
}

// boundOutcomes are the forms of a warning that a reference leads nowhere.
func boundOutcomes() map[string]struct {
	outcome answer
	words   string
} {
	return map[string]struct {
		outcome answer
		words   string
	}{
		"a string":             {outcomeOf(1, `"success":true,"extended_info":"bound_time_profile_doesnt_exist"`), "bound_time_profile_doesnt_exist"},
		"joined by commas":     {outcomeOf(1, `"success":true,"extended_info":"created,bound_time_profile_doesnt_exist, bound_apartment_doesnt_exist"`), "bound_apartment_doesnt_exist, bound_time_profile_doesnt_exist"},
		"a list":               {outcomeOf(1, `"success":true,"extended_info":["updated","bound_identifier_doesnt_exist"]`), "bound_identifier_doesnt_exist"},
		"without success":      {outcomeOf(1, `"extended_info":"bound_kone_rule_doesnt_exist"`), "bound_kone_rule_doesnt_exist"},
		"stored, but refused":  {outcomeOf(1, `"success":false,"extended_info":"bound_time_profile_doesnt_exist"`), "bound_time_profile_doesnt_exist"},
		"a word still unknown": {outcomeOf(1, `"success":true,"extended_info":"bound_camera_doesnt_exist"`), "bound_camera_doesnt_exist"},
	}
}

func TestUserWithoutWhatItRefersToIsTakenAwayAgain(t *testing.T) {
	t.Parallel()
	for name, test := range boundOutcomes() {
		if name == "a list" { // it says updated, which is no outcome of a creation
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.users = []object{wire(2, "Bob", "")}
			p.always[usersUpsert] = appliedThen(test.outcome)
			user := someone(1, "Ann")
			user.TimeProfiles = RefersTo(id(7))
			_, err := p.client(t).Users().Create(t.Context(), user)
			var differs *DiffersError
			if !errors.As(err, &differs) || !differs.Restored || differs.Words != test.words {
				t.Errorf("error %v, want a restored DiffersError with %q", err, test.words)
			}
			if p.user(1) != nil || p.user(2) == nil {
				t.Error("the user was not taken away again, or another one was")
			}
			p.expect(t, usersUpsert, 1)
			p.expect(t, usersDelete, 1)
			if want := `{"link_ids":["` + id(1).String() + `"]}`; p.sent(usersDelete)[0].body != want {
				t.Errorf("body %s, want %s", p.sent(usersDelete)[0].body, want)
			}
		})
	}
}

func TestUserThatCannotBeTakenAwayAgainIsTracked(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.always[usersUpsert] = appliedThen(outcomeOf(1, `"success":true,"extended_info":"bound_time_profile_doesnt_exist"`))
	p.always[usersDelete] = says(403, `{"error":"Administrator rights required"}`)
	_, err := p.client(t).Users().Create(t.Context(), someone(1, "Ann"))
	var unconfirmed *UnconfirmedError
	if !errors.As(err, &unconfirmed) {
		t.Fatalf("error %v, want an UnconfirmedError", err)
	}
	for _, words := range []string{"bound_time_profile_doesnt_exist", "Administrator rights required"} {
		if !strings.Contains(err.Error(), words) {
			t.Errorf("the error does not tell %q: %v", words, err)
		}
	}
}
