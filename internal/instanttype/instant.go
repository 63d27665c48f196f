// Package instanttype is a Terraform string type that holds an instant in the
// form of RFC 3339, in whole seconds. Spellings of one instant in different
// time zones are one value.
package instanttype

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

var (
	_ basetypes.StringTypable                    = InstantType{}
	_ basetypes.StringValuableWithSemanticEquals = InstantValue{}
	_ xattr.ValidateableAttribute                = InstantValue{}
)

// The instants that a value can hold, in Unix seconds: the years 1970 to 9999
// in UTC. Before them a panel's clock has no time, after them RFC 3339 has no
// form.
const (
	MinUnix int64 = 0
	MaxUnix int64 = 253402300799
)

// InstantType is the type of attributes that hold an [InstantValue]. Use it as
// their CustomType.
type InstantType struct {
	basetypes.StringType
}

// Equal reports whether other is an InstantType too.
func (t InstantType) Equal(other attr.Type) bool {
	_, ok := other.(InstantType)
	return ok
}

// String returns the name of the type for messages to developers.
func (t InstantType) String() string { return "instanttype.InstantType" }

// ValueType returns an example of the values of the type.
func (t InstantType) ValueType(context.Context) attr.Value { return InstantValue{} }

// ValueFromString wraps a string. The text is looked at by
// [InstantValue.ValidateAttribute] only, which the framework calls with the
// attribute's path at hand.
func (t InstantType) ValueFromString(_ context.Context, in basetypes.StringValue) (basetypes.StringValuable, diag.Diagnostics) {
	return InstantValue{StringValue: in}, nil
}

// ValueFromTerraform wraps a string in Terraform's encoding.
func (t InstantType) ValueFromTerraform(ctx context.Context, in tftypes.Value) (attr.Value, error) {
	value, err := t.StringType.ValueFromTerraform(ctx, in)
	if err != nil {
		return nil, err
	}
	text, ok := value.(basetypes.StringValue)
	if !ok {
		return nil, fmt.Errorf("an instant is made from a string, not from %T", value)
	}
	return InstantValue{StringValue: text}, nil
}

// InstantValue is an instant in the spelling that its author chose, or null or
// unknown. The zero value is null.
type InstantValue struct {
	basetypes.StringValue
}

// NewInstantNull returns a null value.
func NewInstantNull() InstantValue {
	return InstantValue{StringValue: basetypes.NewStringNull()}
}

// NewInstantUnknown returns an unknown value.
func NewInstantUnknown() InstantValue {
	return InstantValue{StringValue: basetypes.NewStringUnknown()}
}

// NewInstantValue returns the instant that text stands for, in the spelling of
// text. It does not look whether text is valid; see
// [InstantValue.ValidateAttribute].
func NewInstantValue(text string) InstantValue {
	return InstantValue{StringValue: basetypes.NewStringValue(text)}
}

// FromUnix returns the instant that is seconds after the beginning of 1970,
// spelled in UTC. One outside of [MinUnix] and [MaxUnix] is not valid.
func FromUnix(seconds int64) InstantValue {
	return NewInstantValue(time.Unix(seconds, 0).UTC().Format(time.RFC3339))
}

// Type returns [InstantType].
func (v InstantValue) Type(context.Context) attr.Type { return InstantType{} }

// Equal reports whether other is an InstantValue with the same text. Use
// StringSemanticEquals to compare what the texts stand for.
func (v InstantValue) Equal(other attr.Value) bool {
	o, ok := other.(InstantValue)
	return ok && v.StringValue.Equal(o.StringValue)
}

// StringSemanticEquals reports whether other stands for the same instant.
func (v InstantValue) StringSemanticEquals(ctx context.Context, other basetypes.StringValuable) (bool, diag.Diagnostics) {
	text, diags := other.ToStringValue(ctx)
	if diags.HasError() {
		return false, diags
	}
	a, errA := parse(v.ValueString())
	b, errB := parse(text.ValueString())
	return errA == nil && errB == nil && a == b, diags
}

// ValidateAttribute reports an error unless the value is null, unknown, or an
// instant with its offset from UTC, in whole seconds, between [MinUnix] and
// [MaxUnix].
func (v InstantValue) ValidateAttribute(_ context.Context, req xattr.ValidateAttributeRequest, resp *xattr.ValidateAttributeResponse) {
	if v.IsNull() || v.IsUnknown() {
		return
	}
	if _, err := parse(v.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid date and time", fmt.Sprintf(
			"%q %s. A date and time looks like 2027-03-01T08:00:00Z or 2027-03-01T09:00:00+01:00 (RFC 3339).",
			v.ValueString(), err))
	}
}

// IsValid reports whether the value is known and ValidateAttribute has nothing
// against it.
func (v InstantValue) IsValid() bool {
	_, err := parse(v.ValueString())
	return err == nil
}

// ValueUnix returns the instant in Unix seconds, or 0 when the value is null,
// unknown or not valid.
func (v InstantValue) ValueUnix() int64 {
	seconds, err := parse(v.ValueString())
	if err != nil {
		return 0
	}
	return seconds
}

// Offset returns the offset from UTC that the value is written with, in seconds,
// or 0 when the value is null, unknown or not valid.
func (v InstantValue) Offset() int {
	if !v.IsValid() {
		return 0
	}
	instant, err := time.Parse(time.RFC3339, v.ValueString())
	if err != nil {
		return 0
	}
	_, offset := instant.Zone()
	return offset
}

// Why a text is no instant to use, worded to follow the text.
var (
	errForm     = errors.New("is not a date and time")
	errOffset   = errors.New("does not say its offset from UTC: add Z for UTC, or an offset such as +01:00")
	errFraction = errors.New("has a fraction of a second: write whole seconds")
	errRange    = errors.New("is not within the years 1970 to 9999 in UTC")
)

// form is the shape that time.Parse does not insist on: it would take 8:00 for
// 08:00, a comma for the point, and an offset of 24 hours.
var form = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// parse reads an instant in the form of RFC 3339 as Unix seconds.
func parse(text string) (int64, error) {
	instant, err := time.Parse(time.RFC3339, text)
	if err != nil || !form.MatchString(text) {
		if form.MatchString(text + "Z") {
			return 0, errOffset
		}
		return 0, errForm
	}
	switch seconds := instant.Unix(); {
	case instant.Nanosecond() != 0:
		return 0, errFraction
	case seconds < MinUnix || seconds > MaxUnix:
		return 0, errRange
	default:
		return seconds, nil
	}
}
