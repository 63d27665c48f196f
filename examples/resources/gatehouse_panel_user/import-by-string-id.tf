import {
  to = gatehouse_panel_user.receptionist
  id = "lobby/5f0c3a52-8f0e-4f6f-9d0b-3a3c6f1f7a10"
}
