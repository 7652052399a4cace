"""Restores the newest backup of an environment beside it, looks at it, and removes it again."""
