package isc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// Mapping says where an identity attribute comes from.
type Mapping struct {
	Type       string          // "accountAttribute", "reference", "rule" or another word of the tenant's
	Attributes json.RawMessage // an object whose keys depend on the type; nil for none
}

// Equal reports whether both mean the same: the order of keys, blanks and the
// way a number is written do not count.
func (m Mapping) Equal(other Mapping) bool {
	return m.Type == other.Type && sameJSON(m.Attributes, other.Attributes)
}

// check reports what cannot be sent.
func (m Mapping) check(name string) error {
	switch {
	case name == "":
		return errors.New("a mapping names no identity attribute")
	case m.Type == "":
		return fmt.Errorf("the mapping of %q has no type", name)
	case len(m.Attributes) > 0 && (!json.Valid(m.Attributes) || !absent(m.Attributes) && !isObject(m.Attributes)):
		return fmt.Errorf("the attributes of the mapping of %q are not a JSON object", name)
	}
	return nil
}

// definition is the mapping's form on the wire.
func (m Mapping) definition() any {
	definition := struct {
		Type       string          `json:"type"`
		Attributes json.RawMessage `json:"attributes,omitempty"`
	}{Type: m.Type}
	if !absent(m.Attributes) {
		definition.Attributes = m.Attributes
	}
	return definition
}

// transform is one item of attributeTransforms.
type transform struct {
	name    string // of the identity attribute; empty when it cannot be read
	mapping Mapping
	raw     json.RawMessage
}

// mappingConfig is an identityAttributeConfig: what is known of it, and all of
// it as the tenant wrote it.
type mappingConfig struct {
	enabled    bool
	fields     map[string]json.RawMessage
	transforms []transform
}

const (
	keyEnabled    = "enabled"
	keyTransforms = "attributeTransforms"
	keyAttribute  = "identityAttributeName"
	keyDefinition = "transformDefinition"
)

func decodeMappingConfig(raw json.RawMessage) (mappingConfig, error) {
	fields, err := looseObject(raw)
	if err != nil {
		return mappingConfig{}, err
	}
	c := mappingConfig{fields: fields}
	if c.enabled, err = looseBool(fields[keyEnabled]); err != nil {
		return mappingConfig{}, fmt.Errorf("%s: %w", keyEnabled, err)
	}
	list, err := looseList(fields[keyTransforms])
	if err != nil {
		return mappingConfig{}, fmt.Errorf("%s: %w", keyTransforms, err)
	}
	for _, raw := range list {
		c.transforms = append(c.transforms, decodeTransform(raw))
	}
	return c, nil
}

// decodeTransform reads what it can. An item of another form has no name; it is
// kept and sent back like one that nobody declared.
func decodeTransform(raw json.RawMessage) transform {
	t := transform{raw: raw}
	fields, err := looseObject(raw)
	if err != nil {
		return t
	}
	name, err := looseString(fields[keyAttribute])
	if err != nil {
		return t
	}
	definition, err := looseObject(fields[keyDefinition])
	if err != nil {
		return t
	}
	if t.mapping.Type, err = looseString(definition["type"]); err != nil {
		return t
	}
	if attributes := definition["attributes"]; !absent(attributes) {
		t.mapping.Attributes = attributes
	}
	t.name = name
	return t
}

// complete reports whether the tenant has told the mappings, be they none.
func (c mappingConfig) complete() bool { return !absent(c.fields[keyTransforms]) }

// mappings returns what is known by the name of the identity attribute.
func (c mappingConfig) mappings() map[string]Mapping {
	if len(c.transforms) == 0 {
		return nil
	}
	found := map[string]Mapping{}
	for _, t := range c.transforms {
		if _, twice := found[t.name]; t.name != "" && !twice {
			found[t.name] = t.mapping
		}
	}
	return found
}

// mappingChange is what is to become of a mappingConfig.
type mappingChange struct {
	set     map[string]Mapping
	remove  []string
	enabled *bool
}

// empty reports whether nothing is to be done.
func (m mappingChange) empty() bool {
	return len(m.set) == 0 && len(m.remove) == 0 && m.enabled == nil
}

// apply returns the whole config with the change in it, and whether that is
// another one. What the change does not name stays as the tenant wrote it, in
// its place; new mappings follow in the order of their names.
func (c mappingConfig) apply(change mappingChange) (config json.RawMessage, changed bool, err error) {
	list := []json.RawMessage{}
	done := map[string]bool{}
	for _, t := range c.transforms {
		wanted, declared := change.set[t.name]
		switch {
		case t.name != "" && slices.Contains(change.remove, t.name):
			changed = true
		case t.name == "" || !declared:
			list = append(list, t.raw)
		case done[t.name]: // a second one for the same attribute
			changed = true
		case wanted.Equal(t.mapping):
			done[t.name] = true
			list = append(list, t.raw)
		default:
			raw, err := encodeTransform(t.raw, t.name, wanted)
			if err != nil {
				return nil, false, err
			}
			done[t.name], changed = true, true
			list = append(list, raw)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(change.set)) {
		if done[name] || slices.Contains(change.remove, name) {
			continue
		}
		raw, err := encodeTransform(nil, name, change.set[name])
		if err != nil {
			return nil, false, err
		}
		changed = true
		list = append(list, raw)
	}
	fields := maps.Clone(c.fields)
	if fields == nil {
		fields = map[string]json.RawMessage{}
	}
	if change.enabled != nil && (*change.enabled != c.enabled || absent(fields[keyEnabled])) {
		changed = true
		fields[keyEnabled] = json.RawMessage(fmt.Sprint(*change.enabled))
	}
	if fields[keyTransforms], err = encode(list); err != nil {
		return nil, false, err
	}
	config, err = encode(fields)
	return config, changed, err
}

// encodeTransform writes one mapping into what the tenant has of it, whose other
// keys stay.
func encodeTransform(held json.RawMessage, name string, m Mapping) (json.RawMessage, error) {
	if err := m.check(name); err != nil {
		return nil, err
	}
	fields, err := looseObject(held)
	if err != nil || fields == nil {
		fields = map[string]json.RawMessage{}
	}
	if fields[keyAttribute], err = encode(name); err != nil {
		return nil, err
	}
	if fields[keyDefinition], err = encode(m.definition()); err != nil {
		return nil, err
	}
	return encode(fields)
}

// sameJSON compares two values by meaning. Nothing, null and an empty object are
// the same.
func sameJSON(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, errX := parseJSON(a)
	y, errY := parseJSON(b)
	return errX == nil && errY == nil && sameValue(x, y)
}

func parseJSON(raw json.RawMessage) (value any, err error) {
	if absent(raw) {
		return map[string]any{}, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber() // digits beyond a float's stay apart
	err = decoder.Decode(&value)
	return value, err
}

func sameValue(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, sameValue)
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, sameValue)
	case json.Number:
		b, ok := b.(json.Number)
		return ok && sameNumber(a, b)
	default:
		return a == b
	}
}

// sameNumber takes 1, 1.0 and 1e0 for the same. Beyond 2⁵³ only the digits count.
func sameNumber(a, b json.Number) bool {
	if a == b {
		return true
	}
	if !strings.ContainsAny(string(a+b), ".eE") {
		return false
	}
	x, errX := a.Float64()
	y, errY := b.Float64()
	return errX == nil && errY == nil && x == y && math.Abs(x) < 1<<53
}
