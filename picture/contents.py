"""What the page of an environment says, section by section, from what others found out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from change.access import permissions, readers
from change.alerts import conditions
from change.facts import Value, collected
from change.side import Placed, Side
from change.workloads import containers, secrets_in_containers, template
from cost.estimate import CURRENCY, Estimate
from cost.table import PriceTable
from environments import Environment
from environments.matrix import rows
from picture.graph import Kind, Picture, Relation
from picture.page import Cell, Link, Section, Table
from policy.posture import Posture

_SERVICE = "google_cloud_run_v2_service"
_CENT = 0.005
"""A smaller cost is none."""
_SEVERITIES = ("CRITICAL", "ERROR", "WARNING")
_RELATIONS = {Relation.CALLS: "calls", Relation.READS: "may read"}


@dataclass(frozen=True, slots=True)
class Source:
    """What the sections of an environment are made of."""

    picture: Picture
    drawing: str
    """The picture as SVG."""
    side: Side
    environment: Environment
    estimate: Estimate
    prices: PriceTable
    posture: Posture
    runbook: str
    """The URL or the path of the runbook, without an anchor."""

    @property
    def name(self) -> str:
        """The environment."""
        return self.picture.environment

    def of(self, *kinds: str) -> Iterator[Placed]:
        """Yield the environment's resources of these types."""
        return (p for p in self.side.of(*kinds) if p.environment == self.name)


def sections(source: Source) -> tuple[Section, ...]:
    """Return every section of the page."""
    return (
        _topology(source),
        _services(source),
        _variables(source),
        _secrets(source),
        _identities(source),
        _alerts(source),
        _cost(source),
        _posture(source),
    )


def connections(picture: Picture) -> Table:
    """Return who talks to whom, as a table: the picture for those who do not see it."""
    titles = picture.titles
    return Table(
        "Who talks to whom",
        ("from", "does", "to", "by", "what"),
        tuple(
            (
                titles[edge.source],
                _RELATIONS[edge.relation],
                titles[edge.target],
                edge.label if edge.relation is Relation.CALLS else "",
                ", ".join(edge.details),
            )
            for edge in picture.edges
        ),
    )


def _topology(source: Source) -> Section:
    return Section(
        "topology",
        "Topology",
        "A solid line leads from who calls to who answers, and names the port. A dotted line leads "
        "to the secrets that an identity may read. What leaves a dashed box is done by each in it. "
        "A workload acts as the account of its own name, unless it says another. What an "
        "application calls with a vendor's key is not drawn: the stacks do not say it.",
        (connections(source.picture),),
        source.drawing,
    )


def _services(source: Source) -> Section:
    urls: dict[str, list[str]] = {}
    for edge in source.picture.edges:
        if edge.source == "edge":
            urls.setdefault(edge.target, []).extend(f"https://{host}" for host in edge.details)
    services, jobs = [], []
    for placed, workload, container in containers(source.side):
        if placed.environment != source.name or "/" in workload:
            continue
        limits = container.get("resources", {}).get("limits", {})
        size = (str(limits.get("cpu", "")), str(limits.get("memory", "")))
        account = source.side.member(
            placed.stack, str(template(placed).get("service_account") or "the default account")
        )
        timeout = str(template(placed).get("timeout") or "")
        if placed.resource.kind == _SERVICE:
            url = "\n".join(urls.get(f"{_SERVICE} {placed.name}", ["none of its own"]))
            services.append((placed.name, url, *size, *_scale(placed), timeout, account))
        else:
            jobs.append((placed.name, *size, timeout, account))
    stores = tuple(
        (node.title, ", ".join(node.lines))
        for node in source.picture.nodes
        if node.kind in (Kind.STORE, Kind.MACHINE)
    )
    heads = ("service", "URL", "CPU", "memory", "instances", "at once", "timeout", "acts as")
    return Section(
        "services",
        "Services",
        "What runs, how large each instance is, and how many there may be; “at once” is how many "
        "requests an instance takes at a time.",
        (
            Table("Services", heads, tuple(services)),
            Table("Jobs", ("job", "CPU", "memory", "timeout", "acts as"), tuple(jobs)),
            Table("Stores and machines", ("name", "what it is"), stores),
        ),
    )


def _scale(placed: Placed) -> tuple[str, str]:
    least = placed.get("scaling.min_instance_count") or 0
    most = placed.get("template.scaling.max_instance_count")
    at_once = placed.get("template.max_instance_request_concurrency")
    return f"{least} to {most}", str(at_once or "")


def _variables(source: Source) -> Section:
    apps = tuple(source.environment.apps)
    return Section(
        "variables",
        "Variables",
        "Names and sources, no values. Literal: the environment file states it. Topology: it "
        "follows from the settings under “from”. Secret@2: version 2 of that secret. At build: it "
        "is compiled into the image.",
        (
            Table(
                "Where each variable comes from",
                ("variable", "from", *apps),
                tuple(
                    (row.variable, ", ".join(row.origins), *row.cells)
                    for row in rows(source.environment)
                ),
            ),
        ),
    )


