package panel

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestTimeProfileSchemaIsSound(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := timeProfileSchema(ctx)
	if diags := s.ValidateImplementation(ctx); diags.HasError() {
		t.Errorf("the framework refuses the schema: %v", diags)
	}
	attributes := maps.Clone(s.Attributes)
	for name, attribute := range s.Blocks["repeat"].(schema.SingleNestedBlock).Attributes {
		attributes["repeat."+name] = attribute
	}
	for name, attribute := range attributes {
		text := attribute.GetMarkdownDescription()
		if !strings.HasSuffix(text, ".") {
			t.Errorf("the description of %s is not a sentence: %q", name, text)
		}
		if attribute.IsOptional() && attribute.IsComputed() && !strings.Contains(text, "Defaults to") {
			t.Errorf("the description of %s does not tell the default: %q", name, text)
		}
	}
}

func TestTimeProfileModelFitsSchema(t *testing.T) {
	t.Parallel()
	s := timeProfileSchema(context.Background())
	object := s.Blocks["repeat"].Type()
	if want := (types.ObjectType{AttrTypes: repeatAttrTypes()}); !object.Equal(want) {
		t.Errorf("repeat is %s, but its model is %s", object, want)
	}
}

func TestWeekdayNames(t *testing.T) {
	t.Parallel()
	names := weekdayNames()
	if want := []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}; !slices.Equal(names, want) {
		t.Fatalf("weekdayNames() = %v", names)
	}
	for _, name := range names {
		if day, ok := weekday(name); !ok || weekdayName(day) != name {
			t.Errorf("weekday(%s) = %s, %t", name, day, ok)
		}
	}
	if day, ok := weekday("Monday"); ok {
		t.Errorf("weekday(Monday) = %s", day)
	}
}
