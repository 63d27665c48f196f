package basip

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The functions of this file read what panels put where the documents promise
// a number, a truth value or an object. Firmwares differ, and one that writes
// "5" or 5.0 for 5 still says what it means.

// absent reports whether raw says nothing: missing, null, or an empty object or
// list.
func absent(raw json.RawMessage) bool {
	text := bytes.TrimSpace(raw)
	if len(text) >= 2 && (text[0] == '{' || text[0] == '[') {
		return len(bytes.TrimSpace(text[1:len(text)-1])) == 0
	}
	return len(text) == 0 || string(text) == "null"
}

// isObject reports whether raw, which is valid JSON, is an object.
func isObject(raw json.RawMessage) bool {
	return bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{"))
}

// looseInteger reads a whole number that may be written as a string or with a
// fraction or an exponent. A number that is not whole, or too large to be sure
// of its digits, is an error.
func looseInteger(raw json.RawMessage) (int64, error) {
	text := strings.TrimSpace(string(raw))
	if strings.HasPrefix(text, `"`) {
		if err := json.Unmarshal(raw, &text); err != nil {
			return 0, err
		}
		text = strings.TrimSpace(text)
	}
	// The digits are kept exact wherever they stand for themselves.
	digits := text
	if whole, fraction, found := strings.Cut(text, "."); found && strings.Trim(fraction, "0") == "" {
		digits = whole
	}
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return n, nil
	}
	// What is left, such as 1.7E9, comes from a floating point number, which
	// holds whole numbers exactly up to 2⁵³.
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || !strings.ContainsAny(text, "eE") || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, fmt.Errorf("%s is not a whole number", excerpt(raw))
	}
	return int64(f), nil
}

// looseInt is looseInteger for small numbers. It keeps those out that an int of
// 32 bits would change.
func looseInt(raw json.RawMessage) (int, error) {
	n, err := looseInteger(raw)
	if err != nil {
		return 0, err
	}
	if n < math.MinInt32 || n > math.MaxInt32 {
		return 0, fmt.Errorf("%d is out of range", n)
	}
	return int(n), nil
}

// looseInts reads a list of small numbers; a missing list is empty.
func looseInts(raw json.RawMessage) ([]int, error) {
	list, err := looseList(raw)
	if err != nil {
		return nil, err
	}
	numbers := make([]int, len(list))
	for i, item := range list {
		if numbers[i], err = looseInt(item); err != nil {
			return nil, err
		}
	}
	return numbers, nil
}

// looseList reads a list; a missing list is empty.
func looseList(raw json.RawMessage) ([]json.RawMessage, error) {
	if absent(raw) {
		return nil, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("%s is not a list", excerpt(raw))
	}
	return list, nil
}

// eachItem calls f with the elements of a list, one after the other. It makes no
// copies, so that a list of any length takes no memory.
func eachItem(raw json.RawMessage, f func(json.RawMessage) error) error {
	list := bytes.TrimSpace(raw)
	if !bytes.HasPrefix(list, []byte("[")) || !json.Valid(list) {
		return fmt.Errorf("%s is not a list", excerpt(raw))
	}
	start, depth, quoted := 1, 0, false
	for i := 1; i < len(list); i++ {
		switch c := list[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[', c == '{':
			depth++
		case depth == 0 && (c == ',' || c == ']'):
			item := bytes.TrimSpace(list[start:i])
			if start = i + 1; len(item) == 0 { // an empty list
				return nil
			}
			if err := f(item); err != nil {
				return err
			}
		case c == ']', c == '}':
			depth--
		}
	}
	return nil
}

// countItems returns the length of a list.
func countItems(raw json.RawMessage) (n int, err error) {
	err = eachItem(raw, func(json.RawMessage) error { n++; return nil })
	return n, err
}

// ownNumber returns the first of several values that is a number of an entity,
// which a panel counts from 1; -1 stands for none (contract §5.7).
func ownNumber(values ...json.RawMessage) (int64, bool) {
	for _, raw := range values {
		if n, err := looseInteger(raw); err == nil && n > 0 {
			return n, true
		}
	}
	return 0, false
}

// looseBool reads a truth value that may be written as a number or a string.
func looseBool(raw json.RawMessage) (bool, error) {
	switch strings.ToLower(strings.Trim(strings.TrimSpace(string(raw)), `"`)) {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, fmt.Errorf("%s is neither true nor false", excerpt(raw))
}

// looseString reads a string; a missing one is empty.
func looseString(raw json.RawMessage) (string, error) {
	if absent(raw) {
		return "", nil
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return "", fmt.Errorf("%s is not a string", excerpt(raw))
	}
	return text, nil
}

// looseObject reads an object into fields, a pointer to a struct of raw values;
// a missing object leaves them empty.
func looseObject(raw json.RawMessage, fields any) error {
	if absent(raw) {
		return nil
	}
	if !isObject(raw) {
		return fmt.Errorf("%s is not an object", excerpt(raw))
	}
	return json.Unmarshal(raw, fields)
}

// A vocabulary gives the panel's words for values.
type vocabulary[T comparable] []struct {
	word  string
	value T
}

// read finds the value of a word, whatever its case and with or without
// underscores: WEEK_DAY, weekDay and weekday are one.
func (v vocabulary[T]) read(raw json.RawMessage) (T, error) {
	var none T
	if absent(raw) {
		return none, errors.New("is missing")
	}
	word, err := looseString(raw)
	if err != nil {
		return none, err
	}
	fold := strings.NewReplacer("_", "", "-", "", " ", "")
	for _, entry := range v {
		if strings.EqualFold(fold.Replace(entry.word), fold.Replace(word)) {
			return entry.value, nil
		}
	}
	return none, fmt.Errorf("the word %q is not known", excerpt([]byte(word)))
}

// readList is read for each word of a list.
func (v vocabulary[T]) readList(raw json.RawMessage) ([]T, error) {
	list, err := looseList(raw)
	if err != nil {
		return nil, err
	}
	values := make([]T, len(list))
	for i, item := range list {
		if values[i], err = v.read(item); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// write finds the word of a value.
func (v vocabulary[T]) write(value T) (string, bool) {
	for _, entry := range v {
		if entry.value == value {
			return entry.word, true
		}
	}
	return "", false
}
