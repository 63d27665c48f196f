package basip

import (
	"encoding/json"
	"testing"
)

func TestLooseInteger(t *testing.T) {
	t.Parallel()
	good := map[string]int64{
		`5`: 5, `"5"`: 5, `" 5 "`: 5, `5.0`: 5, `"5.000"`: 5, `-1`: -1, `0`: 0, `-0.0`: 0,
		`1.7356392E9`: 1735639200, `5e0`: 5, `"1.7E9"`: 1700000000,
		`9223372036854775807`: 9223372036854775807, `9007199254740993.0`: 9007199254740993,
		`-9223372036854775808`: -9223372036854775808,
	}
	for text, want := range good {
		if got, err := looseInteger(json.RawMessage(text)); err != nil || got != want {
			t.Errorf("looseInteger(%s) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{
		``, `null`, `true`, `""`, `"five"`, `5.5`, `1.5e0`, `1e300`, `1e999`, `"NaN"`, `"Inf"`,
		`9223372036854775808`, `1e17`, `[5]`, `{}`, `"`, `.0`,
	} {
		if got, err := looseInteger(json.RawMessage(text)); err == nil {
			t.Errorf("looseInteger(%s) = %d, want an error", text, got)
		}
	}
}

func TestLooseIntKeepsWithin32Bits(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`2147483648`, `4294967297`, `-2147483649`} {
		if got, err := looseInt(json.RawMessage(text)); err == nil {
			t.Errorf("looseInt(%s) = %d, want an error", text, got)
		}
	}
}

func TestLooseBool(t *testing.T) {
	t.Parallel()
	good := map[string]bool{
		`true`: true, `"True"`: true, `1`: true, `"1"`: true,
		`false`: false, `"FALSE"`: false, `0`: false, `"0"`: false,
	}
	for text, want := range good {
		if got, err := looseBool(json.RawMessage(text)); err != nil || got != want {
			t.Errorf("looseBool(%s) = %t, %v; want %t", text, got, err, want)
		}
	}
	for _, text := range []string{``, `null`, `2`, `"yes"`, `{}`} {
		if got, err := looseBool(json.RawMessage(text)); err == nil {
			t.Errorf("looseBool(%s) = %t, want an error", text, got)
		}
	}
}

func TestAbsent(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, ` `, `null`, `{}`, "{ \n}", `[]`, ` [ ] `} {
		if !absent(json.RawMessage(text)) {
			t.Errorf("absent(%q) = false", text)
		}
	}
	for _, text := range []string{`0`, `""`, `false`, `{"a":1}`, `[null]`, `"null"`} {
		if absent(json.RawMessage(text)) {
			t.Errorf("absent(%q) = true", text)
		}
	}
}
