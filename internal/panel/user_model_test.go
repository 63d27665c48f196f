package panel

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
)

// An apartment that was made at the panel cannot be sent, but whether it was lost
// is still to be seen after an update. Without any, there is nothing to send.
func TestUpdateGoesOnToKnowAnApartmentOfThePanel(t *testing.T) {
	t.Parallel()
	nothing := userModel{AuthFactors: types.SetNull(types.StringType)}
	for _, held := range []basip.Apartment{{Known: true, Local: true}, {Known: true}} {
		user, diags := nothing.onto(t.Context(), basip.User{Apartment: held}, nothing, nothing)
		if diags.HasError() {
			t.Fatal(diags)
		}
		if want := (basip.Apartment{Known: held.Local, Local: held.Local}); user.Apartment != want {
			t.Errorf("of %+v the update makes %+v, want %+v", held, user.Apartment, want)
		}
	}
}
