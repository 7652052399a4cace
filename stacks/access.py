"""Who may do what to a synthesized resource, and by which grant.

It follows from the grants in the stacks, from what a role holds, and from what each call on the
resource demands. What is granted outside of these files, as to the owners of a project, is not
known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from constructs_lib.pipeline.access import BOOTSTRAP_ROLES
from constructs_lib.pipeline.demands import BOOTSTRAP, Demand, demands, roles
from problems import did_you_mean
from stacks.addresses import part_of
from terraform_json import blocks, resources

_REFERENCE = re.compile(r"\$\{(google_\w+)\.(\w+)\.\w+\}")
_SUBJECT = re.compile(r"/subject/repository:\d+:(\w+):([\w.-]+)$")
_CUSTOM_ROLE = "google_project_iam_custom_role"
_ACCOUNT = "google_service_account"
_REPOSITORY = "google_artifact_registry_repository"
_SECRET = "google_secret_manager_secret"
_SINK = "google_logging_project_sink"
_GRANT = "_iam_member"
_FEDERATION = "roles/iam.workloadIdentityUser"
_ACT_AS = "iam.serviceAccounts.actAs"
_PULL = "artifactregistry.repositories.downloadArtifacts"

Documents = Mapping[str, Mapping[str, Any]]


class UnknownAddressError(Exception):
    """An address that no stack has, or more than one; the text says what there is."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role for a member, on a project or on one resource."""

    stack: str
    address: str
    member: str
    role: str
    on: str
    """The id of a project, or STACK/ADDRESS of a resource."""
    condition: str | None
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Way:
    """A grant by which somebody may do something, and what of it that takes."""

    role: str
    on: str
    grant: str
    permissions: tuple[str, ...]
    condition: str | None
    reason: str | None
    """Why the pipeline holds more than Terraform's calls demand, where it does."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody, what they may do to the resource, and who acts in their name."""

    member: str
    may: Mapping[str, tuple[Way, ...]]
    """By call, such as ``read``, or by permission for what is inside of the resource."""
    acted_as_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that is known of the access to one resource."""

    resource: str
    project: str
    source: str
    needs: Mapping[str, tuple[str, ...]]
    principals: tuple[Principal, ...]
    people: str


@dataclass(frozen=True, slots=True)
class _Resource:
    stack: str
    kind: str
    name: str
    arguments: Mapping[str, Any]

    @property
    def address(self) -> str:
        return f"{self.kind}.{self.name}"

    @property
    def path(self) -> str:
        return f"{self.stack}/{self.address}"


def roles_in_use(documents: Documents) -> frozenset[str]:
    """Return the predefined roles that the stacks give, or that people need for the bootstrap."""
    given = (
        str(resource.arguments["role"])
        for resource in _resources(documents)
        if resource.kind.endswith(_GRANT)
    )
    return frozenset(role for role in (*given, *BOOTSTRAP_ROLES) if role.startswith("roles/"))


@dataclass(frozen=True)
class Access:
    """The grants of all stacks, resolved."""

    documents: Documents

    def explain(self, address: str, environment: str | None = None) -> Explanation:
        """Say who may do what to a resource.

        ``address`` is TYPE.NAME, or STACK/TYPE.NAME. Raises UnknownAddressError.
        """
        resource = self._find(address, environment)
        demand = demands().types.get(resource.kind)
        if demand is None and not resource.kind.startswith("google_"):
            raise UnknownAddressError(
                f"{resource.kind} is not on Google Cloud, and only grants there are known; its "
                f"policies are in cdktf.out/review/{resource.stack}.tf"
            )
        if demand is None:
            raise UnknownAddressError(
                f"{resource.kind} has no row in constructs_lib/pipeline/demands.toml; add what its "
                "calls demand"
            )
        itself = self._itself(resource)
        targets = itself | self._used(resource, demand)
        by_member: dict[str, list[Grant]] = {}
        for grant in self.grants:
            if grant.on in targets:
                by_member.setdefault(grant.member, []).append(grant)
        principals = [
            Principal(member, may, tuple(self._acted_as_by(member)))
            for member, grants in sorted(by_member.items())
            if (may := dict(_ways(demand, grants, itself, self._reasons(member))))
        ]
        if resource.arguments.get("invoker_iam_disabled"):
            principals.append(_everyone(resource))
        needs = {call: p for call, p in demand.calls.items() if p}
        if demand.content:
            needs["content"] = demand.content
        return Explanation(
            resource.path,
            self.project_of(resource.stack),
            demand.source,
            needs,
            tuple(principals),
            _people(resource, demand),
        )

    @cached_property
    def grants(self) -> tuple[Grant, ...]:
        """Every grant of every stack."""
        return tuple(
            self._grant(resource)
            for resource in self._resources.values()
            if resource.kind.endswith(_GRANT)
        )

    def project_of(self, stack: str) -> str:
        """Return the id of the project that a stack's provider works in."""
        providers = blocks(self.documents[stack].get("provider", []), 1)
        return next(str(body.get("project")) for (name,), body in providers if name == "google")

    @cached_property
    def _resources(self) -> dict[str, _Resource]:
        return {resource.path: resource for resource in _resources(self.documents)}

    def _find(self, address: str, environment: str | None) -> _Resource:
        stack, _, bare = address.rpartition("/")
        paths = [
            path
            for path, resource in self._resources.items()
            if resource.address == bare
            and stack in ("", resource.stack)
            and (environment is None or resource.stack.rpartition("-")[0] == environment)
        ]
        if len(paths) == 1:
            return self._resources[paths[0]]
        if paths:
            raise UnknownAddressError(f"{bare} is in several stacks: name one of {_listed(paths)}")
        known = self._resources.keys() if stack else {r.address for r in self._resources.values()}
        near = did_you_mean(address, known)
        elsewhere = [path for path in self._resources if path.endswith(f"/{bare}")]
        if elsewhere:
            hint = f"there is {_listed(elsewhere)}"
        elif near:
            hint = f"did you mean {near}?"
        else:
            hint = "an address is TYPE.NAME, as cdktf.out/review and terraform plan print it"
        raise UnknownAddressError(f"no stack has {address}; {hint}")

    def _grant(self, resource: _Resource) -> Grant:
        arguments = resource.arguments
        role = str(arguments["role"])
        if reference := _REFERENCE.fullmatch(role):
            custom = self._referenced(resource, reference)
            project = custom.arguments["project"]
            name = f"projects/{project}/roles/{custom.arguments['role_id']}"
            permissions = frozenset(custom.arguments["permissions"])
        else:
            name, permissions = role, frozenset(roles().roles[role])
        return Grant(
            resource.stack,
            resource.address,
            self._member(resource, str(arguments["member"])),
            name,
            self._target(resource),
            arguments.get("condition", {}).get("expression"),
            permissions,
        )

    def _member(self, resource: _Resource, member: str) -> str:
        reference = _REFERENCE.fullmatch(member)
        if reference is None:
            return member
        referenced = self._referenced(resource, reference)
        if referenced.kind == _SINK:
            return f"the writer of {referenced.path}"
        return f"serviceAccount:{self._email(referenced)}"

    def _email(self, account: _Resource) -> str:
        project = account.arguments.get("project") or self.project_of(account.stack)
        return f"{account.arguments['account_id']}@{project}.iam.gserviceaccount.com"

    def _target(self, grant: _Resource) -> str:
        """Return what a grant is on; whatever it refers to beside its member and its role."""
        for key, value in grant.arguments.items():
            if key in {"member", "role", "condition", "depends_on"} or not isinstance(value, str):
                continue
            if reference := _REFERENCE.fullmatch(value):
                return self._referenced(grant, reference).path
        return str(grant.arguments["project"])

    def _referenced(self, resource: _Resource, reference: re.Match[str]) -> _Resource:
        return self._resources[f"{resource.stack}/{reference[1]}.{reference[2]}"]

    def _itself(self, resource: _Resource) -> set[str]:
        """Return where a grant is on the resource: itself, its project, a version's secret."""
        return {resource.path, self.project_of(resource.stack)} | {
            secret.path
            for secret in self._resources.values()
            if secret.kind == _SECRET
            and self._secret_name(secret) == resource.arguments.get("secret")
        }

    def _used(self, resource: _Resource, demand: Demand) -> set[str]:
        """Return what else a call on the resource needs: its account, and the images."""
        used = set()
        if _ACT_AS in demand.every_call:
            used |= {account.path for account in self._run_as(resource)}
        if _PULL in demand.every_call:
            used |= {r.path for r in self._resources.values() if r.kind == _REPOSITORY}
        return used

    def _secret_name(self, secret: _Resource) -> str:
        return f"projects/{self.project_of(secret.stack)}/secrets/{secret.arguments['secret_id']}"

    def _run_as(self, resource: _Resource) -> Iterator[_Resource]:
        texts = set(_texts(resource.arguments))
        for account in self._accounts:
            if self._email(account) in texts:
                yield account

    @cached_property
    def _accounts(self) -> tuple[_Resource, ...]:
        return tuple(r for r in self._resources.values() if r.kind == _ACCOUNT)

    def _reasons(self, member: str) -> Mapping[tuple[str, str], str]:
        """Return why a deployer holds what no call demands, by role and permission."""
        pipeline = (account for account in self._accounts if account.stack == BOOTSTRAP)
        if member not in {f"serviceAccount:{self._email(account)}" for account in pipeline}:
            return {}
        return {(b.role, p): b.reason for b in demands().beyond for p in b.permissions}

    def _acted_as_by(self, member: str) -> Iterator[str]:
        email = member.removeprefix("serviceAccount:")
        account = next((a for a in self._accounts if self._email(a) == email), None)
        if account is None:
            return
        for grant in self.grants:
            if grant.on == account.path and grant.role == _FEDERATION:
                subject = _SUBJECT.search(grant.member)
                who = f"{subject[1]} {subject[2]}" if subject else grant.member
                yield f"a job of GitHub: {who}"
            elif grant.on == account.path and _ACT_AS in grant.permissions:
                yield f"{grant.member} ({grant.stack}/{grant.address})"
        for resource in self._resources.values():
            row = demands().types.get(resource.kind)
            if row and _ACT_AS in row.every_call and email in set(_texts(resource.arguments)):
                yield resource.path


