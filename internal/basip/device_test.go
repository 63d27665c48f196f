package basip

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestDeviceIsAskedAtTheRootWithoutLogin(t *testing.T) {
	t.Parallel()
	p := newPanel()
	device, err := p.client(t).Device(t.Context())
	want := Device{
		Model: "AA-14FB", Type: "panel", SerialNumber: "5E51A1CA-0000-4000-8000-000000000001",
		FirmwareVersion: "3.9.0", APIVersion: "2.10.0",
	}
	if err != nil || device != want {
		t.Errorf("device %+v, %v; want %+v", device, err, want)
	}
	if routes := p.routes(); len(routes) != 1 || routes[0] != infoPath {
		t.Fatalf("requests %v, want %s alone", routes, infoPath)
	}
	request := p.sent(infoPath)[0]
	if request.body != "" || len(request.query) != 0 || request.header.Get("Authorization") != "" || request.header.Get("Content-Type") != "" {
		t.Errorf("the request carries more than it needs: %+v", request)
	}
	if request.header.Get("Accept") != "application/json" || request.header.Get("User-Agent") != "gatehouse/test" {
		t.Errorf("headers %v", request.header)
	}
}

func TestDeviceFallsBackToTheAPIsBase(t *testing.T) {
	t.Parallel()
	const fallback = "GET /api/v1/api/info"
	tests := map[string]struct {
		root  answer
		falls bool
	}{
		"404":           {says(http.StatusNotFound, ""), true},
		"405":           {says(http.StatusMethodNotAllowed, `{"error":true}`), true},
		"400":           {says(http.StatusBadRequest, `{"error":"Wrong JSON body"}`), false},
		"401":           {says(http.StatusUnauthorized, `{"error":"Log In"}`), false},
		"403":           {says(http.StatusForbidden, ""), false},
		"500":           {says(http.StatusInternalServerError, ""), false},
		"another page":  {says(http.StatusOK, "<html>Router</html>"), false},
		"another panel": {says(http.StatusOK, `{}`), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPanel()
			p.always[infoPath], p.always[fallback] = test.root, says(http.StatusOK, deviceInfo)
			c := p.client(t)
			for range 2 {
				device, err := c.Device(t.Context())
				if (err == nil) != test.falls || test.falls && device.Model != "AA-14FB" {
					t.Errorf("device %v, %v", device, err)
				}
			}
			if !test.falls {
				p.expect(t, fallback, 0)
				return
			}
			if got := p.routes(); !slices.Equal(got, []string{infoPath, fallback, fallback}) {
				t.Errorf("requests %v, want the root once and then the fallback", got)
			}
		})
	}
}

func TestAddressWithoutPanel(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.always[infoPath] = says(http.StatusNotFound, "404 page not found")
	p.always["GET /api/v1/api/info"] = p.always[infoPath]
	_, err := p.client(t).Device(t.Context())
	if !errors.Is(err, ErrNoSuchPath) || !strings.Contains(err.Error(), "does not look like a BAS-IP panel") {
		t.Errorf("error %v", err)
	}
}

// everyCall is one call of each sort.
func everyCall() map[string]func(context.Context, *Client) error {
	return map[string]func(context.Context, *Client) error{
		"get":     func(ctx context.Context, c *Client) error { _, err := c.Users().Get(ctx, id(1)); return err },
		"missing": func(ctx context.Context, c *Client) error { _, err := c.Users().Missing(ctx, id(1)); return err },
		"create": func(ctx context.Context, c *Client) error {
			_, err := c.Users().Create(ctx, someone(2, "Bob"))
			return err
		},
		"modify": func(ctx context.Context, c *Client) error {
			_, err := c.Users().Modify(ctx, id(3), renamedToEve)
			return err
		},
		"delete": func(ctx context.Context, c *Client) error { _, err := c.Users().Delete(ctx, id(1)); return err },
	}
}

