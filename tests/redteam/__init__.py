"""The red team: hostile and careless submissions, and the right but unusual ones beside them."""
