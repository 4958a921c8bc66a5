"""Grade certificates: signed when a grade is recorded, checked by anyone."""
