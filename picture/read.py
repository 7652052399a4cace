"""Reads the picture of an environment out of its synthesized stacks.

A connection is drawn where the JSON states both ends: a route, an argument of a sidecar, a private
name in a variable or in the URL that a secret holds, a grant. What an application calls of its own
accord, such as a vendor whose key it reads, is not in the JSON and not in the picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from change.access import readers
from change.exposure import INVOKER, Route, open_services, routes
from change.side import Placed, Side, items
from change.workloads import containers, template
from constructs_lib.redis.variables import REDIS_PORT, REDIS_TLS_PORT
from picture.graph import Drawing, Kind, Picture, Relation
from policy.stack import environment_of
from terraform_json import SynthesizedError

_SERVICE = "google_cloud_run_v2_service"
_JOB = "google_cloud_run_v2_job"
_MACHINE = "google_compute_instance"
_SQL = "google_sql_database_instance"
_REDIS = "google_redis_instance"
_VERSION = "google_secret_manager_secret_version"
_STORES = frozenset({_SQL, _REDIS})
_TOPIC = "google_pubsub_topic"
_BUCKET = "google_storage_bucket"

_INTERNET = "internet"
_SECRETS = "secrets"
_SUBNET = "subnet"
_RUN_GROUP = "run"
_JOB_GROUP = "jobs"
_VPC_GROUP = "vpc"

_PROXY_PORT = 3307
"""https://cloud.google.com/sql/docs/postgres/sql-proxy: where the Auth Proxy dials an instance."""
_INSTANCE = re.compile(r"[\w.:-]+:[a-z0-9-]+:([a-z][\w-]+)")
"""PROJECT:REGION:NAME, as the Auth Proxy takes it."""
_OTLP = "OTLP"
_CALLED = {"OTLP_TRACE_EXPORTER_URL": _OTLP, "APP_MCP_URL": "MCP"}
"""Variables that hold the URL of what an application calls, and what it calls there."""
_BUCKET_VARIABLE = "CLOUD_AWS_S3_BUCKET_NAME"
_S3_ENDPOINT = "AWS_ENDPOINT_URL_S3"
_EXPORTER = re.compile(r"^exporters:\n(?:\s.*\n)*?\s+endpoint: \"?([^\s\"]+)", re.MULTILINE)
"""The first backend of a collector's configuration."""
_RUN_APP = ".run.app"
_URL = re.compile(r"\w+://[^\s]*@([^/]+)")
"""Of a URL with credentials, host and port."""


def read(side: Side, environment: str) -> Picture:
    """Return the picture of an environment; raises SynthesizedError if nothing of it is there."""
    if environment not in side.environments:
        raise SynthesizedError(f"nothing of {environment} was synthesized; run make synth")
    return _Reader(side, environment).picture()


