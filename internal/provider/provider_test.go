package provider_test

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/provider"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// serve returns a provider server of this process and its schemas.
func serve(t *testing.T, options ...provider.Option) (tfprotov6.ProviderServer, *tfprotov6.GetProviderSchemaResponse) {
	t.Helper()
	server, err := acctest.Factories(options...)["gatehouse"]()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := server.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return server, schemas
}

// attributes are the values of an object that are not null.
type attributes = map[string]any

// configure validates a provider block and, if it is valid, configures a
// provider with it, and returns what both had to say.
func configure(t *testing.T, block attributes, options ...provider.Option) []*tfprotov6.Diagnostic {
	t.Helper()
	server, schemas := serve(t, options...)
	typ := schemas.Provider.ValueType()
	config, err := tfprotov6.NewDynamicValue(typ, valueOf(t, typ, withPanels(block)))
	if err != nil {
		t.Fatal(err)
	}
	validated, err := server.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: &config})
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(validated.Diagnostics, isError) {
		return validated.Diagnostics
	}
	configured, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.11.4", Config: &config})
	if err != nil {
		t.Fatal(err)
	}
	return append(validated.Diagnostics, configured.Diagnostics...)
}

func isError(d *tfprotov6.Diagnostic) bool { return d.Severity == tfprotov6.DiagnosticSeverityError }

// withPanels makes blocks of "panels", which has panels by name: one for each, in
// the order of the names.
func withPanels(block attributes) attributes {
	panels, short := block["panels"].(attributes)
	if !short {
		return block
	}
	block = maps.Clone(block)
	delete(block, "panels")
	list := []any{}
	for _, name := range slices.Sorted(maps.Keys(panels)) {
		panel := maps.Clone(panels[name].(attributes))
		panel["name"] = name
		list = append(list, panel)
	}
	block["panel"] = list
	return block
}

// valueOf is a Go value as one of Terraform's. Attributes that are left out are
// null; tftypes.UnknownValue stays itself.
func valueOf(t *testing.T, typ tftypes.Type, value any) tftypes.Value {
	t.Helper()
	if list, ok := typ.(tftypes.List); ok {
		elements := []tftypes.Value{}
		given, _ := value.([]any)
		for _, element := range given {
			elements = append(elements, valueOf(t, list.ElementType, element))
		}
		return tftypes.NewValue(typ, elements)
	}
	given, ok := value.(attributes)
	if !ok {
		return tftypes.NewValue(typ, value)
	}
	values := map[string]tftypes.Value{}
	switch typ := typ.(type) {
	case tftypes.Object:
		for name, typ := range typ.AttributeTypes {
			values[name] = valueOf(t, typ, given[name])
		}
		for name := range given {
			if _, known := typ.AttributeTypes[name]; !known {
				t.Fatalf("there is no attribute %q", name)
			}
		}
	case tftypes.Map:
		for name, value := range given {
			values[name] = valueOf(t, typ.ElementType, value)
		}
	}
	return tftypes.NewValue(typ, values)
}

// schemasOf returns every schema of the provider by a name for messages.
func schemasOf(schemas *tfprotov6.GetProviderSchemaResponse) map[string]*tfprotov6.Schema {
	all := map[string]*tfprotov6.Schema{"provider": schemas.Provider}
	maps.Copy(all, schemas.ResourceSchemas)
	for name, schema := range schemas.DataSourceSchemas {
		all["data."+name] = schema
	}
	return all
}

func TestSchemasAreAccepted(t *testing.T) {
	t.Parallel()
	_, schemas := serve(t)
	for _, d := range schemas.Diagnostics {
		t.Errorf("%s: %s", d.Summary, d.Detail)
	}
	for _, name := range []string{"gatehouse_panel_user", "gatehouse_panel_time_profile"} {
		if schemas.ResourceSchemas[name] == nil {
			t.Errorf("there is no resource %s, only %v", name, slices.Sorted(maps.Keys(schemas.ResourceSchemas)))
		}
	}
}

// sentences is a text of whole sentences, in Markdown.
var sentences = regexp.MustCompile("(?s)^[A-Z`].*[^.]\\.$")

