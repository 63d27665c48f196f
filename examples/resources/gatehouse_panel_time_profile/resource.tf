# Monday to Friday, nine to six.
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

# Every second Wednesday evening, until the end of 2030.
resource "gatehouse_panel_time_profile" "cleaning" {
  panel = "lobby"
  name  = "Cleaning"
  start = "2026-01-07T19:00:00+01:00"
  end   = "2026-01-07T22:00:00+01:00"
  repeat {
    every    = "week"
    interval = 2
    until    = "2030-12-31T23:59:59+01:00"
  }
}

# The last Friday of each quarter.
resource "gatehouse_panel_time_profile" "stocktaking" {
  panel = "lobby"
  name  = "Stocktaking"
  start = "2026-03-27T06:00:00+01:00"
  end   = "2026-03-27T20:00:00+01:00"
  repeat {
    every         = "year"
    months        = [3, 6, 9, 12]
    week_of_month = "last"
    day_type      = "friday"
  }
}

# One whole day.
resource "gatehouse_panel_time_profile" "open_day" {
  panel   = "lobby"
  name    = "Open day"
  start   = "2030-06-15T00:00:00+02:00"
  end     = "2030-06-15T23:59:59+02:00"
  all_day = true
}
