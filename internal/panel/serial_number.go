package panel

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/gatehouse-iac/terraform-provider-gatehouse/internal/basip"
)

// serialKey is where private state keeps the serial number of the device that an
// object was last seen on. A panel that gets another name in the provider block is
// found by it.
const serialKey = "serial_number"

// privateReader reads private state, as each request has it.
type privateReader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// privateWriter writes private state, as most responses have it.
type privateWriter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// rememberedSerial returns the serial number that private state has, "" if none.
func rememberedSerial(ctx context.Context, private privateReader) (serial string, diags diag.Diagnostics) {
	data, diags := private.GetKey(ctx, serialKey)
	if len(data) == 0 {
		return "", diags
	}
	if err := json.Unmarshal(data, &serial); err != nil {
		diags.AddError("Unreadable private state", "The serial number of the panel that the object was last seen on cannot be read: "+err.Error())
	}
	return serial, diags
}

// rememberSerial notes the serial number of the device behind client, unless it is
// the one that is noted already.
func rememberSerial(ctx context.Context, private privateWriter, client *basip.Client, noted string) diag.Diagnostics {
	serial := client.SerialNumber()
	if serial == "" || serial == noted {
		return nil
	}
	data, err := json.Marshal(serial)
	if err != nil { // a string
		panic(err)
	}
	return private.SetKey(ctx, serialKey, data)
}
