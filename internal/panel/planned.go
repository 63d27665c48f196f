package panel

import (
	"fmt"
	"slices"
	"sync"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
)

// planned is the record of what one process has planned on its panels. Terraform
// plans one resource at a time and tells no addresses, so that two resources that
// are the same object show only here. The zero value is ready for use.
//
// A replacement is planned twice: first with its prior state, then as a creation.
// A creation is therefore never compared with an object of the state.
type planned struct {
	mu        sync.Mutex
	byName    map[nameKey]object    // creations
	byLinkID  map[linkIDKey]object  // creations with a link_id that is known
	staying   map[nameKey][]staying // objects of the state that stay, by the name they are to have
	prior     map[linkIDKey][]bool  // objects of the state: for each address, whether it goes
	replaced  map[linkIDKey]bool    // objects of the state that a creation replaces, see replaces
	announced map[string]bool       // what has been said in full
}

// staying is an object of the state that is to stay.
type staying struct {
	object
	renamed bool // the plan gives it this name
}

// nameKey tells names of one kind of entity on one panel apart, as panels do.
type nameKey struct{ noun, panel, name string }

// linkIDKey tells entities of one kind on one panel apart.
type linkIDKey struct {
	noun, panel string
	linkID      uuid.UUID
}

func (o object) nameKey() nameKey { return nameKey{o.noun, o.panel, basip.FoldName(o.name)} }

func (o object) linkIDKey() linkIDKey {
	id, _ := uuid.Parse(o.linkID)
	return linkIDKey{o.noun, o.panel, id}
}

// creates records a creation and reports another one of the same name or link_id.
func (p *planned) creates(o object) (diags diag.Diagnostics) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if o.panel == "" {
		return nil
	}
	if o.name != "" {
		if other, taken := p.byName[o.nameKey()]; taken {
			diags.Append(twice(path.Root("name"), "name", o, other))
		}
		put(&p.byName, o.nameKey(), o)
	}
	if key := o.linkIDKey(); key.linkID != uuid.Nil {
		if other, taken := p.byLinkID[key]; taken && !diags.HasError() {
			diags.Append(twice(path.Root("link_id"), "link_id", o, other))
		}
		put(&p.byLinkID, key, o)
	}
	return diags
}

// keeps records an object of the state that is to stay, under the name it is to
// have, and reports another one with that name. before is the name it has.
func (p *planned) keeps(o object, before string) (diags diag.Diagnostics) {
	diags = p.sees(o, false)
	p.mu.Lock()
	defer p.mu.Unlock()
	key, renamed := o.nameKey(), o.name != before
	for _, other := range p.staying[key] {
		// Two entities that have one name already got it at the panel.
		if other.linkIDKey() != o.linkIDKey() && (renamed || other.renamed) {
			diags.Append(twice(path.Root("name"), "name", o, other.object))
			break
		}
	}
	put(&p.staying, key, append(p.staying[key], staying{o, renamed}))
	return diags
}

// goes records an object of the state that is to be destroyed or replaced.
func (p *planned) goes(o object) diag.Diagnostics { return p.sees(o, true) }

// sees records an object of the state, and reports it if it was seen before: it
// stands in the state under two addresses then. To destroy one of the two would
// destroy the other as well.
func (p *planned) sees(o object, going bool) (diags diag.Diagnostics) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := o.linkIDKey()
	before := p.prior[key]
	put(&p.prior, key, append(before, going))
	if len(before) == 0 || key.linkID == uuid.Nil {
		return nil
	}
	forget := "Keep one address and make Terraform forget the other without destroying the " + o.noun +
		": terraform state rm ADDRESS, or a removed block with lifecycle { destroy = false }."
	for _, gone := range before {
		if gone != going {
			diags.AddError(fmt.Sprintf("The %s stands in the state twice", o.noun), fmt.Sprintf(
				"Two resources of the state are %s. This plan destroys one of them and keeps the other, but both are the same object on the panel. %s", o, forget))
			return diags
		}
	}
	if !going {
		diags.AddWarning(fmt.Sprintf("The %s stands in the state twice", o.noun), fmt.Sprintf(
			"Two resources of the state are %s. To destroy or replace one of them, also by -target or -replace, would destroy the other. %s", o, forget))
	}
	return diags
}

// isGoing reports whether an object of the state was planned to be destroyed or
// replaced.
func (p *planned) isGoing(noun, panel string, id uuid.UUID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Contains(p.prior[linkIDKey{noun, panel, id}], true)
}

// replaces returns the object of the state that a creation is likely to replace: the
// one of the same name, which was planned to stay. Terraform plans a forced
// replacement in these two steps.
func (p *planned) replaces(o object) (old object, found bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if list := p.staying[o.nameKey()]; len(list) > 0 && o.name != "" {
		put(&p.replaced, list[0].linkIDKey(), true)
		return list[0].object, true
	}
	return object{}, false
}

// isReplaced reports whether replaces has returned an object.
func (p *planned) isReplaced(noun, panel string, id uuid.UUID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.replaced[linkIDKey{noun, panel, id}]
}

// panelsOf returns the panels that an entity with this link_id is planned or known
// to be on.
func (p *planned) panelsOf(noun string, id uuid.UUID) (panels []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for key := range p.prior {
		if key.noun == noun && key.linkID == id {
			panels = append(panels, key.panel)
		}
	}
	for key := range p.byLinkID {
		if key.noun == noun && key.linkID == id {
			panels = append(panels, key.panel)
		}
	}
	return panels
}

// first reports whether something has not been said in full yet.
func (p *planned) first(topic string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.announced[topic] {
		return false
	}
	put(&p.announced, topic, true)
	return true
}

// twice is the error of two resources that are to be one object.
func twice(at path.Path, attribute string, o, other object) diag.Diagnostic {
	value := o.name
	if attribute == "link_id" {
		value = o.linkID
	}
	detail := fmt.Sprintf("Two resources of this configuration are a %s with the %s %q on panel %q", o.noun, attribute, value, o.panel)
	switch {
	case attribute == "name" && o.name != other.name:
		detail += fmt.Sprintf("; the other one spells it %q, which a panel may take for the same name", other.name)
	case attribute == "link_id":
		detail += fmt.Sprintf(": %q and %q", other.name, o.name)
	case other.linkID != "" && o.linkID != "":
		detail += fmt.Sprintf(": link_id %s and %s", other.linkID, o.linkID)
	}
	return diag.NewAttributeErrorDiagnostic(at, fmt.Sprintf("Two %ss with one %s", o.noun, attribute),
		detail+". The panel holds one of each "+attribute+" only. Remove one of the two, or change its "+attribute+".")
}

func put[K comparable, V any](m *map[K]V, key K, value V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[key] = value
}
