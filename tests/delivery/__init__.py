"""Images, workflows, and what their jobs run."""
