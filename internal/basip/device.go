package basip

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/printable"
)

// Device is what a panel tells about itself without a login (contract §5.1).
type Device struct {
	Model           string // "AV-08FB"
	Type            string // "panel", or "monitor"
	SerialNumber    string
	FirmwareVersion string
	APIVersion      string // "2.10.0"; the major number tells the family (§1.1)
}

// String names the device for a message.
func (d Device) String() string {
	return fmt.Sprintf("%s %s, API %s, firmware %s",
		orUnknown(d.Type), orUnknown(d.Model), orUnknown(d.APIVersion), orUnknown(d.FirmwareVersion))
}

func orUnknown(text string) string {
	if text == "" {
		return "(unknown)"
	}
	return text
}

// apiMajor returns the first number of the API version, -1 when it is unknown.
func (d Device) apiMajor() int {
	major, _, _ := strings.Cut(d.APIVersion, ".")
	n, err := strconv.Atoi(major)
	if err != nil {
		return -1
	}
	return n
}

// Device asks the panel who it is, and checks it against the pinned serial
// number.
func (c *Client) Device(ctx context.Context) (Device, error) {
	var device Device
	err := c.exclusive(ctx, func(ctx context.Context) error {
		if err := c.identify(ctx); err != nil {
			return err
		}
		device = *c.device
		return nil
	})
	return device, err
}

// identify reads the device's information and refuses what is not the
// configured panel. The caller must have the turn.
func (c *Client) identify(ctx context.Context) error {
	var answer struct {
		Model           string `json:"device_model"`
		Type            string `json:"device_type"`
		SerialNumber    string `json:"device_serial_number"`
		FirmwareVersion string `json:"firmware_version"`
		APIVersion      string `json:"api_version"`
	}
	err := c.send(ctx, request{action: "ask who answers", op: OpInfo}, "", &answer)
	if err != nil {
		var failed *Error
		if errors.As(err, &failed) && errors.Is(err, ErrNoSuchPath) {
			failed.Problem = "is not a BAS-IP panel"
			failed.Hint = "What answers does not look like a BAS-IP panel; check the panel's url."
		}
		return err
	}
	device := Device{
		Model: printable.Text(answer.Model), Type: printable.Text(answer.Type), SerialNumber: printable.Text(answer.SerialNumber),
		FirmwareVersion: printable.Text(answer.FirmwareVersion), APIVersion: printable.Text(answer.APIVersion),
	}
	wrong := &Error{Panel: c.name, Action: "check who answers", Method: http.MethodGet, Path: c.base.Path + c.paths[OpInfo][0].path, Status: http.StatusOK, Err: ErrWrongPanel}
	switch {
	case c.serial != "" && !strings.EqualFold(c.serial, device.SerialNumber):
		wrong.Problem = "has another serial number"
		wrong.Hint = fmt.Sprintf("serial_number is set to %q, and the device that answers has %q. Nothing was changed; check the panel's url, or serial_number if the panel was exchanged.", c.serial, device.SerialNumber)
		return wrong
	case device.Type != "" && !strings.EqualFold(device.Type, "panel"):
		wrong.Problem = "is not a door panel"
		wrong.Hint = fmt.Sprintf("The device that answers is of type %q, and a door panel is needed. Nothing was changed; check the panel's url.", device.Type)
		return wrong
	case device == Device{}:
		wrong.Problem = "is not a BAS-IP panel"
		wrong.Hint = "The answer has none of a panel's fields. Nothing was changed; check the panel's url."
		return wrong
	}
	if c.accept != nil {
		if err := c.accept(device); err != nil {
			wrong.Problem, wrong.Hint = "is another panel's device", upperFirst(err.Error())
			return wrong
		}
	}
	c.device, c.identified = &device, true
	c.serialSeen.Store(&device.SerialNumber)
	return nil
}
