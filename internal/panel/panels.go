// Package panel is the Terraform side of door panels: the resources, their
// schemas, the conversion between models and the panel API's types, and the
// rules of a plan. It speaks to panels through package basip alone.
package panel

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/deletelimit"
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
	limit   *deletelimit.Limit
	planned planned
	contact contacts
}

// NewPanels returns an empty set. With whole false, more panels may turn out to
// exist when the configuration is applied. limit bounds the deletions of users; nil
// allows all.
func NewPanels(whole bool, limit *deletelimit.Limit) *Panels {
	return &Panels{clients: map[string]*basip.Client{}, pending: map[string]string{}, whole: whole, limit: limit}
}

// Add adds a panel that can be spoken to.
func (p *Panels) Add(client *basip.Client) { p.clients[client.Name()] = client }

// Accept reports with an error that the device which answers for a panel answers
// for another one as well. The client of the panel asks it on each contact.
func (p *Panels) Accept(name string, device basip.Device) error {
	return p.contact.accept(name, device)
}

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

// has reports whether the provider block has a panel of this name, or may have.
func (p *Panels) has(name string) bool {
	_, pending := p.pending[name]
	return name != "" && (p.clients[name] != nil || pending || !p.whole)
}

// resolve returns the panel that a configuration means with name, or with none:
// the only one there is. The result is "" without error when that is not known
// before apply.
func (p *Panels) resolve(name string) (string, diag.Diagnostics) {
	var diags diag.Diagnostics
	names := p.names()
	switch {
	case p.has(name):
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

// client returns the client of the panel that an object is on, or an error on the
// attribute panel. serial is the serial number of the device that the object was
// last seen on, "" if that is not known: a panel that has got another name in the
// provider block is found by it.
func (p *Panels) client(ctx context.Context, o object, serial string) (*basip.Client, diag.Diagnostics) {
	var diags diag.Diagnostics
	if client, ok := p.clients[o.panel]; ok {
		if p.isDevice(ctx, client, serial) {
			return client, nil
		}
		if other := p.bySerial(ctx, serial); other != nil {
			return other, nil
		}
		diags.AddAttributeError(path.Root("panel"), fmt.Sprintf("Panel %q is another device than before", o.panel), fmt.Sprintf(
			"The %s was last seen on the device with the serial number %q. The device that answers now has %q, so that nothing was read from it or changed on it.\n\n"+
				"Correct the panel's url if it leads to the wrong device. If the panel was exchanged for this one, set serial_number = %[3]q in its block: "+
				"what the new device does not have is created on it by the next apply.",
			o.label(), serial, client.SerialNumber()))
		return nil, diags
	}
	if why, ok := p.pending[o.panel]; ok {
		diags.AddAttributeError(path.Root("panel"), fmt.Sprintf("Panel %q is not known yet", o.panel), fmt.Sprintf("Panel %q cannot be reached before apply: %s.", o.panel, why))
		return nil, diags
	}
	if client := p.bySerial(ctx, serial); client != nil {
		return client, nil
	}
	diags.AddAttributeError(path.Root("panel"), fmt.Sprintf("Provider block lacks panel %q", o.panel), fmt.Sprintf(
		"It holds the %s, and the provider block has no panel of that name. %s\n\n"+
			"If the panel was removed by mistake, put its block back. If it is gone for good, make Terraform forget the %s: "+
			"remove its resource and add a removed block with lifecycle { destroy = false }, or run terraform state rm with its address. What is on the panel stays there.",
		o.label(), p.valid(), o.noun))
	return nil, diags
}

// isDevice reports whether the device behind client is the one with a serial number.
// It is, as far as is known, if either number is not known. A serial_number in the
// panel's block says that another device is meant.
func (p *Panels) isDevice(ctx context.Context, client *basip.Client, serial string) bool {
	if serial == "" {
		return true
	}
	answers := p.contact.serial(ctx, client)
	return answers == "" || strings.EqualFold(answers, serial) || strings.EqualFold(answers, client.PinnedSerialNumber())
}

// bySerial returns the client of the panel that answers with a serial number, nil
// if none does.
func (p *Panels) bySerial(ctx context.Context, serial string) *basip.Client {
	if serial == "" {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(p.clients)) {
		if client := p.clients[name]; strings.EqualFold(p.contact.serial(ctx, client), serial) {
			return client
		}
	}
	return nil
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
func (p *Panels) readable(ctx context.Context, o object, serial string) (*basip.Client, diag.Diagnostics) {
	why, pending := p.notYet(o.panel)
	if !pending {
		return p.client(ctx, o, serial)
	}
	var diags diag.Diagnostics
	diags.AddAttributeWarning(path.Root("panel"), fmt.Sprintf("Panel %q was not refreshed", o.panel),
		fmt.Sprintf("Panel %q was not asked for changes made outside Terraform: %s.", o.panel, why))
	return nil, diags
}
