package printable

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                              "",
		"Wrong JSON body":               "Wrong JSON body",
		"Дверь №1, 入口, ÿ":               "Дверь №1, 入口, ÿ",
		" two\r\n lines\t":              "two lines",
		"\x1b[31mred\x1b[0m":            "[31mred [0m",
		"\x1b]0;title\x07bell":          "]0;title bell",
		"\u009b31mred":                  "31mred",
		"a\u202eb\u2066c\u200bd\ufeffe": "a b c d e",
		"line\u2028separator":           "line separator",
		"null\x00byte\x7f":              "null byte",
		"not UTF-8: \xff\xfe":           "not UTF-8: ?",
	} {
		if got := Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTextIsShort(t *testing.T) {
	t.Parallel()
	for _, in := range []string{strings.Repeat("é", 201), strings.Repeat("x", 1<<20), strings.Repeat(" ", 1<<20) + "x"} {
		if got := Text(in); utf8.RuneCountInString(got) > 201 || !strings.HasSuffix(got, "…") {
			t.Errorf("%d characters, ending in %q", utf8.RuneCountInString(got), got[max(0, len(got)-8):])
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("\x1b[2J\u202e")
	f.Fuzz(func(t *testing.T, in string) {
		got := Text(in)
		if utf8.RuneCountInString(got) > 201 || !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("Text(%q) = %q", in, got)
		}
		if again := Text(got); again != got && !strings.HasSuffix(got, "…") {
			t.Errorf("Text(%q) = %q, and again %q", in, got, again)
		}
	})
}
