terraform {
  required_providers {
    gatehouse = {
      source = "gatehouse-iac/gatehouse"
    }
  }
}

variable "panel_password" {
  type      = string
  sensitive = true
}

provider "gatehouse" {
  panel {
    name     = "lobby"
    url      = "https://lobby.example.com"
    password = var.panel_password
  }

  panel {
    name            = "garage"
    url             = "https://garage.example.com"
    username        = "terraform"
    password        = var.panel_password
    request_timeout = "20s"
  }
}