class _Reader:
    def __init__(self, side: Side, environment: str) -> None:
        self.side = side
        self.environment = environment
        self.drawing = Drawing()
        self.identities: dict[str, list[str]] = {}
        """Ids of workloads, by the name of the account as which they run."""
        self.readable: dict[str, list[str]] = {}
        """Names of secrets, by the member that may read them."""
        for reading_environment, secret, members in readers(side):
            for member in sorted(members) if reading_environment == environment else ():
                self.readable.setdefault(member, []).append(secret)

    def picture(self) -> Picture:
        project = next(self._projects(), "of no provider")
        for part in (
            self._outside,
            self._network,
            self._machines,
            self._workloads,
            self._stores,
            self._routes,
            self._callers,
            self._connections,
            self._pubsub,
            self._secrets,
            self._monitoring,
        ):
            part()
        return self.drawing.picture(self.environment, f"{self.environment}: {project}")

    def of(self, *kinds: str) -> Iterator[Placed]:
        return (p for p in self.side.of(*kinds) if p.environment == self.environment)

    def _projects(self) -> Iterator[str]:
        for name, stack in self.side.stacks.items():
            if environment_of(name) == self.environment:
                for _, provider in stack.blocks("provider"):
                    yield str(provider.get("project"))

    def _outside(self) -> None:
        self.drawing.node(_INTERNET, Kind.CALLER, "the internet")

    def _network(self) -> None:
        for placed in self.of("google_compute_network"):
            self.drawing.group(_VPC_GROUP, f"VPC {placed.name}")
        for placed in self.of("google_compute_global_address"):
            if placed.get("purpose") == "VPC_PEERING":
                cidr = f"{placed.get('address')}/{placed.get('prefix_length')}"
                self.drawing.group("peered", f"peered with Google: {cidr}", _VPC_GROUP)
        lines = []
        for placed in self.of("google_vpc_access_connector"):
            lines.append(f"connector {placed.get('ip_cidr_range')}")
        for placed in self.of("google_compute_router_nat"):
            addresses = items(placed.get("nat_ips"))
            lines.append(f"Cloud NAT: {_counted(len(addresses), 'address', 'addresses')}")
        lines += self._egress()
        for placed in self.of("google_compute_firewall"):
            lines += _firewall(placed)
        for placed in self.of("google_compute_subnetwork"):
            title = f"subnet {placed.get('ip_cidr_range')}"
            self.drawing.node(_SUBNET, Kind.NETWORK, title, lines=tuple(lines), group=_VPC_GROUP)

    def _egress(self) -> Iterator[str]:
        """Yield what the services and jobs send through the VPC."""
        counts: dict[str, int] = {}
        for placed in self.of(_SERVICE, _JOB):
            for access in items(template(placed).get("vpc_access")):
                what = "all traffic" if access.get("egress") == "ALL_TRAFFIC" else "private ranges"
                counts[what] = counts.get(what, 0) + 1
        for what, count in counts.items():
            yield f"{what} of {_counted(count, 'workload', 'workloads')}"

    def _machines(self) -> None:
        for placed in self.of(_MACHINE):
            lines = [f"{placed.get('machine_type')}, {placed.get('zone')}"]
            account = self.side.member(placed.stack, str(placed.get("service_account.email")))
            lines += self._reading(account)
            node = self._add(placed, Kind.MACHINE, placed.name, lines, _VPC_GROUP)
            self.identities.setdefault(account, []).append(node)

    def _workloads(self) -> None:
        self.drawing.group(_RUN_GROUP, "Cloud Run services")
        self.drawing.group(_JOB_GROUP, "Cloud Run jobs")
        described: dict[tuple[str, str], list[str]] = {}
        for placed, workload, container in containers(self.side):
            if placed.environment == self.environment:
                lines = described.setdefault(placed.key, [])
                if "/" in workload:
                    lines.append(f"with {workload.rpartition('/')[2]}")
                else:
                    lines += _sizes(placed, container)
        for key, lines in described.items():
            placed = self.side.by_key[key]
            account = self.side.member(
                placed.stack, str(template(placed).get("service_account") or "the default account")
            )
            if account != placed.name:
                lines.append(f"as {account}")
            lines += self._reading(account)
            is_service = placed.resource.kind == _SERVICE
            group = _RUN_GROUP if is_service else _JOB_GROUP
            kind = Kind.SERVICE if is_service else Kind.JOB
            node = self._add(placed, kind, placed.name, lines, group)
            self.identities.setdefault(account, []).append(node)

    def _stores(self) -> None:
        for placed in self.of(_SQL):
            settings = f"{placed.get('settings.tier')}, {placed.get('settings.availability_type')}"
            version = str(placed.get("database_version")).replace("_", " ").capitalize()
            lines = [f"Cloud SQL, {version}", settings, str(placed.get("region"))]
            primary = self.side.referred(placed.stack, placed.get("master_instance_name"))
            node = self._add(placed, Kind.STORE, placed.name, lines, "peered")
            if primary:
                self.drawing.edge(_id(primary), node, Relation.CALLS, "replication")
        for placed in self.of(_REDIS):
            lines = ["Redis", f"{placed.get('tier')}, {placed.get('memory_size_gb')} GiB"]
            self._add(placed, Kind.STORE, placed.name, lines, "peered")
        for placed in self.of(_BUCKET):
            self._add(placed, Kind.STORE, placed.name, ["Cloud Storage"])
        for placed in self.of(_TOPIC):
            self._add(placed, Kind.STORE, placed.name, ["Pub/Sub topic"])

    def _routes(self) -> None:
        for route in routes(self.side):
            if route.placed.environment != self.environment:
                continue
            edge = self._edge_of(route)
            for target, port in self._answering(route):
                details = [f"{route.host}{route.path}"]
                self.drawing.edge(edge, target, Relation.CALLS, port, details)

    def _edge_of(self, route: Route) -> str:
        """Return the node of the load balancer, or of the domain mappings."""
        if "domain_mapping" in route.placed.resource.kind:
            node = self.drawing.node("edge", Kind.EDGE, "domain mappings")
            self.drawing.edge(_INTERNET, node, Relation.CALLS, "https :443")
            return node
        lines = [f"Cloud Armor {p.name}" for p in self.of("google_compute_security_policy")]
        if any(p.get("enable_cdn") for p in self.of("google_compute_backend_service")):
            lines.append("CDN for static files")
        node = self.drawing.node("edge", Kind.EDGE, "load balancer", lines=tuple(lines))
        ports = {
            f"https :{rule.get('port_range')}"
            if "https_proxy" in str(rule.get("target"))
            else f"http :{rule.get('port_range')}"
            for rule in self.of("google_compute_global_forwarding_rule")
        }
        label = ", ".join(sorted(ports, reverse=True))
        self.drawing.edge(_INTERNET, node, Relation.CALLS, label)
        return node

    def _answering(self, route: Route) -> Iterator[tuple[str, str]]:
        """Yield the node of the service that answers, and the port of its container."""
        stack = route.placed.stack
        backend = self.side.referred(stack, route.target)
        if backend is None or backend.resource.kind == _SERVICE:
            names = [backend.name if backend else self.side.read(stack, route.target)]
        else:
            names = [
                self.side.read(stack, part.get("service"))
                for block in items(backend.resource.arguments.get("backend"))
                if (group := self.side.referred(stack, block.get("group")))
                for part in items(group.resource.arguments.get("cloud_run"))
            ]
        for name in names:
            for placed in self.of(_SERVICE):
                if placed.name == name:
                    yield _id(placed), _port(placed)

    def _callers(self) -> None:
        """Draw who calls a service at Google's own address: grants, and everybody."""
        routed = self.drawing.targets
        is_open = open_services(self.side)
        for placed in self.of(_SERVICE):
            everybody = (self.environment, placed.name) in is_open
            ingress = placed.get("ingress") or "INGRESS_TRAFFIC_ALL"
            if everybody and ingress == "INGRESS_TRAFFIC_ALL" and _id(placed) not in routed:
                self.drawing.edge(_INTERNET, _id(placed), Relation.CALLS, "https :443")
        for grant in self.of(f"{_SERVICE}_iam_member"):
            if grant.get("role") != INVOKER:
                continue
            service = self.side.read(grant.stack, grant.get("name"))
            member = self.side.member(grant.stack, str(grant.get("member")))
            for caller in self.identities.get(member, ()):
                for placed in self.of(_SERVICE):
                    if placed.name == service:
                        self.drawing.edge(caller, _id(placed), Relation.CALLS, "https :443")

    def _connections(self) -> None:
        hosts = dict(self._private_hosts())
        holders = dict(self._holders(hosts))
        for placed, _, container in containers(self.side):
            if placed.environment != self.environment:
                continue
            node = _id(placed)
            for argument in items(container.get("args")):
                if match := _INSTANCE.fullmatch(str(argument)):
                    for instance in self.of(_SQL):
                        if instance.name == match[1]:
                            label = f"Auth Proxy :{_PROXY_PORT}"
                            self.drawing.edge(node, _id(instance), Relation.CALLS, label)
            stated = {v["name"]: v for v in items(container.get("env"))}
            self._named_hosts(node, stated, hosts)
            self._called(node, stated, hosts)
            for secret in _secrets_of(stated):
                for target, label in holders.get(secret, ()):
                    self.drawing.edge(node, target, Relation.CALLS, label)

    def _private_hosts(self) -> Iterator[tuple[str, str]]:
        """Yield the names of private DNS, each with the node that has the address."""
        machines = {}
        for machine in self.of(_MACHINE):
            for interface in items(machine.get("network_interface")):
                address = self.side.referred(machine.stack, interface.get("network_ip"))
                if address:
                    machines[address.key] = _id(machine)
        for record in self.of("google_dns_record_set"):
            for value in record.get("rrdatas") or ():
                target = self.side.referred(record.stack, value)
                if target and (target.key in machines or target.resource.kind in _STORES):
                    name = self.side.read(record.stack, record.get("name")).rstrip(".")
                    yield name, machines.get(target.key, _id(target))

    def _holders(self, hosts: Mapping[str, str]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Yield the secrets that hold a URL of ours, each with what it leads to."""
        for version in self.of(_VERSION):
            text = str(version.get("secret_data_wo") or "")
            secret = self.side.read(version.stack, version.get("secret")).rpartition("/")[2]
            redis = self.side.referred(version.stack, text.rpartition("@")[2])
            if "://" in text and redis and redis.resource.kind == _REDIS:
                yield secret, [(_id(redis), _redis_label(redis))]
            elif match := _URL.match(text):
                host, _, port = match[1].rpartition(":")
                if host in hosts:
                    yield secret, [(hosts[host], f"Postgres :{port}")]

    def _named_hosts(self, node: str, stated: Mapping[str, Any], hosts: Mapping[str, str]) -> None:
        """Draw where a variable names a host of private DNS and another its port."""
        for name, variable in stated.items():
            target = hosts.get(str(variable.get("value")))
            port = stated.get(f"{name.removesuffix('HOST')}PORT", {}).get("value")
            if target and port and name.endswith("HOST"):
                self.drawing.edge(node, target, Relation.CALLS, f"Postgres :{port}")

    def _called(self, node: str, stated: Mapping[str, Any], hosts: Mapping[str, str]) -> None:
        """Draw what the variables of a container say that it calls."""
        for name, what in _CALLED.items():
            if name in stated:
                self._to_url(node, str(stated[name].get("value")), what, hosts)
        for variable in stated.values():
            if match := _EXPORTER.search(str(variable.get("value"))):
                self._to_url(node, match[1], _OTLP, hosts)
        bucket = stated.get(_BUCKET_VARIABLE, {}).get("value")
        if bucket:
            ours = next((_id(p) for p in self.of(_BUCKET) if p.name == bucket), None)
            by = "Cloud Storage" if _S3_ENDPOINT in stated else "AWS S3"
            target = ours or self.drawing.node(
                f"external:{by} {bucket}", Kind.EXTERNAL, by, lines=(f"bucket {bucket}",)
            )
            self.drawing.edge(node, target, Relation.CALLS, "https :443")

    def _to_url(self, node: str, url: str, what: str, hosts: Mapping[str, str]) -> None:
        parts = urlsplit(url)
        host = parts.hostname or url
        port = parts.port or (443 if parts.scheme == "https" else 80)
        label = f"{what} :{port}"
        if host in hosts:
            self.drawing.edge(node, hosts[host], Relation.CALLS, label)
            return
        for route in routes(self.side):
            if route.placed.environment == self.environment and route.host == host:
                for target, _ in self._answering(route):
                    if not route.path:
                        self.drawing.edge(node, target, Relation.CALLS, label, [host])
                return
        if host.endswith(_RUN_APP) and any(
            host.startswith(f"{p.name}-") for p in self.of(_SERVICE)
        ):
            return  # Who may call a service at Google's own address, the grants say.
        target = self.drawing.node(f"external:{host}", Kind.EXTERNAL, what, lines=(host,))
        self.drawing.edge(node, target, Relation.CALLS, f"https :{port}")

    def _pubsub(self) -> None:
        topics = {p.name: _id(p) for p in self.of(_TOPIC)}
        for grant in self.of(f"{_TOPIC}_iam_member"):
            member = self.side.member(grant.stack, str(grant.get("member")))
            topic = topics.get(self.side.read(grant.stack, grant.get("topic")))
            if topic and grant.get("role") == "roles/pubsub.publisher":
                for publisher in self.identities.get(member, ()):
                    self.drawing.edge(publisher, topic, Relation.CALLS, "publishes")
        for subscription in self.of("google_pubsub_subscription"):
            topic = topics.get(self.side.read(subscription.stack, subscription.get("topic")))
            endpoint = urlsplit(str(subscription.get("push_config.push_endpoint") or ""))
            for placed in self.of(_SERVICE):
                if topic and str(endpoint.hostname).startswith(f"{placed.name}-"):
                    label = f"pushes to {endpoint.path}"
                    self.drawing.edge(topic, _id(placed), Relation.CALLS, label)
            dead = self.side.read(
                subscription.stack, subscription.get("dead_letter_policy.dead_letter_topic") or ""
            )
            if topic and dead in topics:
                self.drawing.edge(topic, topics[dead], Relation.CALLS, "dead letters")

    def _secrets(self) -> None:
        names = [p.name for p in self.of("google_secret_manager_secret")]
        if not names:
            return
        title = _counted(len(names), "secret", "secrets")
        self.drawing.node(_SECRETS, Kind.SECRETS, title)
        for member, secrets in self.readable.items():
            for reader in self.identities.get(member) or [self._elsewhere(member)]:
                self.drawing.edge(reader, _SECRETS, Relation.READS, "reads", secrets)

    def _elsewhere(self, member: str) -> str:
        """Return the node of a member of IAM as which nothing here runs."""
        lines = tuple(self._reading(member))
        return self.drawing.node(f"identity:{member}", Kind.CALLER, member, lines=lines)

    def _reading(self, member: str) -> Iterator[str]:
        if count := len(self.readable.get(member, ())):
            yield f"reads {_counted(count, 'secret', 'secrets')}"

    def _monitoring(self) -> None:
        alerts = len(list(self.of("google_monitoring_alert_policy")))
        checks = list(self.of("google_monitoring_uptime_check_config"))
        if not alerts and not checks:
            return
        channels = sorted(
            {
                str(value)
                for p in self.of("google_monitoring_notification_channel")
                for value in (p.get("labels") or {}).values()
            }
        )
        lines = [_counted(alerts, "alert", "alerts"), *(f"to {to}" for to in channels)]
        node = self.drawing.node("monitoring", Kind.CALLER, "monitoring", lines=tuple(lines))
        hosts = [str(check.get("monitored_resource.labels.host")) for check in checks]
        self.drawing.edge(node, "edge", Relation.CALLS, "uptime checks :443", hosts)

    def _add(
        self, placed: Placed, kind: Kind, title: str, lines: list[str], group: str | None = None
    ) -> str:
        return self.drawing.node(_id(placed), kind, title, lines=tuple(lines), group=group)


def _id(placed: Placed) -> str:
    return f"{placed.resource.kind} {placed.name}"


def _counted(count: int, singular: str, plural: str) -> str:
    return f"{count} {singular if count == 1 else plural}"


def _firewall(placed: Placed) -> Iterator[str]:
    for action in ("allow", "deny"):
        for rule in items(placed.resource.arguments.get(action)):
            ports = ",".join(map(str, rule.get("ports", ()))) or "all ports"
            yield f"{action} {ports} from {', '.join(placed.get('source_ranges') or ['anywhere'])}"


def _sizes(placed: Placed, container: Any) -> Iterator[str]:
    limits = container.get("resources", {}).get("limits", {})
    yield f"{limits.get('cpu', '?')} CPU, {limits.get('memory', '?')}"
    if placed.resource.kind == _SERVICE:
        least = placed.get("scaling.min_instance_count") or 0
        most = placed.get("template.scaling.max_instance_count")
        yield f"{least} to {most} instances"


def _port(placed: Placed) -> str:
    for container in items(template(placed).get("containers")):
        for port in items(container.get("ports")):
            return f":{port.get('container_port')}"
    return ""


def _redis_label(redis: Placed) -> str:
    encrypted = redis.get("transit_encryption_mode") == "SERVER_AUTHENTICATION"
    return f"TLS :{REDIS_TLS_PORT}" if encrypted else f"Redis :{REDIS_PORT}"


def _secrets_of(stated: Mapping[str, Any]) -> Iterator[str]:
    for variable in stated.values():
        if reference := variable.get("value_source", {}).get("secret_key_ref"):
            yield str(reference.get("secret")).rpartition("/")[2]
