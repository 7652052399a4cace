"""What must be so before Terraform is applied, asked of this machine, of Google and of public DNS.

A check is a function that yields results. One that cannot be done says so, and stops no other.
"""
