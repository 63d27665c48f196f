# By panel and link_id; with only one panel in the provider block, link_id is enough.
terraform import gatehouse_panel_time_profile.office_hours lobby/0d7a2c0e-5b43-4c8a-a7a6-6f2f5a9e4b21