def _ways(
    demand: Demand,
    grants: Sequence[Grant],
    itself: set[str],
    reasons: Mapping[tuple[str, str], str],
) -> Iterator[tuple[str, tuple[Way, ...]]]:
    """Yield each call, and each permission on the content, that the grants of a member allow."""
    held = {permission for grant in grants for permission in grant.permissions}
    if demand.on is None:
        for call, needed in demand.calls.items():
            if needed and held.issuperset(needed):
                yield (
                    call,
                    tuple(
                        _way(grant, used, None)
                        for grant in grants
                        if (used := grant.permissions.intersection(needed))
                    ),
                )
    for permission in demand.content:
        ways = tuple(
            _way(grant, {permission}, reasons.get((_short(grant.role), permission)))
            for grant in grants
            if permission in grant.permissions and grant.on in itself
        )
        if ways:
            yield permission, ways


def _short(role: str) -> str:
    """Return a role as ``demands.toml`` names it: a custom one by its id."""
    return role if role.startswith("roles/") else role.rpartition("/")[2]


def _way(grant: Grant, permissions: Iterable[str], reason: str | None) -> Way:
    return Way(
        grant.role,
        grant.on,
        f"{grant.stack}/{grant.address}",
        tuple(sorted(permissions)),
        grant.condition,
        reason,
    )


def _everyone(service: _Resource) -> Principal:
    permission = "run.routes.invoke"
    reason = "invoker_iam_disabled: Cloud Run does not ask who calls"
    way = Way("no role", service.path, service.path, (permission,), None, reason)
    return Principal("allUsers", {permission: (way,)}, ())


def _people(resource: _Resource, demand: Demand) -> str:
    outside = "Whoever has a role on the project outside of these files, as its owners do."
    if demand.on is not None:
        return f"People apply it: the permissions are asked for on the {demand.on}."
    if part_of(resource.stack) != BOOTSTRAP:
        return outside
    covering = [r for r in BOOTSTRAP_ROLES if demand.every_call & set(roles().roles[r])]
    return f"People apply the bootstrap, with {' and '.join(covering)}. {outside}"


def _resources(documents: Documents) -> Iterator[_Resource]:
    for stack, document in documents.items():
        for kind, name, arguments in resources(document):
            yield _Resource(stack, kind, name, arguments)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def _listed(paths: Iterable[str]) -> str:
    return ", ".join(sorted(paths))
