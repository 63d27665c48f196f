data "gatehouse_identity_profile" "contractors" {
  name = "Contractors"
}

output "contractors" {
  value = data.gatehouse_identity_profile.contractors.identity_count
}
