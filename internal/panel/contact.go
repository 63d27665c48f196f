package panel

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
)

// contacts remembers what one process has seen of its panels. The zero value is
// ready for use.
type contacts struct {
	mu      sync.Mutex
	asked   map[string]bool   // panels that were asked for their serial number
	failed  map[string]error  // of the first question of a plan that failed, by panel
	devices map[string]string // the panel that has a serial number, by the number in lower case
}

// serial returns the serial number of the device that answers for a panel, "" if
// it does not answer. A panel is asked once.
func (c *contacts) serial(ctx context.Context, client *basip.Client) string {
	if serial := client.SerialNumber(); serial != "" {
		return serial
	}
	c.mu.Lock()
	asked := c.asked[client.Name()]
	put(&c.asked, client.Name(), true)
	c.mu.Unlock()
	if asked {
		return client.SerialNumber()
	}
	device, err := client.Device(ctx)
	if err != nil {
		return ""
	}
	return device.SerialNumber
}

// accept refuses a device that answers under the name of another panel already:
// requests to one device are sent one after the other, and its listing is kept,
// which needs one name.
func (c *contacts) accept(name string, device basip.Device) error {
	serial := strings.ToLower(device.SerialNumber)
	if serial == "" {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	other, taken := c.devices[serial]
	if taken && other != name {
		return fmt.Errorf("its serial number %q is that of panel %q. Nothing was changed; remove one of the two panel blocks, or correct its url", device.SerialNumber, other)
	}
	put(&c.devices, serial, name)
	return nil
}

// ask asks a panel a question of a plan. After one that failed the others fail at
// once with the same error: a panel that is switched off costs a plan one wait.
func (c *contacts) ask(ctx context.Context, client *basip.Client, question func(context.Context) error) error {
	c.mu.Lock()
	err := c.failed[client.Name()]
	c.mu.Unlock()
	if err != nil {
		return err
	}
	if err = question(ctx); err != nil && ctx.Err() == nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		put(&c.failed, client.Name(), err)
	}
	return err
}
