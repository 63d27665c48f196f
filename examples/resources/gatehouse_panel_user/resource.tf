resource "gatehouse_panel_time_profile" "office_hours" {
  panel = "lobby"
  name  = "Office hours"
  start = "2026-01-05T09:00:00+01:00"
  end   = "2026-01-05T18:00:00+01:00"
  repeat {
    every    = "week"
    weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday"]
  }
}

# May open the first lock during office hours, by the panel's own rule.
resource "gatehouse_panel_user" "receptionist" {
  panel         = "lobby"
  name          = "Receptionist"
  time_profiles = [gatehouse_panel_time_profile.office_hours.link_id]
}

# May open both locks at any hour, with a card and a code.
resource "gatehouse_panel_user" "caretaker" {
  panel         = "lobby"
  name          = "Caretaker"
  info          = "facility management"
  lock          = "all"
  auth_factors  = ["card", "input_code"]
  time_profiles = []
}
