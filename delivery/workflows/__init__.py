"""The workflows for GitHub Actions: templates, and the settings that are filled into them.

``python -m delivery.workflows`` writes ``.github/workflows``.
"""
