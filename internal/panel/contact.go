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
	asked   map[string]*sync.Once // the question for the serial number, by panel
	failed  map[string]error      // of the first question of a plan that failed, by panel
	devices map[string]string     // the panel that has a serial number, by the number in lower case
}

// serial returns the serial number of the device that answers for a panel, "" if
// it does not answer. A panel is asked once; the others wait for the answer.
func (c *contacts) serial(ctx context.Context, client *basip.Client) string {
	if serial := client.SerialNumber(); serial != "" {
		return serial
	}
	c.mu.Lock()
	once := c.asked[client.Name()]
	if once == nil {
		once = &sync.Once{}
		put(&c.asked, client.Name(), once)
	}
	c.mu.Unlock()
	once.Do(func() {
		_, _ = client.Device(ctx) // a panel that does not answer has no serial number to compare
	})
	return client.SerialNumber()
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
