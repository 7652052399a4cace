"""How a release gets to its users, and back."""
