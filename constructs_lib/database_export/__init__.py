"""Copies of the database in the shared project, which whoever deploys cannot reach."""
