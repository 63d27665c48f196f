package identity

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/isc"
)

// mappingType is one element of attribute_mappings. It is an object and not a
// nested attribute, because Terraform lets a provider keep the prior value of the
// whole map then, also where the configuration speaks of fewer attributes: that
// is what makes an imported profile plan empty.
var mappingType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"type":       types.StringType,
	"attributes": types.StringType,
}}

// mapping is one element of attribute_mappings.
type mapping struct {
	Type       types.String `tfsdk:"type"`
	Attributes types.String `tfsdk:"attributes"`
}

// mappings returns the elements of attribute_mappings, none when it is null.
func mappings(ctx context.Context, from types.Map) (map[string]mapping, diag.Diagnostics) {
	all := map[string]mapping{}
	if from.IsNull() || from.IsUnknown() {
		return all, nil
	}
	diags := from.ElementsAs(ctx, &all, false)
	return all, diags
}

// validateMappings refuses what is not a mapping, as far as it is known.
func validateMappings(ctx context.Context, from types.Map) (diags diag.Diagnostics) {
	for name, element := range from.Elements() {
		at := path.Root("attribute_mappings").AtMapKey(name)
		object, ok := element.(types.Object)
		if !ok || object.IsUnknown() {
			continue
		}
		var m mapping
		if object.IsNull() {
			diags.AddAttributeError(at, "Invalid attribute mapping", fmt.Sprintf("The mapping of %q is null. Leave the attribute out to leave its mapping alone.", name))
			continue
		}
		diags.Append(object.As(ctx, &m, objectOptions)...)
		if !m.Type.IsUnknown() && m.Type.ValueString() == "" {
			diags.AddAttributeError(at, "Invalid attribute mapping", fmt.Sprintf("The mapping of %q has no type. Name the kind of transform, such as \"accountAttribute\".", name))
		}
		if m.Attributes.IsUnknown() {
			continue
		}
		var settings map[string]any
		if err := json.Unmarshal([]byte(m.Attributes.ValueString()), &settings); err != nil || settings == nil {
			diags.AddAttributeError(at, "Invalid attribute mapping", fmt.Sprintf("The attributes of the mapping of %q are not a JSON object. Write them with jsonencode({ ... }).", name))
		}
	}
	return diags
}

// declared returns m as the tenant's API takes it.
func (m mapping) declared() isc.Mapping {
	return isc.Mapping{Type: m.Type.ValueString(), Attributes: json.RawMessage(m.Attributes.ValueString())}
}

// heldMapping returns what the tenant holds as an element, in normalized JSON.
func heldMapping(held isc.Mapping) mapping {
	return mapping{Type: types.StringValue(held.Type), Attributes: types.StringValue(normalized(held.Attributes))}
}

// normalized returns JSON without insignificant space, keys sorted, as jsonencode
// writes it. Null and nothing are an empty object.
func normalized(data json.RawMessage) string {
	value, err := decode(data)
	if err != nil {
		return string(data)
	}
	if value == nil {
		value = map[string]any{}
	}
	text, err := json.Marshal(value)
	if err != nil {
		return string(data)
	}
	return string(text)
}

// decode keeps numbers as they are written.
func decode(data []byte) (value any, err error) {
	if len(data) == 0 {
		return nil, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	err = decoder.Decode(&value)
	return value, err
}

// fulfils reports whether a mapping that the tenant holds is the one declared:
// of the same type, with every setting that is declared. The tenant may add
// settings of its own (contract §2.2).
func fulfils(held isc.Mapping, declared mapping) bool {
	if held.Type != declared.Type.ValueString() {
		return false
	}
	have, haveErr := decode(held.Attributes)
	want, wantErr := decode([]byte(declared.Attributes.ValueString()))
	return haveErr == nil && wantErr == nil && covers(have, want)
}

// covers reports whether have is want, but for keys that only have knows. Null,
// an empty object, an empty list and an absent key are one.
func covers(have, want any) bool {
	if empty(want) {
		return empty(have) || isObject(have) && isObject(want)
	}
	switch want := want.(type) {
	case map[string]any:
		object, ok := have.(map[string]any)
		if !ok {
			return false
		}
		for key, value := range want {
			if !covers(object[key], value) {
				return false
			}
		}
		return true
	case []any:
		list, ok := have.([]any)
		return ok && slices.EqualFunc(list, want, covers)
	case json.Number:
		number, ok := have.(json.Number)
		return ok && sameNumber(number, want)
	default:
		return have == want
	}
}

func isObject(value any) bool {
	_, ok := value.(map[string]any)
	return ok
}

func empty(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case map[string]any:
		return len(value) == 0
	case []any:
		return len(value) == 0
	}
	return false
}

// sameNumber compares 1 and 1.0 as equal. Beyond 2⁵³, where a floating point number
// holds no longer every whole one, the digits count.
func sameNumber(a, b json.Number) bool {
	if a == b {
		return true
	}
	x, xErr := a.Float64()
	y, yErr := b.Float64()
	return xErr == nil && yErr == nil && x == y && math.Abs(x) < 1<<53
}

// names returns the keys of a map, sorted.
func names[V any](of map[string]V) []string { return slices.Sorted(maps.Keys(of)) }
