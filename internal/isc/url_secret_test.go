package isc

import (
	"strings"
	"testing"
)

// A password with a slash in it makes what stands before the slash look like a
// port, which the standard library repeats in its error.
func TestParseBaseURLRepeatsNoPieceOfAPassword(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"https://admin:hunter/2@tenant.example", "https://admin:hunter%zz@tenant.example", "https://admin:hunter@tenant.example"} {
		_, err := ParseBaseURL(text)
		if err == nil || strings.Contains(err.Error(), "hunter") {
			t.Errorf("ParseBaseURL(%q): error %v, want one without the password", text, err)
		}
	}
}
