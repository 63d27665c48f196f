package panel_test

import (
	"crypto/md5"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// then is checks of the state with one of the panels after them.
func then(look func() error, checks ...statecheck.StateCheck) []statecheck.StateCheck {
	return append(checks, acctest.Then(look))
}

// block is a configuration block. Its arguments are separated by commas, so that
// a table has one line a case; a block itself wants them on lines of their own.
func block(name, arguments string) string {
	return name + " {\n  " + regexp.MustCompile(`, (\w+ = )`).ReplaceAllString(arguments, "\n  $1") + "\n}"
}

// officeHours is a time profile to refer to.
const officeHours = `
resource "gatehouse_panel_time_profile" "test" {
  name  = "Office hours"
  start = "2026-01-05T09:00:00Z"
  end   = "2026-01-05T18:00:00Z"
}
`

// A window of time and a recurrence as a panel holds them.
var (
	window = json.RawMessage(`{"is_all_day":false,"date_from":1767603600,"date_to":1767636000}`)
	once   = json.RawMessage(`{"repeat_enable":false}`)
)

// deleteProfile deletes a time profile as another client of the panel would.
func deleteProfile(t *testing.T, panel *simulator.Panel, linkID string) {
	t.Helper()
	call := func(method, target, token, body string) (answer struct{ Token string }) {
		req, err := http.NewRequestWithContext(t.Context(), method, panel.URL()+target, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s %s answered %s (%v)", method, target, resp.Status, err)
		}
		return answer
	}
	token := call(http.MethodGet, fmt.Sprintf("%s?username=admin&password=%X", loginPath, md5.Sum([]byte(acctest.Password))), "", "").Token
	call(http.MethodDelete, profilesPath, token, `{"link_ids":["`+linkID+`"]}`)
}
