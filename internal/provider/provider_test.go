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
	config, err := tfprotov6.NewDynamicValue(typ, valueOf(t, typ, block))
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

// valueOf is a Go value as one of Terraform's. Attributes that are left out are
// null; tftypes.UnknownValue stays itself.
func valueOf(t *testing.T, typ tftypes.Type, value any) tftypes.Value {
	t.Helper()
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
		described(name, schema.Block.Attributes, check)
		if len(schema.Block.BlockTypes) > 0 {
			t.Errorf("%s has blocks, where this provider has nested attributes", name)
		}
	}
}

// described visits attributes and those within them.
func described(at string, list []*tfprotov6.SchemaAttribute, visit func(at, description string)) {
	for _, attribute := range list {
		at := at + "." + attribute.Name
		visit(at, attribute.Description)
		if attribute.NestedType != nil {
			described(at, attribute.NestedType.Attributes, visit)
		}
	}
}

func TestPasswordsAreSensitive(t *testing.T) {
	t.Parallel()
	_, schemas := serve(t)
	for name, schema := range schemasOf(schemas) {
		var look func(at string, list []*tfprotov6.SchemaAttribute)
		look = func(at string, list []*tfprotov6.SchemaAttribute) {
			for _, attribute := range list {
				at := at + "." + attribute.Name
				if regexp.MustCompile(`(password|secret|token)$`).MatchString(attribute.Name) && !attribute.Sensitive {
					t.Errorf("%s is not sensitive", at)
				}
				if attribute.NestedType != nil {
					look(at, attribute.NestedType.Attributes)
				}
			}
		}
		look(name, schema.Block.Attributes)
	}
}
