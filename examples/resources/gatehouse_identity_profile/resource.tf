resource "gatehouse_identity_profile" "contractors" {
  name                    = "Contractors"
  description             = "Everybody with a contract for work"
  authoritative_source_id = "2c9180835d191a86015d28455b4a2329"
  priority                = 20

  # Only the attributes named here are managed; the profile keeps all others.
  # The tenant applies them, unless attribute_mappings_enabled is false.
  attribute_mappings = {
    email = {
      type = "accountAttribute"
      attributes = jsonencode({
        sourceName    = "Contracts"
        attributeName = "mail"
      })
    }
    displayName = {
      type = "reference"
      attributes = jsonencode({
        id = "Full name"
        input = {
          type       = "accountAttribute"
          attributes = { sourceName = "Contracts", attributeName = "name" }
        }
      })
    }
  }

  # A deletion waits behind the tenant's other tasks.
  timeouts {
    delete = "45m"
  }
}
