"""How a change reaches an environment: images, workflows and their jobs, and rollouts."""
