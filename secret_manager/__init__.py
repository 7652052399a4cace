"""The values of an environment's secrets: which are there, which are missing, and adding those.

Terraform makes the containers, and the environment's file pins a version of each by its number. No
value is printed, logged, or part of an error.
"""
