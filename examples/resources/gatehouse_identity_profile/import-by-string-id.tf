import {
  to = gatehouse_identity_profile.contractors
  id = "2c9180867b2a34e0017b3078d60b0699"
}
