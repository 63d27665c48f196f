package basip

import (
	"strings"
	"testing"
)

// A password with a slash in it makes what stands before the slash look like a
// port, which the standard library repeats in its error.
func TestParseURLRepeatsNoPieceOfAPassword(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"http://admin:hunter/2@panel.example", "http://admin:hunter%zz@panel.example", "http://admin:hunter@panel.example"} {
		_, err := ParseURL(text)
		if err == nil || strings.Contains(err.Error(), "hunter") {
			t.Errorf("ParseURL(%q): error %v, want one without the password", text, err)
		}
	}
}