func TestEveryAttributeIsDescribedInSentences(t *testing.T) {
	t.Parallel()
	_, schemas := serve(t)
	for name, schema := range schemasOf(schemas) {
		check := func(at, description string) {
			if !sentences.MatchString(description) || strings.Contains(description, "  ") {
				t.Errorf("%s is described by %q, want sentences that end in a period", at, description)
			}
		}
		check(name, schema.Block.Description)
		visit(name, schema.Block, func(at string, attribute *tfprotov6.SchemaAttribute) { check(at, attribute.Description) },
			func(at string, block *tfprotov6.SchemaNestedBlock) { check(at, block.Block.Description) })
	}
}

// visit visits the attributes and blocks of a block, and those within them.
func visit(at string, block *tfprotov6.SchemaBlock, attribute func(at string, a *tfprotov6.SchemaAttribute), nested func(at string, b *tfprotov6.SchemaNestedBlock)) {
	var attributes func(at string, list []*tfprotov6.SchemaAttribute)
	attributes = func(at string, list []*tfprotov6.SchemaAttribute) {
		for _, a := range list {
			attribute(at+"."+a.Name, a)
			if a.NestedType != nil {
				attributes(at+"."+a.Name, a.NestedType.Attributes)
			}
		}
	}
	attributes(at, block.Attributes)
	for _, b := range block.BlockTypes {
		nested(at+"."+b.TypeName, b)
		visit(at+"."+b.TypeName, b.Block, attribute, nested)
	}
}

// Terraform drops unknown members of a nested attribute without a word, so that a
// misspelt one would be without effect. A missing required member is an error.
func TestNestedAttributesHaveNoMemberThatMayBeLeftOut(t *testing.T) {
	t.Parallel()
	_, schemas := serve(t)
	for name, schema := range schemasOf(schemas) {
		for _, at := range droppable(name, schema.Block) {
			t.Errorf("%s may be left out of its nested attribute: make that a block", at)
		}
	}
}

// droppable returns the members of configurable nested attributes that may be
// left out.
func droppable(name string, block *tfprotov6.SchemaBlock) (found []string) {
	visit(name, block, func(at string, a *tfprotov6.SchemaAttribute) {
		if a.NestedType == nil || !a.Required && !a.Optional {
			return
		}
		for _, member := range a.NestedType.Attributes {
			if !member.Required {
				found = append(found, at+"."+member.Name)
			}
		}
	}, func(string, *tfprotov6.SchemaNestedBlock) {})
	return found
}

func TestDroppableMembersAreFound(t *testing.T) {
	t.Parallel()
	member := func(required bool) *tfprotov6.SchemaAttribute {
		return &tfprotov6.SchemaAttribute{Name: "until", Type: tftypes.String, Optional: !required, Required: required}
	}
	within := func(a *tfprotov6.SchemaAttribute, member *tfprotov6.SchemaAttribute) *tfprotov6.SchemaBlock {
		a.Name, a.NestedType = "repeat", &tfprotov6.SchemaObject{Attributes: []*tfprotov6.SchemaAttribute{member}}
		return &tfprotov6.SchemaBlock{BlockTypes: []*tfprotov6.SchemaNestedBlock{{
			TypeName: "outer", Block: &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{a}},
		}}}
	}
	for name, test := range map[string]struct {
		block *tfprotov6.SchemaBlock
		want  []string
	}{
		"optional": {within(&tfprotov6.SchemaAttribute{Optional: true}, member(false)), []string{"x.outer.repeat.until"}},
		"required": {within(&tfprotov6.SchemaAttribute{Optional: true}, member(true)), nil},
		"computed": {within(&tfprotov6.SchemaAttribute{Computed: true}, member(false)), nil},
	} {
		if got := droppable("x", test.block); !slices.Equal(got, test.want) {
			t.Errorf("%s: droppable() = %v, want %v", name, got, test.want)
		}
	}
}

func TestPasswordsAreSensitive(t *testing.T) {
	t.Parallel()
	_, schemas := serve(t)
	for name, schema := range schemasOf(schemas) {
		visit(name, schema.Block, func(at string, attribute *tfprotov6.SchemaAttribute) {
			if regexp.MustCompile(`(password|secret|token)$`).MatchString(attribute.Name) && !attribute.Sensitive {
				t.Errorf("%s is not sensitive", at)
			}
		}, func(string, *tfprotov6.SchemaNestedBlock) {})
	}
}