def _secrets(source: Source) -> Section:
    may: dict[str, set[str]] = {}
    for environment, secret, members in readers(source.side):
        if environment == source.name:
            may.setdefault(secret, set()).update(members)
    facts = collected(secrets_in_containers(source.side))

    def fact(subject: str) -> str:
        return _joined(facts.get((source.name, subject), ""))

    names = sorted(p.name for p in source.of("google_secret_manager_secret"))
    return Section(
        "secrets",
        "Secrets",
        "Each secret of Secret Manager, the identities that may read it, and the workloads that "
        "are given it, with the version that they pin.",
        (
            Table(
                "Secrets and their readers",
                ("secret", "may be read by", "given to", "version"),
                tuple(
                    (
                        name,
                        _joined(frozenset(may.get(name, ()))),
                        fact(f"users of {name}"),
                        fact(f"version of {name}"),
                    )
                    for name in names
                ),
            ),
        ),
    )


def _joined(value: Value) -> str:
    return value if isinstance(value, str) else ", ".join(sorted(value))


def _identities(source: Source) -> Section:
    may: dict[str, list[str]] = {p.name: [] for p in source.of("google_service_account")}
    for environment, subject, _ in permissions(source.side):
        member, has, what = subject.partition(" has ")
        if environment == source.name and has:
            may.setdefault(member, []).append(what)
    count: dict[str, int] = {}
    for environment, _, members in readers(source.side):
        for member in members if environment == source.name else ():
            count[member] = count.get(member, 0) + 1
    return Section(
        "identities",
        "Identities",
        "Accounts and groups, the roles that the environment's stacks grant them, and how many "
        "secrets each may read. Roles of the pipeline are granted in the shared project.",
        (
            Table(
                "Who may do what",
                ("identity", "roles", "secrets"),
                tuple(
                    (name, "\n".join(sorted(may.get(name, ()))), str(count.get(name, 0)))
                    for name in sorted({*may, *count})
                ),
            ),
        ),
    )


def _alerts(source: Source) -> Section:
    alerts = sorted(
        source.of("google_monitoring_alert_policy"),
        key=lambda p: (_severity(p), str(p.get("display_name"))),
    )
    return Section(
        "alerts",
        "Alerts",
        "What is sent, when, and what to do then.",
        (
            Table(
                "Alerts",
                ("alert", "severity", "sent when", "runbook"),
                tuple(_alert(source, placed) for placed in alerts),
            ),
        ),
    )


def _severity(placed: Placed) -> int:
    severity = placed.get("severity")
    return _SEVERITIES.index(severity) if severity in _SEVERITIES else len(_SEVERITIES)


def _alert(source: Source, placed: Placed) -> tuple[Cell, ...]:
    text = str(placed.get("documentation.content") or "")
    _, in_runbook, anchor = text.rpartition("#")
    runbook: Cell = ""
    if in_runbook:
        runbook = Link(anchor.replace("-", " "), f"{source.runbook}#{anchor}")
    when = ", ".join(dict.fromkeys(conditions(placed)))
    return str(placed.get("display_name")), str(placed.get("severity") or ""), when, runbook


def _cost(source: Source) -> Section:
    estimate = source.estimate
    budget = estimate.budget
    limit = f", of a budget of {budget.amount:,.0f} {budget.currency}" if budget else ""
    problem = estimate.budget_problem
    too_small = f" The budget is too small: {problem}." if problem else ""
    causes = [(cause, f"{usd:,.2f}") for cause, usd in estimate.by_cause.items() if usd >= _CENT]
    return Section(
        "cost",
        "Cost",
        f"About {estimate.usd:,.0f} {CURRENCY} a month{limit}, by list prices of "
        f"{source.prices.read}, without discounts and taxes; traffic is assumed.{too_small}",
        (
            Table(
                "A month, by cause",
                ("cause", CURRENCY),
                (*causes, *((what, "not priced") for what in estimate.unpriced)),
            ),
        ),
    )


def _posture(source: Source) -> Section:
    def state(item: Any) -> str:
        standing = source.posture.standing(item, source.name)
        return f"{standing.state}, {standing.resources}" if standing.resources else standing.state

    return Section(
        "posture",
        "Posture",
        "Where the environment stands to the CIS Google Cloud Foundation Benchmark 3.0.0 and to "
        "Google's enterprise foundations blueprint; a number is how many resources were looked at. "
        "It is no audit: it says what the stacks declare.",
        (
            Table(
                "Items",
                ("item", "what holds", "state"),
                tuple((item.id, item.title, state(item)) for item in source.posture.items),
            ),
        ),
    )
