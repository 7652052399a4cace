"""Bad ranges of addresses, and ways out that do not fit them."""

from __future__ import annotations

from pathlib import Path

from tests.bad_settings import Bad, assert_reported, by_name

NAT = 'egress = "nat"'

BAD_SETTINGS = (
    Bad(
        "ranges that overlap",
        ("prod", '"10.20.0.0/20"', '"10.10.0.0/20"'),
        "network.service_range_cidr",
        "overlaps network.subnet_cidr",
        value='"10.10.0.0/20"',
    ),
    Bad(
        "a range with host bits",
        ("prod", '"10.10.0.0/23"', '"10.10.0.1/23"'),
        "network.subnet_cidr",
        "has host bits set",
        value='"10.10.0.1/23"',
    ),
    Bad(
        "a public range",
        ("prod", '"10.10.0.0/23"', '"8.8.8.0/24"'),
        "network.subnet_cidr",
        "is not a private range",
    ),
    Bad(
        "a subnet too small for all instances",
        ("prod", '"10.10.0.0/23"', '"10.10.0.0/26"'),
        "network.subnet_cidr",
        "has 60 usable addresses; 33 instances need 66",
        fix="use a /25",
        also=(
            "prod",
            "[services.web]\nmemory_mib = 1024\nmax_instance_count = 8",
            "[services.web]\nmemory_mib = 1024\nmax_instance_count = 24",
        ),
    ),
    *(
        Bad(
            f"a range that only some versions of Python call private: {cidr}",
            ("prod", '"10.10.0.0/23"', f'"{cidr}"'),
            "network.subnet_cidr",
            "is not a private range",
            value=f'"{cidr}"',
        )
        for cidr in ("100.64.0.0/24", "192.0.0.0/24", "198.18.0.0/24", "169.254.0.0/24")
    ),
    Bad(
        "fewer ports than all instances need",
        ("staging", NAT, f"{NAT}\nnat_min_ports_per_vm = 8192"),
        "network.nat_address_count",
        "has 64512 ports; 22 instances with 8192 ports each need 180224",
        value="1",
        allowed="3 or more",
        fix="set nat_address_count = 3",
    ),
    Bad(
        "addresses from which nothing would leave",
        ("prod", "[network]", "[network]\nnat_address_count = 2"),
        "network.nat_address_count",
        'has no use: network.egress is "direct"',
        value="2",
        fix='set network.egress = "nat"',
    ),
    Bad(
        "a connector beside NAT",
        ("staging", NAT, f'{NAT}\nconnector_cidr = "10.8.0.0/28"'),
        "network.connector_cidr",
        'has no use: network.egress is "nat"',
    ),
    Bad(
        "a subnet too small for instances that leave through NAT",
        ("staging", '"10.10.0.0/24"', '"10.10.0.0/26"'),
        "network.subnet_cidr",
        "has 60 usable addresses; 31 instances need 62",
        also=(
            "staging",
            "[services.web]\nmemory_mib = 1024\nmax_instance_count = 4",
            "[services.web]\nmemory_mib = 1024\nmax_instance_count = 24",
        ),
    ),
    Bad(
        "a connector without a range",
        ("dev", 'connector_cidr = "10.8.0.0/28"\n', ""),
        "network.connector_cidr",
        'is missing, and network.egress is "connector"',
    ),
    Bad(
        "a range without a connector",
        ("dev", 'egress = "connector"\n', ""),
        "network.connector_cidr",
        "has no use",
    ),
)


@by_name(BAD_SETTINGS)
def test_a_bad_setting_is_reported_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    assert_reported(bad, tmp_path)
