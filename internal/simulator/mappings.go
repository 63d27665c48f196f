package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// readConfig reads an identityAttributeConfig and fills what it lacks (contract
// §2.2). What a transform's attributes hold is free.
func readConfig(raw json.RawMessage) (map[string]any, error) {
	v, err := decodeAny(raw)
	config, ok := v.(map[string]any)
	if err != nil || !ok {
		return nil, errors.New("is not an object")
	}
	if config["enabled"] == nil {
		config["enabled"] = false
	}
	if config["attributeTransforms"] == nil {
		config["attributeTransforms"] = []any{}
	}
	if _, ok := config["enabled"].(bool); !ok {
		return nil, errors.New("enabled is not a boolean")
	}
	mappings, ok := config["attributeTransforms"].([]any)
	if !ok {
		return nil, errors.New("attributeTransforms is not an array")
	}
	for i, m := range mappings {
		mapping, _ := m.(map[string]any)
		name, _ := mapping["identityAttributeName"].(string)
		definition, _ := mapping["transformDefinition"].(map[string]any)
		kind, _ := definition["type"].(string)
		if name == "" || kind == "" {
			return nil, fmt.Errorf("attributeTransforms[%d] has no identityAttributeName or no transformDefinition with a type", i)
		}
		if _, ok := definition["attributes"].(map[string]any); !ok && definition["attributes"] != nil {
			return nil, fmt.Errorf("attributeTransforms[%d]: attributes is not an object", i)
		}
	}
	return config, nil
}

// defaultConfig is what a profile gets whose client sent no mappings. That
// there is such a set is reported (contract §2.2); what is in it is a guess.
func (t *Tenant) defaultConfig(sourceID string) json.RawMessage {
	source := reference("SOURCE", sourceID, t.sources)
	mappings := []any{}
	for _, pair := range [][2]string{{"uid", "id"}, {"email", "email"}, {"firstname", "givenName"}, {"lastname", "familyName"}} {
		mappings = append(mappings, map[string]any{
			"identityAttributeName": pair[0],
			"transformDefinition": map[string]any{
				"type": "accountAttribute",
				"attributes": map[string]any{
					"attributeName": pair[1],
					"sourceName":    source["name"],
					"sourceId":      sourceID,
				},
			},
		})
	}
	// Texts in maps can always be written.
	raw, _ := json.Marshal(map[string]any{"enabled": false, "attributeTransforms": mappings})
	return raw
}

// rewriteConfig makes of mappings what servers were reported to make of them:
// another order, and keys in the attributes that nobody sent (contract §2.2).
// The order is the one sent in reverse, which is never the same one.
func rewriteConfig(config map[string]any) {
	mappings, _ := config["attributeTransforms"].([]any)
	slices.Reverse(mappings)
	for _, m := range mappings {
		mapping, _ := m.(map[string]any)
		addKeys(mapping["transformDefinition"])
	}
}

// addKeys adds a key to the attributes of a transform and of those within it.
func addKeys(transform any) {
	definition, _ := transform.(map[string]any)
	attributes, ok := definition["attributes"].(map[string]any)
	if !ok {
		return
	}
	for _, v := range attributes {
		addKeys(v)
	}
	if _, ok := attributes["requiresPeriodicRefresh"]; !ok {
		attributes["requiresPeriodicRefresh"] = false
	}
}

// spoilConfig drops mappings, and stores others than those that were sent.
func spoilConfig(config map[string]any, drop, change []string) {
	mappings, _ := config["attributeTransforms"].([]any)
	kept := []any{}
	for _, m := range mappings {
		mapping, _ := m.(map[string]any)
		name, _ := mapping["identityAttributeName"].(string)
		if slices.Contains(drop, name) {
			continue
		}
		if slices.Contains(change, name) {
			mapping["transformDefinition"] = map[string]any{"type": "rule", "attributes": map[string]any{"id": "Chosen by the tenant"}}
		}
		kept = append(kept, mapping)
	}
	config["attributeTransforms"] = kept
}
