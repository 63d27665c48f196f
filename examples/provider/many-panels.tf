terraform {
  required_providers {
    gatehouse = {
      source = "gatehouse-iac/gatehouse"
    }
  }
}

locals {
  doors = {
    lobby  = "https://lobby.example.com"
    garage = "https://garage.example.com"
  }
}

variable "panel_passwords" {
  description = "The password of the admin account on each panel, by name."
  type        = map(string)
  sensitive   = true
}

provider "gatehouse" {
  dynamic "panel" {
    for_each = local.doors
    content {
      name     = panel.key
      url      = panel.value
      password = var.panel_passwords[panel.key]
    }
  }
}
