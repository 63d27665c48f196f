# The profiles whose name begins so, the first in precedence first.
data "gatehouse_identity_profiles" "contractors" {
  filter = "name sw \"Contract\""
  sort   = "priority"
}

output "names" {
  value = data.gatehouse_identity_profiles.contractors.profiles[*].name
}
