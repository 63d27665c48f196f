package basip

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// LongName is the number of characters up to which a panel is assumed to keep a
// name whole (contract §3.1).
const LongName = 100

// CheckName reports why a name cannot be given to a user or a time profile, in
// words that follow "name", or "" for a good one. It refuses names that people
// would read as another one, or not at all: blank ones, and those with blanks at
// an end, line breaks, control characters or invisible characters.
//
// Two kinds of invisible characters are good where they change what is seen: a
// joiner within a word of a script that joins its letters, such as Persian or
// Hindi, and a selector behind the character whose form it selects, as in
// Japanese names and in emoji. Emoji that are joined of several are refused.
// So are no private characters, since some Chinese names are written with them.
func CheckName(name string) (problem string) {
	if !utf8.ValidString(name) {
		return "must be valid UTF-8 text"
	}
	if strings.TrimFunc(name, func(r rune) bool { return unicode.IsSpace(r) || invisible(r) }) == "" {
		return "must not be blank"
	}
	runes := []rune(name)
	at := func(i int) rune {
		if i < 0 || i >= len(runes) {
			return utf8.RuneError
		}
		return runes[i]
	}
	for i, r := range runes {
		position := fmt.Sprintf("%U, character %d of %d", r, i+1, len(runes))
		switch {
		case strings.ContainsRune("\n\v\f\r\u0085\u2028\u2029", r):
			return fmt.Sprintf("must not hold a line break (%s)", position)
		case unicode.IsControl(r):
			return fmt.Sprintf("must not hold a control character (%s)", position)
		case unicode.IsSpace(r) && i == 0:
			return fmt.Sprintf("must not begin with a blank (%s)", position)
		case unicode.IsSpace(r) && i == len(runes)-1:
			return fmt.Sprintf("must not end with a blank (%s)", position)
		case invisible(r) && !joins(at(i-1), r, at(i+1)) && !selects(at(i-1), r, at(i+1)):
			return fmt.Sprintf("must not hold an invisible character (%s)", position)
		}
	}
	return ""
}

// invisible reports whether a character leaves nothing to see by itself, other
// than a blank.
func invisible(r rune) bool {
	const brailleBlank = '\u2800'
	return r == brailleBlank || unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// joins reports whether r is a joiner or a non-joiner between two letters of a
// script that needs them.
func joins(before, r, after rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	return (r == nonJoiner || r == joiner) && joining(before) && joining(after)
}

// joining reports whether r is a letter, or a mark on one, of a script whose
// letters take another form beside each other.
func joining(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsMark(r)) && unicode.In(r,
		unicode.Arabic, unicode.Bengali, unicode.Devanagari, unicode.Gujarati, unicode.Gurmukhi,
		unicode.Kannada, unicode.Khmer, unicode.Malayalam, unicode.Mongolian, unicode.Myanmar,
		unicode.Oriya, unicode.Sinhala, unicode.Syriac, unicode.Tamil, unicode.Telugu)
}

// selects reports whether r selects a form of the character before it that is
// another one to the eye.
func selects(before, r, after rune) bool {
	const keycap = '\u20e3'
	return unicode.Is(unicode.Variation_Selector, r) &&
		(unicode.IsSymbol(before) || unicode.In(before, unicode.Han, unicode.Mongolian, unicode.Myanmar) || after == keycap)
}
