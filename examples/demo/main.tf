# Two door panels, three time profiles on each, twenty people spread over both,
# and an identity profile of a tenant. `make demo` applies this to simulated ones.

terraform {
  required_providers {
    gatehouse = {
      source = "gatehouse-iac/gatehouse"
    }
  }
}

variable "panels" {
  description = "Base URL of each panel, by name."
  type        = map(string)
}

variable "panel_password" {
  description = "Password of the admin account on every panel."
  type        = string
  sensitive   = true
}

variable "tenant" {
  description = "How to reach the SailPoint tenant."
  type = object({
    base_url      = string
    client_id     = string
    client_secret = string
  })
  sensitive = true
}

provider "gatehouse" {
  sailpoint {
    base_url      = var.tenant.base_url
    client_id     = var.tenant.client_id
    client_secret = var.tenant.client_secret
  }

  # for_each takes no sensitive value, so it iterates over names and addresses.
  dynamic "panel" {
    for_each = var.panels
    content {
      name     = panel.key
      url      = panel.value
      password = var.panel_password
    }
  }
}

# Monday to Friday, nine to six.
resource "gatehouse_panel_time_profile" "office_hours" {
  for_each = var.panels

  panel = each.key
  name  = "Office hours"
  start = "2026-01-05T09:00:00+01:00"
  end   = "2026-01-05T18:00:00+01:00"
  repeat {
    every    = "week"
    weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday"]
  }
}

# An evening every second week, until the contract ends.
resource "gatehouse_panel_time_profile" "cleaning" {
  for_each = var.panels

  panel = each.key
  name  = "Cleaning"
  start = "2026-01-07T19:00:00+01:00"
  end   = "2026-01-07T22:00:00+01:00"
  repeat {
    every    = "week"
    interval = 2
    until    = "2030-12-31T23:59:59+01:00"
  }
}

# One whole day.
resource "gatehouse_panel_time_profile" "open_day" {
  for_each = var.panels

  panel   = each.key
  name    = "Open day"
  start   = "2030-06-15T00:00:00+02:00"
  end     = "2030-06-15T23:59:59+02:00"
  all_day = true
}

locals {
  doors = sort(keys(var.panels))

  people = {
    for n in range(1, 21) : format("person-%02d", n) => {
      panel   = local.doors[n % length(local.doors)]
      cleaner = n % 5 == 0
      visitor = n % 7 == 0
    }
  }
}

resource "gatehouse_panel_user" "person" {
  for_each = local.people

  panel = each.value.panel
  name  = each.key
  info  = each.value.cleaner ? "cleaning" : "staff"
  lock  = each.value.cleaner ? "all" : "first"

  # Staff show a card; cleaners a card and a code.
  auth_factors = each.value.cleaner ? ["card", "input_code"] : null

  time_profiles = concat(
    [each.value.cleaner ? gatehouse_panel_time_profile.cleaning[each.value.panel].link_id : gatehouse_panel_time_profile.office_hours[each.value.panel].link_id],
    each.value.visitor ? [gatehouse_panel_time_profile.open_day[each.value.panel].link_id] : [],
  )
}

# Who comes from the HR system becomes an identity.
resource "gatehouse_identity_profile" "staff" {
  name                    = "Staff"
  description             = "Everybody on the payroll"
  authoritative_source_id = "2c9180835d191a86015d28455b4a2329"

  attribute_mappings = {
    email = {
      type = "accountAttribute"
      attributes = jsonencode({
        sourceName    = "HR"
        attributeName = "mail"
      })
    }
  }
}
