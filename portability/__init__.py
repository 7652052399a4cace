"""The same app on other cores: CDK Terrain, and newer google providers (``make portability``).

``cores`` lists the set-ups, each with its locked packages in ``locks``; ``differences.toml`` says
what may differ from today's output, with reasons; ``compare`` holds the output against it.
"""
