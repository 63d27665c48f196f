// Package uuidtype is a Terraform string type that holds a UUID. Spellings that
// differ in case only are one value.
package uuidtype

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

var (
	_ basetypes.StringTypable                    = UUIDType{}
	_ basetypes.StringValuableWithSemanticEquals = UUIDValue{}
	_ xattr.ValidateableAttribute                = UUIDValue{}
)

// UUIDType is the type of attributes that hold a [UUIDValue]. Use it as their
// CustomType.
type UUIDType struct {
	basetypes.StringType
}

// Equal reports whether other is a UUIDType too.
func (t UUIDType) Equal(other attr.Type) bool {
	_, ok := other.(UUIDType)
	return ok
}

// String returns the name of the type for messages to developers.
func (t UUIDType) String() string { return "uuidtype.UUIDType" }

// ValueType returns an example of the values of the type.
func (t UUIDType) ValueType(context.Context) attr.Value { return UUIDValue{} }

// ValueFromString wraps a string. The text is looked at by
// [UUIDValue.ValidateAttribute] only, which the framework calls with the
// attribute's path at hand.
func (t UUIDType) ValueFromString(_ context.Context, in basetypes.StringValue) (basetypes.StringValuable, diag.Diagnostics) {
	return UUIDValue{StringValue: in}, nil
}

// ValueFromTerraform wraps a string in Terraform's encoding.
func (t UUIDType) ValueFromTerraform(ctx context.Context, in tftypes.Value) (attr.Value, error) {
	value, err := t.StringType.ValueFromTerraform(ctx, in)
	if err != nil {
		return nil, err
	}
	text, ok := value.(basetypes.StringValue)
	if !ok {
		return nil, fmt.Errorf("a UUID is made from a string, not from %T", value)
	}
	return UUIDValue{StringValue: text}, nil
}

// UUIDValue is a UUID in the spelling that its author chose, or null or unknown.
// The zero value is null.
type UUIDValue struct {
	basetypes.StringValue
}

// NewUUIDNull returns a null value.
func NewUUIDNull() UUIDValue {
	return UUIDValue{StringValue: basetypes.NewStringNull()}
}

// NewUUIDUnknown returns an unknown value.
func NewUUIDUnknown() UUIDValue {
	return UUIDValue{StringValue: basetypes.NewStringUnknown()}
}

// NewUUIDValue returns id in lower case.
func NewUUIDValue(id uuid.UUID) UUIDValue {
	return UUIDValue{StringValue: basetypes.NewStringValue(id.String())}
}

// Type returns [UUIDType].
func (v UUIDValue) Type(context.Context) attr.Type { return UUIDType{} }

// Equal reports whether other is a UUIDValue with the same text. Use
// StringSemanticEquals to compare what the texts stand for.
func (v UUIDValue) Equal(other attr.Value) bool {
	o, ok := other.(UUIDValue)
	return ok && v.StringValue.Equal(o.StringValue)
}

// StringSemanticEquals reports whether other stands for the same UUID.
func (v UUIDValue) StringSemanticEquals(ctx context.Context, other basetypes.StringValuable) (bool, diag.Diagnostics) {
	text, diags := other.ToStringValue(ctx)
	if diags.HasError() {
		return false, diags
	}
	a, errA := parse(v.ValueString())
	b, errB := parse(text.ValueString())
	return errA == nil && errB == nil && a == b, diags
}

// ValidateAttribute reports an error unless the value is null, unknown, or a
// UUID other than the nil UUID in the form of 8, 4, 4, 4 and 12 hexadecimal
// digits.
func (v UUIDValue) ValidateAttribute(_ context.Context, req xattr.ValidateAttributeRequest, resp *xattr.ValidateAttributeResponse) {
	if v.IsNull() || v.IsUnknown() {
		return
	}
	if _, err := parse(v.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid UUID", fmt.Sprintf(
			"%q %s. A UUID looks like 0b2f7a5e-3c41-4c8e-9a54-6f0d2b1c7e93.", v.ValueString(), err))
	}
}

// ValueUUID returns the UUID, or uuid.Nil when the value is null, unknown or
// not a valid UUID.
func (v UUIDValue) ValueUUID() uuid.UUID {
	id, err := parse(v.ValueString())
	if err != nil {
		return uuid.Nil
	}
	return id
}

// Why a text is no UUID to use, worded to follow the text.
var (
	errForm = errors.New("is not a UUID in the form of 8, 4, 4, 4 and 12 hexadecimal digits with hyphens between them")
	errNil  = errors.New("is the nil UUID, which identifies nothing")
)

// Check returns why a text cannot be used as a UUID, worded to follow the text, or
// nil if it can.
func Check(text string) error {
	_, err := parse(text)
	return err
}

// parse reads the canonical form only. uuid.Parse also takes braces, a prefix
// and bare digits, which other systems would not take for the same UUID.
func parse(text string) (uuid.UUID, error) {
	const length = 36
	id, err := uuid.Parse(text)
	switch {
	case err != nil, len(text) != length:
		return uuid.Nil, errForm
	case id == uuid.Nil:
		return uuid.Nil, errNil
	}
	return id, nil
}
