"""How a change reaches an environment: images, workflows, and what their jobs run."""
