package isc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The functions of this file read fields that may be missing or null, whatever
// the schema says is required (contract §3.3), and that may be written in
// another form: a number as a string, or with a fraction of zero.

// absent reports whether raw says nothing.
func absent(raw json.RawMessage) bool {
	text := bytes.TrimSpace(raw)
	return len(text) == 0 || string(text) == "null"
}

// isObject reports whether raw looks like an object.
func isObject(raw []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) }

// looseString reads a string; a missing one is empty, a number is its digits.
func looseString(raw json.RawMessage) (string, error) {
	if absent(raw) {
		return "", nil
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text, nil
	}
	var number json.Number
	if json.Unmarshal(raw, &number) == nil {
		return number.String(), nil
	}
	return "", fmt.Errorf("%s is not a string", excerpt(raw))
}

// looseInteger reads a whole number; a missing one is nil.
func looseInteger(raw json.RawMessage) (*int64, error) {
	text, err := looseString(raw)
	if text = strings.TrimSpace(text); err != nil || text == "" {
		return nil, err
	}
	// The digits are kept exact wherever they stand for themselves.
	digits := text
	if whole, fraction, found := strings.Cut(text, "."); found && strings.Trim(fraction, "0") == "" {
		digits = whole
	}
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return &n, nil
	}
	// What is left, such as 1.7E9, comes from a floating point number, which
	// holds whole numbers exactly up to 2⁵³.
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || !strings.ContainsAny(text, "eE") || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return nil, fmt.Errorf("%s is not a whole number", excerpt([]byte(text)))
	}
	n := int64(f)
	return &n, nil
}

// looseCount reads a number of things; what is none is not known.
func looseCount(raw json.RawMessage) (*int64, error) {
	if count, err := looseInteger(raw); err == nil && count != nil && *count >= 0 {
		return count, nil
	}
	return nil, nil
}

// looseBool reads a truth value; a missing one is false.
func looseBool(raw json.RawMessage) (bool, error) {
	if absent(raw) {
		return false, nil
	}
	switch strings.ToLower(strings.Trim(strings.TrimSpace(string(raw)), `"`)) {
	case "true", "1":
		return true, nil
	case "false", "0", "":
		return false, nil
	}
	return false, fmt.Errorf("%s is neither true nor false", excerpt(raw))
}

// looseObject reads the fields of an object; those of a missing one are nil.
func looseObject(raw json.RawMessage) (map[string]json.RawMessage, error) {
	if absent(raw) {
		return nil, nil
	}
	var fields map[string]json.RawMessage
	if !isObject(raw) || json.Unmarshal(raw, &fields) != nil {
		return nil, fmt.Errorf("%s is not an object", excerpt(raw))
	}
	return fields, nil
}

// looseList reads a list; a missing one is empty.
func looseList(raw json.RawMessage) ([]json.RawMessage, error) {
	if absent(raw) {
		return nil, nil
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil, fmt.Errorf("%s is not a list", excerpt(raw))
	}
	return list, nil
}
