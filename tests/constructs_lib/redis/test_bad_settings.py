"""Bad settings of Redis."""

from __future__ import annotations

from pathlib import Path

from tests.bad_settings import Bad, assert_reported, by_name

BAD_SETTINGS = (
    Bad(
        "replicas on the BASIC tier",
        ("prod", 'tier = "STANDARD_HA"', 'tier = "BASIC"'),
        "redis.tier",
        "cannot have 1 replicas",
        value='"BASIC"',
        allowed='"STANDARD_HA"',
    ),
    Bad(
        "replicas on too little memory",
        ("prod", "memory_size_gb = 5", "memory_size_gb = 1"),
        "redis.memory_size_gb",
        "read replicas need 5 GiB",
        value="1",
    ),
    Bad(
        "a Redis tier that does not exist",
        ("dev", 'tier = "BASIC"', 'tier = "STANDARD"'),
        "redis.tier",
        "is not one of the allowed values",
        value='"STANDARD"',
        allowed='"BASIC" or "STANDARD_HA"',
    ),
    Bad(
        "Redis switched off while the API needs it",
        ("prod", "enable_redis = true", "enable_redis = false"),
        "secret_versions.KV_REDIS_URL",
        "enable_redis is false",
    ),
)


@by_name(BAD_SETTINGS)
def test_a_bad_setting_is_reported_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    assert_reported(bad, tmp_path)
