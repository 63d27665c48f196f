// Package printable makes text of another system fit for a message on a terminal.
package printable

import (
	"strings"
	"unicode"
)

// limits of a text in runes, and of what is looked at of it in bytes.
const (
	most   = 200
	looked = 4096
)

// Text returns s on one line, without control characters, escape sequences and
// characters that turn the direction of writing, and cut to 200 characters.
func Text(s string) string {
	cut := len(s) > looked
	if cut {
		s = s[:looked]
	}
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) { // also spaces other than U+0020
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > most || cut {
		s = string(runes[:min(most, len(runes))]) + "…"
	}
	return s
}
