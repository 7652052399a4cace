"""Policy checks over the synthesized stacks: checkov's rules, our own, and the exceptions."""
