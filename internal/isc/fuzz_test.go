package isc

import (
	"encoding/json"
	"reflect"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/printable"
)

// FuzzDecodeProfile reads anything. What it can read must be sent back with
// nothing lost, and a mapping that is set must be there afterwards while all
// others stay.
func FuzzDecodeProfile(f *testing.F) {
	f.Add([]byte(example))
	f.Add([]byte(`{"id":"x","identityAttributeConfig":` + heldConfig + `}`))
	f.Add([]byte(`{"priority":"1e3","owner":null,"identityAttributeConfig":{"enabled":1,"attributeTransforms":[null]}}`))
	f.Add([]byte(`{"identityAttributeConfig":{"attributeTransforms":[{"identityAttributeName":"set","transformDefinition":null}]}}`))
	f.Add([]byte(`null`))

	f.Fuzz(func(t *testing.T, raw []byte) {
		held, err := decodeProfile(raw)
		if err != nil {
			_ = err.Error()
			return
		}
		same, changed, err := held.config.apply(mappingChange{})
		if err != nil || changed {
			t.Fatalf("a change of nothing: %s, %t, %v", same, changed, err)
		}
		again, err := decodeMappingConfig(same)
		if err != nil || again.enabled != held.config.enabled || !reflect.DeepEqual(again.mappings(), compacted(t, held.config).mappings()) {
			t.Fatalf("%s\nbecame %s, %v", raw, same, err)
		}
		wanted := Mapping{"rule", json.RawMessage(`{"id":"x"}`)}
		config, _, err := held.config.apply(mappingChange{set: map[string]Mapping{"set": wanted}, enabled: ptr(true)})
		if err != nil {
			t.Fatal(err)
		}
		after, err := decodeMappingConfig(config)
		if err != nil || !after.enabled || !after.mappings()["set"].Equal(wanted) {
			t.Fatalf("%s\nbecame %s, %v", raw, config, err)
		}
		before := held.Mappings
		for name, mapping := range after.mappings() {
			if name != "set" && !mapping.Equal(before[name]) {
				t.Fatalf("the mapping of %q became %+v", name, mapping)
			}
		}
		for name := range before {
			if _, kept := after.mappings()[name]; !kept {
				t.Fatalf("the mapping of %q is lost", name)
			}
		}
	})
}

// compacted is a config as it looks once it has been encoded.
func compacted(t *testing.T, c mappingConfig) mappingConfig {
	t.Helper()
	for i, held := range c.transforms {
		raw, err := encode(held.raw)
		if err != nil {
			t.Fatal(err)
		}
		c.transforms[i] = decodeTransform(raw)
	}
	return c
}

// FuzzDecodeTask reads anything. No form of a status that is not one of the two
// good words may pass for a good end.
func FuzzDecodeTask(f *testing.F) {
	f.Add([]byte(taskBody(`"SUCCESS"`)))
	f.Add([]byte(taskBody(`null`)))
	f.Add([]byte(`{"completionStatus":"Warning","messages":[{"localizedText":{"message":"x"}},5]}`))
	f.Add([]byte(`{"completionStatus":7}`))
	f.Add([]byte(`[]`))

	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := decodeTask(raw)
		if err != nil {
			_ = err.Error()
			return
		}
		if got.good() && got.word() != "SUCCESS" && got.word() != "WARNING" || got.status == "" && got.good() {
			t.Fatalf("%s is a good end", raw)
		}
		if len(got.messages) > maxTaskMessages || len(got.String()) > 5000+len(got.status) {
			t.Fatalf("%d messages, text of %d", len(got.messages), len(got.String()))
		}
	})
}

// FuzzHear reads any answer. What comes out fits into a message.
func FuzzHear(f *testing.F) {
	f.Add([]byte(errorBody("400.1", "Words.")))
	f.Add([]byte(`{"error":"x","message":" y "}`))
	f.Add([]byte("<html><title>\xff</title>"))
	f.Add([]byte(`{"messages":[{"text":5}],"causes":{}}`))

	f.Fuzz(func(t *testing.T, raw []byte) {
		s := hear(raw, printable.Text)
		for _, text := range []string{s.words, s.detailCode, s.trackingID} {
			if n := utf8.RuneCountInString(text); n > maxWords*203 {
				t.Fatalf("a text of %d characters out of %d", n, len(raw))
			}
			for _, r := range text {
				if !unicode.IsPrint(r) {
					t.Fatalf("%q has %U", text, r)
				}
			}
		}
	})
}
