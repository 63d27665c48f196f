package panel

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestNameValidator(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		name            types.String
		errors, warning string
	}{
		"good":                   {types.StringValue("Ada"), "", ""},
		"null":                   {types.StringNull(), "", ""},
		"unknown":                {types.StringUnknown(), "", ""},
		"blank":                  {types.StringValue(" "), "name must not be blank.", ""},
		"invisible":              {types.StringValue("A\u200bda"), "name must not hold an invisible character (U+200B, character 2 of 4).", ""},
		"100 characters":         {types.StringValue(strings.Repeat("é", 100)), "", ""},
		"101 characters":         {types.StringValue(strings.Repeat("é", 101)), "", "name has 101 characters."},
		"101 characters, and \n": {types.StringValue(strings.Repeat("é", 101) + "\n"), "name must not hold a line break (U+000A, character 102 of 102).", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var resp validator.StringResponse
			nameValidator().ValidateString(context.Background(), validator.StringRequest{Path: path.Root("name"), ConfigValue: test.name}, &resp)
			var errors, warning string
			for _, d := range resp.Diagnostics.Errors() {
				errors += d.Detail()
			}
			for _, d := range resp.Diagnostics.Warnings() {
				warning += d.Detail()
			}
			if errors != test.errors || !strings.HasPrefix(warning, test.warning) || test.warning == "" && warning != "" {
				t.Errorf("errors %q, warnings %q; want %q, %q", errors, warning, test.errors, test.warning)
			}
		})
	}
}
