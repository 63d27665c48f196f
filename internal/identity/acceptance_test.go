package identity_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/acctest"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/simulator"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const (
	address = "gatehouse_identity_profile.test"

	sourceA = "2c918083000000000000000000000a01"
	sourceB = "2c918083000000000000000000000a02"
	ownerA  = "2c918083000000000000000000000b01"
	ownerB  = "2c918083000000000000000000000b02"

	// The collection on the wire.
	profilesPath = "/identity-profiles/v1"
)

// staff are the lines that a profile needs.
const staff = `name = "Staff"` + "\n" + `authoritative_source_id = "` + sourceA + "\"\n"

// tenant is a simulated tenant with two sources and two identities. spoilt is what
// acctest.Tenant calls so.
func tenant(t *testing.T, spoilt ...string) *simulator.Simulator {
	t.Helper()
	sim := acctest.Tenant(t, spoilt...)
	sim.Tenant().SetState(simulator.TenantState{
		Sources:    []simulator.TenantObject{{ID: sourceA, Name: "HR"}, {ID: sourceB, Name: "Contractors"}},
		Identities: []simulator.TenantObject{{ID: ownerA, Name: "Ada Lovelace"}, {ID: ownerB, Name: "Grace Hopper"}},
	})
	return sim
}

// profile is a configuration of one profile with these lines in it.
func profile(sim *simulator.Simulator, lines string) string {
	return acctest.TenantBlock(sim) + fmt.Sprintf("resource \"gatehouse_identity_profile\" \"test\" {\n%s\n}\n", lines)
}

// importing is profile with an import block for an import id.
func importing(sim *simulator.Simulator, id, lines string) string {
	return fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, id) + profile(sim, lines)
}

// mapped are the lines of attribute_mappings: a name and an element in turn.
func mapped(pairs ...string) string {
	var b strings.Builder
	b.WriteString("attribute_mappings = {\n")
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, "  %s = %s\n", pairs[i], pairs[i+1])
	}
	return b.String() + "}\n"
}

// account is an element that takes an attribute of an account on a source.
func account(attribute string) string {
	return fmt.Sprintf(`{ type = "accountAttribute", attributes = jsonencode({ attributeName = %q, sourceId = %q }) }`, attribute, sourceA)
}

func value(attribute string, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), check)
}

// knows checks which mappings the state has.
func knows(names ...string) statecheck.StateCheck {
	elements := map[string]knownvalue.Check{}
	for _, name := range names {
		elements[name] = knownvalue.NotNull()
	}
	return value("attribute_mappings", knownvalue.MapExact(elements))
}

// step applies a configuration whose plan does this with the profile.
func step(config string, action plancheck.ResourceActionType, checks ...statecheck.StateCheck) resource.TestStep {
	return resource.TestStep{Config: config, ConfigPlanChecks: acctest.Plans(address, action), ConfigStateChecks: checks}
}

// run applies the steps and destroys at the end; the tenant must have no profile
// then.
func run(t *testing.T, sim *simulator.Simulator, steps ...resource.TestStep) {
	t.Helper()
	acctest.Run(t, sim, steps...)
	if profiles := sim.Tenant().State().Profiles; len(profiles) > 0 {
		t.Errorf("after the destroy the tenant has %+v", profiles)
	}
}

// says matches words however the CLI wrapped them.
func says(words string) *regexp.Regexp {
	return regexp.MustCompile(regexp.MustCompile(`\s+`).ReplaceAllString(regexp.QuoteMeta(words), `[\s│]+`))
}

// then is checks of the state with one of the tenant after them.
func then(look func() error, checks ...statecheck.StateCheck) []statecheck.StateCheck {
	return append(checks, acctest.Then(look))
}

// between does something after a plan and before it is applied.
type between func()

// CheckPlan implements plancheck.PlanCheck.
func (f between) CheckPlan(context.Context, plancheck.CheckPlanRequest, *plancheck.CheckPlanResponse) {
	f()
}

// sends makes a step that forgets the request log first and expects these
// patches afterwards: the operations of each, as in "replace /name".
func sends(sim *simulator.Simulator, step resource.TestStep, patches ...string) resource.TestStep {
	before := step.PreConfig
	step.PreConfig = func() {
		if before != nil {
			before()
		}
		sim.ResetRequests()
	}
	step.ConfigStateChecks = then(func() error {
		if sent := patched(sim); !slices.Equal(sent, patches) {
			return fmt.Errorf("patches %q were sent, want %q", sent, patches)
		}
		return nil
	}, step.ConfigStateChecks...)
	return step
}

