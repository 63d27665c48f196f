package basip

import (
	"strings"
	"testing"
)

func TestCheckName(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ name, problem string }{
		"plain":                     {"Ada Lovelace", ""},
		"one character":             {"A", ""},
		"accents":                   {"Zoë Núñez-Ólafsdóttir", ""},
		"combining accent":          {"Zoe\u0308", ""},
		"apostrophe, digits, signs": {"O'Brien & Co. (2nd floor) #7", ""},
		"two blanks within":         {"Ada  Lovelace", ""},
		"no-break space within":     {"Ada\u00a0Lovelace", ""},
		"ideographic space within":  {"山田\u3000太郎", ""},
		"Arabic":                    {"محمد", ""},
		"Persian non-joiner":        {"امیر\u200cعلی", ""},
		"Hindi joiner":              {"क्\u200dष", ""},
		"Japanese variant":          {"葛\U000e0100城", ""},
		"emoji":                     {"Office 🏢", ""},
		"emoji with a selector":     {"Team ❤\ufe0f", ""},
		"keycap":                    {"Floor 1\ufe0f\u20e3", ""},
		"rare Chinese character":    {"王\ue000", ""},
		"longer than is wise":       {strings.Repeat("x", LongName+1), ""},

		"empty":                {"", "must not be blank"},
		"blank":                {" \t\n", "must not be blank"},
		"no-break space alone": {"\u00a0", "must not be blank"},
		"invisible alone":      {"\u200b", "must not be blank"},
		"filler alone":         {"\u3164", "must not be blank"},
		"not text":             {"a\xff", "must be valid UTF-8 text"},

		"blank before":             {" Ada", "must not begin with a blank (U+0020, character 1 of 4)"},
		"blank behind":             {"Ada ", "must not end with a blank (U+0020, character 4 of 4)"},
		"no-break space behind":    {"Ada\u00a0", "must not end with a blank (U+00A0, character 4 of 4)"},
		"ideographic space before": {"\u3000山田", "must not begin with a blank (U+3000, character 1 of 3)"},

		"line feed":           {"Ada\nLovelace", "must not hold a line break (U+000A, character 4 of 12)"},
		"line feed at an end": {"Ada\n", "must not hold a line break (U+000A, character 4 of 4)"},
		"carriage return":     {"Ada\rLovelace", "must not hold a line break (U+000D, character 4 of 12)"},
		"next line":           {"Ada\u0085Lovelace", "must not hold a line break (U+0085, character 4 of 12)"},
		"line separator":      {"Ada\u2028Lovelace", "must not hold a line break (U+2028, character 4 of 12)"},
		"paragraph separator": {"Ada\u2029Lovelace", "must not hold a line break (U+2029, character 4 of 12)"},
		"tab":                 {"Ada\tLovelace", "must not hold a control character (U+0009, character 4 of 12)"},
		"null":                {"Ada\x00", "must not hold a control character (U+0000, character 4 of 4)"},
		"delete":              {"Ada\x7f", "must not hold a control character (U+007F, character 4 of 4)"},

		"zero width space":          {"A\u200bda", "must not hold an invisible character (U+200B, character 2 of 4)"},
		"byte order mark":           {"\ufeffAda", "must not hold an invisible character (U+FEFF, character 1 of 4)"},
		"soft hyphen":               {"A\u00adda", "must not hold an invisible character (U+00AD, character 2 of 4)"},
		"word joiner":               {"Ada\u2060", "must not hold an invisible character (U+2060, character 4 of 4)"},
		"left-to-right mark":        {"Ada\u200e", "must not hold an invisible character (U+200E, character 4 of 4)"},
		"right-to-left override":    {"\u202eadA", "must not hold an invisible character (U+202E, character 1 of 4)"},
		"isolate":                   {"Ada\u2066", "must not hold an invisible character (U+2066, character 4 of 4)"},
		"tag":                       {"Ada\U000e0041", "must not hold an invisible character (U+E0041, character 4 of 4)"},
		"grapheme joiner":           {"Ad\u034fa", "must not hold an invisible character (U+034F, character 3 of 4)"},
		"Hangul filler":             {"Ada\u3164", "must not hold an invisible character (U+3164, character 4 of 4)"},
		"braille blank":             {"Ada\u2800", "must not hold an invisible character (U+2800, character 4 of 4)"},
		"Latin joiner":              {"A\u200dda", "must not hold an invisible character (U+200D, character 2 of 4)"},
		"Latin non-joiner":          {"A\u200cda", "must not hold an invisible character (U+200C, character 2 of 4)"},
		"Persian non-joiner behind": {"امیر\u200c", "must not hold an invisible character (U+200C, character 5 of 5)"},
		"joiner before a blank":     {"क्\u200d ष", "must not hold an invisible character (U+200D, character 3 of 5)"},
		"joined emoji":              {"👩\u200d🚒", "must not hold an invisible character (U+200D, character 2 of 3)"},
		"selector behind a letter":  {"Ada\ufe0f", "must not hold an invisible character (U+FE0F, character 4 of 4)"},
		"selector behind a digit":   {"Local 1\ufe0f", "must not hold an invisible character (U+FE0F, character 8 of 8)"},
		"two selectors":             {"❤\ufe0f\ufe0f", "must not hold an invisible character (U+FE0F, character 3 of 3)"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := CheckName(test.name); got != test.problem {
				t.Errorf("CheckName(%q) = %q, want %q", test.name, got, test.problem)
			}
		})
	}
}
