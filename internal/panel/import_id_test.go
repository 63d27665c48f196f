package panel

import (
	"strings"
	"testing"
)

func TestParseImportID(t *testing.T) {
	t.Parallel()
	const id = "0a6b3f0e-7c1d-4e55-9b1a-d2f0c8a1b001"
	for text, test := range map[string]struct{ panel, wrong string }{
		id:                                     {"", ""},
		"lobby/" + id:                          {"lobby", ""},
		"lobby/" + strings.ToUpper(id):         {"lobby", ""},
		"front.door-2/" + id:                   {"front.door-2", ""},
		"":                                     {"", "is empty"},
		" ":                                    {"", "blanks at an end"},
		" lobby/" + id:                         {"", "blanks at an end"},
		"lobby/" + id + "\n":                   {"", "blanks at an end"},
		"lobby/ " + id:                         {"", "is not a UUID"},
		"lobby/":                               {"", "no link_id after the slash"},
		"/" + id:                               {"", "no panel before the slash"},
		"/":                                    {"", "no panel before the slash"},
		"site/lobby/" + id:                     {"", "more than one slash"},
		"lobby/" + id + "/":                    {"", "more than one slash"},
		"lobby//" + id:                         {"", "more than one slash"},
		"lobby/{" + id + "}":                   {"", "is written as " + id},
		"lobby/urn:uuid:" + id:                 {"", "is written as " + id},
		strings.ReplaceAll(id, "-", ""):        {"", "is written as " + id},
		"lobby/42":                             {"", "42 is a number"},
		"42":                                   {"", "42 is a number"},
		"lobby/Ada":                            {"", `"Ada" is not a UUID`},
		"lobby":                                {"", `"lobby" is not a UUID`},
		"lobby:" + id:                          {"", "is not a UUID"},
		"lobby/" + id[:35]:                     {"", "is not a UUID"},
		"00000000-0000-0000-0000-000000000000": {"", "stands for none"},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			panel, linkID, err := parseImportID(text)
			if test.wrong == "" {
				if err != nil || panel != test.panel || linkID.String() != id {
					t.Errorf("%q, %s, %v; want %q and %s", panel, linkID, err, test.panel, id)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.wrong) {
				t.Errorf("error %v, want one with %q", err, test.wrong)
			}
		})
	}
}
