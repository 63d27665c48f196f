package simulator

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
)

// The panel's parser is strict about types and lenient about what it does not
// know (contract §1.1, §1.3), which is why bodies are read key by key: struct
// decoding would ignore case and take null for anything.

// An object is a JSON object whose values have not been read yet.
type object map[string]json.RawMessage

// bodyObject reads a request body.
func bodyObject(body []byte) (object, *apiError) {
	o, ok := asObject(body)
	if !ok {
		return nil, errWrongBody
	}
	return o, nil
}

// required reads a key that has to be there.
func required[T any](o object, name string, as func(json.RawMessage) (T, bool)) (T, *apiError) {
	v, present, err := optional(o, name, as)
	if err == nil && !present {
		err = errNoValue(name)
	}
	return v, err
}

// optional reads a key that may be absent; null is not absence.
func optional[T any](o object, name string, as func(json.RawMessage) (T, bool)) (v T, present bool, err *apiError) {
	raw, present := o[name]
	if !present {
		return v, false, nil
	}
	v, ok := as(raw)
	if !ok {
		return v, true, errWrongType(name)
	}
	return v, true, nil
}

// decode reads raw if its first byte, and so its type, is one of first.
func decode[T any](raw json.RawMessage, first string) (v T, ok bool) {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	if len(raw) == 0 || bytes.IndexByte([]byte(first), raw[0]) < 0 {
		return v, false
	}
	return v, json.Unmarshal(raw, &v) == nil
}

func asString(raw json.RawMessage) (string, bool) { return decode[string](raw, `"`) }

func asBool(raw json.RawMessage) (bool, bool) { return decode[bool](raw, "tf") }

func asObject(raw json.RawMessage) (object, bool) { return decode[object](raw, "{") }

func asArray(raw json.RawMessage) ([]json.RawMessage, bool) {
	return decode[[]json.RawMessage](raw, "[")
}

// asInt takes integers only, as they are too big for a float to hold.
func asInt(raw json.RawMessage) (int64, bool) {
	n, err := strconv.ParseInt(string(bytes.TrimSpace(raw)), 10, 64)
	return n, err == nil
}

func asUUID(raw json.RawMessage) (string, bool) {
	s, ok := asString(raw)
	return s, ok && isUUID(s)
}

// asNullableUUID reads null as "".
func asNullableUUID(raw json.RawMessage) (string, bool) {
	if string(bytes.TrimSpace(raw)) == "null" {
		return "", true
	}
	return asUUID(raw)
}

// each makes a reader of arrays out of a reader of elements.
func each[T any](as func(json.RawMessage) (T, bool)) func(json.RawMessage) ([]T, bool) {
	return func(raw json.RawMessage) ([]T, bool) {
		elements, ok := asArray(raw)
		if !ok {
			return nil, false
		}
		out := make([]T, 0, len(elements))
		for _, e := range elements {
			v, ok := as(e)
			if !ok {
				return nil, false
			}
			out = append(out, v)
		}
		return out, true
	}
}

// isUUID accepts any version and either case.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		switch {
		case slices.Contains([]int{8, 13, 18, 23}, i):
			if c != '-' {
				return false
			}
		case c >= '0' && c <= '9', c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
		default:
			return false
		}
	}
	return true
}
