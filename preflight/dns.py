"""The environment's domain, as everybody sees it.

Google's public resolver is asked over HTTPS: it needs no further library, and a resolver of the
own network may answer otherwise than the world.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google_api import NotFound
from preflight.context import Context
from results import Result, failed, passed, warned

AUTHORITY = "pki.goog"
"""Who issues the certificates of Certificate Manager."""
_NS, _CAA = "NS", "CAA"
_TYPES = {_NS: 2, _CAA: 257}
_NO_SUCH_NAME = 3


def delegation(context: Context) -> Iterator[Result]:
    """The domain above delegates to the name servers of the zone."""
    domain = context.settings.domain
    if context.settings.edge.dns is None:
        yield from _elsewhere(context)
        return
    project, zone = context.settings.project_id, context.names.public_zone
    try:
        answer = context.google.get("dns", f"dns/v1/projects/{project}/managedZones/{zone}")
    except NotFound:
        yield warned(
            "delegation",
            f"the zone {zone} does not exist yet: the stack foundation makes it",
            needed=f"NS records for {domain} at the domain above, once it is there",
            fix=f"beep-infra preflight {context.settings.environment}  # after the foundation",
        )
        return
    wanted = {str(server).rstrip(".").lower() for server in answer.get("nameServers", ())}
    seen = _records(context.google.public_dns(domain, _NS), _NS)
    if seen == wanted:
        yield passed("delegation", f"{domain} is delegated to the zone {zone}")
        return
    records = "\n".join(f"{domain}. NS {server}." for server in sorted(wanted))
    yield failed(
        "delegation",
        f"{domain} is delegated to {', '.join(sorted(seen)) or 'nobody'}",
        needed=f"the name servers of the zone {zone}, and no other",
        fix=f"create these records at the domain above:\n{records}",
    )


def _elsewhere(context: Context) -> Iterator[Result]:
    """The zone is kept elsewhere: somebody must answer for the domain, or for one above."""
    domain = context.settings.domain
    above = domain
    while "." in above:
        if _records(context.google.public_dns(above, _NS), _NS):
            yield passed("delegation", f"{domain} is kept elsewhere, in the zone {above}")
            return
        above = above.partition(".")[2]
    yield failed(
        "delegation",
        f"nobody answers for {domain}",
        needed="a zone for the domain, in which the records of the edge are created",
        fix=f"register {domain} or the domain above it, or set [edge.dns] in {context.file}",
    )


def authorities(context: Context) -> Iterator[Result]:
    """No CAA record keeps Google from issuing the certificates of the hosts."""
    refused: dict[str, str] = {}
    for _, host in context.settings.hosts.items():
        name = host
        while "." in name:
            issuers = _issuers(context.google.public_dns(name, _CAA))
            if issuers:
                # The nearest name with such records decides alone.
                if AUTHORITY not in issuers:
                    refused[name] = ", ".join(sorted(issuers))
                break
            name = name.partition(".")[2]
    for name, issuers_there in sorted(refused.items()):
        yield failed(
            "certificates",
            f"the CAA records of {name} allow {issuers_there} only",
            needed=f"{AUTHORITY}, who issues Google's certificates",
            fix=f'create the record: {name}. CAA 0 issue "{AUTHORITY}"',
        )
    if not refused:
        yield passed("certificates", f"{AUTHORITY} may issue certificates for the hosts")


def _records(answer: dict[str, Any], kind: str) -> set[str]:
    """Return the data of the records of a type; a name that does not exist has none."""
    if answer.get("Status") == _NO_SUCH_NAME:
        return set()
    return {
        str(record["data"]).rstrip(".").lower()
        for record in answer.get("Answer", ())
        if record.get("type") == _TYPES[kind]
    }


def _issuers(answer: dict[str, Any]) -> set[str]:
    """Return who may issue: of ``0 issue "pki.goog; cansignhttpexchanges=yes"`` the name."""
    return {
        data.partition('issue "')[2].partition(";")[0].rstrip('"').strip() or "nobody"
        for data in _records(answer, _CAA)
        if " issue " in data
    }