func TestWrongDeviceIsNotTouched(t *testing.T) {
	t.Parallel()
	const pin = "5e51a1ca-0000-4000-8000-000000000001"
	tests := map[string]struct {
		info, pin string
		says      string // a part of the error
	}{
		"another serial number": {deviceInfo, "5e51a1ca-0000-4000-8000-000000000002", "5E51A1CA-0000-4000-8000-000000000001"},
		"no serial number":      {`{"device_type":"panel","api_version":"2.10.0"}`, pin, "serial_number"},
		"a monitor":             {`{"device_type":"monitor","api_version":"2.10.0"}`, "", "monitor"},
		"no device at all":      {`{"status":"ok"}`, "", "none of a panel's fields"},
	}
	for name, test := range tests {
		for call, do := range everyCall() {
			t.Run(name+", "+call, func(t *testing.T) {
				t.Parallel()
				p := newPanel()
				p.info = test.info
				c := p.client(t, func(cfg *Config) { cfg.SerialNumber = test.pin })
				err := do(t.Context(), c)
				if !errors.Is(err, ErrWrongPanel) || !strings.Contains(err.Error(), test.says) {
					t.Errorf("error %v, want ErrWrongPanel about %q", err, test.says)
				}
				if got := p.routes(); !slices.Equal(got, []string{infoPath}) {
					t.Errorf("requests %v, want %s alone", got, infoPath)
				}
			})
		}
	}
}

func TestPinnedDeviceIsAccepted(t *testing.T) {
	t.Parallel()
	p := newPanel()
	c := p.client(t, func(cfg *Config) { cfg.SerialNumber = "5e51a1ca-0000-4000-8000-000000000001" })
	if _, err := c.Users().Get(t.Context(), id(1)); !errors.Is(err, ErrNotFound) {
		t.Errorf("error %v, want ErrNotFound", err)
	}
}

func TestDeviceThatTakesTheAddressOverGetsNoLogin(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.users = []object{wire(1, "Ann", "")}
	c := p.client(t, func(cfg *Config) { cfg.SerialNumber = "5e51a1ca-0000-4000-8000-000000000001" })
	if _, err := c.Users().Get(t.Context(), id(1)); err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	p.info = strings.Replace(deviceInfo, "5E51A1CA", "0DD0DD00", 1)
	p.tokens = nil // it has given out none
	p.mu.Unlock()
	if _, err := c.Users().Delete(t.Context(), id(1)); !errors.Is(err, ErrWrongPanel) {
		t.Errorf("error %v, want ErrWrongPanel", err)
	}
	p.expect(t, loginPath, 1)
	// The deletion may have been sent with the token of the panel that was there
	// before, which the device does not know. It got no other.
	if len(p.users) != 1 {
		t.Error("the other device carried the deletion out")
	}
}

func TestUsersNeedAPI2(t *testing.T) {
	t.Parallel()
	for version, supported := range map[string]bool{"1.3.5": false, "0.9": false, "2.2.0": true, "10.0": true, "": true, "next": true} {
		for call, do := range everyCall() {
			t.Run(version+", "+call, func(t *testing.T) {
				t.Parallel()
				p := newPanel()
				p.info = `{"device_model":"AV-03BD","device_type":"panel","api_version":"` + version + `"}` // what is no version is left to answer for itself
				p.users = []object{wire(1, "Ann", ""), wire(3, "Eva", "")}
				err := do(t.Context(), p.client(t))
				if supported {
					if err != nil {
						t.Error(err)
					}
					return
				}
				if !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), version) {
					t.Errorf("error %v, want ErrUnsupported with the version", err)
				}
				p.expect(t, loginPath, 0)
				p.expectNoWrites(t)
			})
		}
	}
}

func TestTimeProfilesDoWithAPI1(t *testing.T) {
	t.Parallel()
	p := newPanel()
	p.info = `{"device_model":"AV-03BD","device_type":"panel","api_version":"1.3.5"}`
	profiles := p.client(t).TimeProfiles()
	if _, err := profiles.Create(t.Context(), someProfile(7, "Office")); err != nil {
		t.Fatal(err)
	}
	if _, err := profiles.Get(t.Context(), id(7)); err != nil {
		t.Error(err)
	}
	if warnings, err := profiles.Delete(t.Context(), id(7)); err != nil || len(warnings) > 0 {
		t.Errorf("warnings %q, %v", warnings, err)
	}
	p.expect(t, usersList, 0) // there are no users to ask for
}
