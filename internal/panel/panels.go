// Package panel is the Terraform side of door panels: the resources, their
// schemas, the conversion between models and the panel API's types, and the
// rules of a plan. It speaks to panels through package basip alone.
package panel

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
)

// Source is what a provider hands to the resources of this package.
type Source interface {
	// Panels returns the configured panels.
	Panels() *Panels
}

// Panels is the panels of the provider block, by name.
type Panels struct {
	clients map[string]*basip.Client
	pending map[string]string // panels that cannot be spoken to yet, and why
	whole   bool              // every name is known
}

// NewPanels returns an empty set. With whole false, more panels may turn out to
// exist when the configuration is applied.
func NewPanels(whole bool) *Panels {
	return &Panels{clients: map[string]*basip.Client{}, pending: map[string]string{}, whole: whole}
}

// Add adds a panel that can be spoken to.
func (p *Panels) Add(client *basip.Client) { p.clients[client.Name()] = client }

// AddPending adds a panel of which something is not known before apply; why says
// what, as a clause.
func (p *Panels) AddPending(name, why string) { p.pending[name] = why }

// names returns the names of all panels, sorted.
func (p *Panels) names() []string {
	return slices.Sorted(maps.Keys(p.all()))
}

func (p *Panels) all() map[string]bool {
	all := map[string]bool{}
	for name := range p.clients {
		all[name] = true
	}
	for name := range p.pending {
		all[name] = true
	}
	return all
}

// resolve returns the panel that a configuration means with name, or with none:
// the only one there is. The result is "" without error when that is not known
// before apply.
func (p *Panels) resolve(name string) (string, diag.Diagnostics) {
	var diags diag.Diagnostics
	names := p.names()
	switch {
	case name != "" && (p.all()[name] || !p.whole):
		return name, nil
	case name != "":
		diags.AddAttributeError(path.Root("panel"), "Unknown panel", fmt.Sprintf("The provider block has no panel %q. %s", name, p.valid()))
	case len(names) == 1 && p.whole:
		return names[0], nil
	case !p.whole:
		return "", nil
	case len(names) == 0:
		diags.AddAttributeError(path.Root("panel"), "No panels configured", p.valid())
	default:
		diags.AddAttributeError(path.Root("panel"), "Missing panel", "With more than one panel in the provider block, a resource must say which one it is on. "+p.valid())
	}
	return "", diags
}

// valid lists the valid names for a message.
func (p *Panels) valid() string {
	names := p.names()
	if len(names) == 0 {
		return "The provider block has no panels; add a panel block, or set GATEHOUSE_PANEL_URL."
	}
	return fmt.Sprintf("Valid names are: %s.", strings.Join(names, ", "))
}

// client returns the client of a panel, or an error on the attribute panel.
func (p *Panels) client(name string) (*basip.Client, diag.Diagnostics) {
	var diags diag.Diagnostics
	if client, ok := p.clients[name]; ok {
		return client, nil
	}
	if why, ok := p.pending[name]; ok {
		diags.AddAttributeError(path.Root("panel"), "Panel not known yet", fmt.Sprintf("Panel %q cannot be spoken to: %s.", name, why))
		return nil, diags
	}
	diags.AddAttributeError(path.Root("panel"), "Unknown panel",
		fmt.Sprintf("The provider block has no panel %q, which this object is on. %s If the panel is gone for good, take the object out of the state with terraform state rm.", name, p.valid()))
	return nil, diags
}

// notYet says why a panel cannot be spoken to before apply, if that is so.
func (p *Panels) notYet(name string) (why string, pending bool) {
	if why, pending := p.pending[name]; pending || p.whole || p.clients[name] != nil {
		return why, pending
	}
	return "the panels of the provider block are not known before apply", true
}

// readable returns the client of a panel for a refresh. It is nil, with a
// warning, for a panel that cannot be spoken to before apply: the plan goes on
// with what the state knows.
func (p *Panels) readable(name string) (*basip.Client, diag.Diagnostics) {
	why, pending := p.notYet(name)
	if !pending {
		return p.client(name)
	}
	var diags diag.Diagnostics
	diags.AddAttributeWarning(path.Root("panel"), "Panel not refreshed",
		fmt.Sprintf("Panel %q was not asked for changes made outside Terraform: %s.", name, why))
	return nil, diags
}