// patched lists the operations of each PATCH in the request log.
func patched(sim *simulator.Simulator) (list []string) {
	for _, request := range sim.Requests() {
		if request.Method != http.MethodPatch {
			continue
		}
		var operations []struct{ Op, Path string }
		if err := json.Unmarshal(request.Body, &operations); err != nil {
			return append(list, err.Error())
		}
		var words []string
		for _, operation := range operations {
			words = append(words, operation.Op+" "+operation.Path)
		}
		slices.Sort(words)
		list = append(list, strings.Join(words, ", "))
	}
	return list
}

// only is the one profile that the tenant has.
func only(sim *simulator.Simulator) simulator.IdentityProfile {
	profiles := sim.Tenant().State().Profiles
	if len(profiles) != 1 {
		panic(fmt.Sprintf("the tenant has %d profiles: %+v", len(profiles), profiles))
	}
	return profiles[0]
}

// transform is one mapping on the tenant.
type transform struct {
	Name       string `json:"identityAttributeName"`
	Definition struct {
		Type       string         `json:"type"`
		Attributes map[string]any `json:"attributes"`
	} `json:"transformDefinition"`
}

// mappingsOf are the mappings that the tenant holds, as "type {attributes}" by
// name.
func mappingsOf(profile simulator.IdentityProfile) map[string]string {
	var config struct{ AttributeTransforms []transform }
	if err := json.Unmarshal(profile.IdentityAttributeConfig, &config); err != nil {
		panic(err)
	}
	all := map[string]string{}
	for _, one := range config.AttributeTransforms {
		attributes, err := json.Marshal(one.Definition.Attributes)
		if err != nil {
			panic(err)
		}
		all[one.Name] = one.Definition.Type + " " + string(attributes)
	}
	return all
}

// accountHeld is what mappingsOf has for account.
func accountHeld(attribute string) string {
	return fmt.Sprintf(`accountAttribute {"attributeName":%q,"sourceId":%q}`, attribute, sourceA)
}

// holds checks the mappings of the tenant's one profile, whole.
func holds(sim *simulator.Simulator, want map[string]string) statecheck.StateCheck {
	return acctest.Then(func() error {
		if got := mappingsOf(only(sim)); fmt.Sprint(got) != fmt.Sprint(want) {
			return fmt.Errorf("the tenant holds the mappings %v, want %v", got, want)
		}
		return nil
	})
}

// setMapping changes one mapping of the tenant's one profile as somebody else
// would; without a type it is removed.
func setMapping(sim *simulator.Simulator, name, kind string, attributes map[string]any) {
	profile := only(sim)
	var config struct {
		Enabled             bool        `json:"enabled"`
		AttributeTransforms []transform `json:"attributeTransforms"`
	}
	if err := json.Unmarshal(profile.IdentityAttributeConfig, &config); err != nil {
		panic(err)
	}
	config.AttributeTransforms = slices.DeleteFunc(config.AttributeTransforms, func(t transform) bool { return t.Name == name })
	if kind != "" {
		one := transform{Name: name}
		one.Definition.Type, one.Definition.Attributes = kind, attributes
		config.AttributeTransforms = append(config.AttributeTransforms, one)
	}
	var err error
	if profile.IdentityAttributeConfig, err = json.Marshal(config); err != nil {
		panic(err)
	}
	sim.Tenant().SetProfile(profile)
}

// warnings are those of every plan, collected.
type warnings struct {
	mu   sync.Mutex
	list []string
}

// factories serves the provider and listens to its plans.
func (w *warnings) factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){"gatehouse": func() (tfprotov6.ProviderServer, error) {
		server, err := acctest.Factories()["gatehouse"]()
		return overheard{server, w}, err
	}}
}

// taken returns what was collected since the last time.
func (w *warnings) taken() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := strings.Join(w.list, "\n")
	w.list = nil
	return all
}

// overheard is a provider whose plans warnings listens to.
type overheard struct {
	tfprotov6.ProviderServer
	warnings *warnings
}

// PlanResourceChange implements tfprotov6.ProviderServer.
func (o overheard) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := o.ProviderServer.PlanResourceChange(ctx, req)
	if err == nil {
		o.warnings.mu.Lock()
		defer o.warnings.mu.Unlock()
		for _, d := range resp.Diagnostics {
			o.warnings.list = append(o.warnings.list, d.Summary+": "+d.Detail)
		}
	}
	return resp, err
}
