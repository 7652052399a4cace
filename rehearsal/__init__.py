"""Real Terraform over every stack, offline, against a stand-in for the google provider."""
