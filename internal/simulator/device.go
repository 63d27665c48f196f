package simulator

// info answers the one question that needs no token: what device this is
// (contract §5.1).
func (p *Panel) info(*call) (map[string]any, *apiError) {
	return map[string]any{
		"firmware_version":     "3.14.0",
		"framework_version":    "3.14.0",
		"frontend_version":     "3.14.0",
		"api_version":          p.settings.APIVersion,
		"device_name":          p.name,
		"device_type":          p.settings.DeviceType,
		"device_model":         "AA-07B",
		"device_serial_number": p.settings.SerialNumber,
		"hybrid_enable":        false,
		"hybrid_version":       "",
		"commit":               "0000000",
	}, nil
}

// managementServer answers whether a management system also owns link_ids on
// this panel (contract §6).
func (p *Panel) managementServer(*call) (map[string]any, *apiError) {
	return map[string]any{
		"is_enabled": p.settings.LinkManagementEnabled,
		"protocol":   "mqtt",
		"settings": map[string]any{
			"url":                  "",
			"is_logging_enabled":   false,
			"is_encrypted":         true,
			"is_heartbeat_enabled": true,
		},
	}, nil
}
