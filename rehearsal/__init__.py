"""Runs real Terraform over every stack, offline, with a stand-in for the google provider."""
