# By id, or by name.
terraform import gatehouse_identity_profile.contractors 2c9180867b2a34e0017b3078d60b0699
terraform import gatehouse_identity_profile.contractors 'name=Contractors'
