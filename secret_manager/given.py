"""Values that somebody gives, from a dotenv file, the process environment or a prompt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from constructs_lib.environment.source import Origin
from constructs_lib.environment.wiring import SecretUse
from envfile import Target, value_faults
from envfile.reader import Entry, read
from envschema import Side, Variable, contract
from secret_manager.inventory import Finding
from secret_manager.value import Value

MAX_BYTES = 65_536
"""Of a payload (https://cloud.google.com/secret-manager/quotas)."""
PROCESS_ENVIRONMENT = "the process environment"
PROMPT = "the prompt"

Ask = Callable[[str], str]
"""Shows a text and returns what is typed, without showing that."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value, and where it comes from: FILE:LINE, or words."""

    value: Value
    place: str


Candidates = dict[str, Given]
"""By variable of the secret."""


def from_file(
    file: str, text: str, uses: Iterable[SecretUse]
) -> tuple[Candidates, tuple[Finding, ...]]:
    """Return what a dotenv file holds for the secrets, and what in it cannot be relied on.

    ``file`` is named in the messages. Lines of other variables are left alone.
    """
    reading = read(text)
    wanted = {name: use.variable for use in uses for name in use.input_names}
    # A line without a name may be the rest of a value that was pasted without quotes.
    findings = [
        Finding(wanted.get(f.name, file), f"{file}:{f.line}: {f.what}", f.fix)
        for f in reading.findings
        if f.name in wanted or not f.name
    ]
    entries: dict[str, list[Entry]] = {}
    for entry in reading.entries:
        if entry.name in wanted:
            entries.setdefault(wanted[entry.name], []).append(entry)
    candidates = {}
    for variable, own in entries.items():
        values = {entry.value for entry in own if entry.value is not None}
        if len(values) > 1:
            lines = ", ".join(str(entry.line) for entry in own)
            what = f"{file}: lines {lines} give it different values"
            findings.append(Finding(variable, what, "keep one of the lines"))
        for value in values:
            candidates[variable] = Given(_value(value), f"{file}:{own[-1].line}")
    return candidates, tuple(findings)


def from_environment(variables: Mapping[str, str], uses: Iterable[SecretUse]) -> Candidates:
    """Return what the variables of the process hold for the secrets."""
    return {
        use.variable: Given(_value(variables[name]), PROCESS_ENVIRONMENT)
        for use in uses
        for name in use.input_names
        if name in variables
    }


def merged(first: Candidates, second: Candidates) -> tuple[Candidates, tuple[Finding, ...]]:
    """Return both together, and a finding for each secret that they give different values."""
    findings = tuple(
        Finding(
            variable,
            f"{first[variable].place} and {second[variable].place} give it different values",
            "take one of them away",
        )
        for variable in sorted(first.keys() & second.keys())
        if first[variable].value.reveal() != second[variable].value.reveal()
    )
    return {**second, **first}, findings


def asked(
    uses: Iterable[SecretUse], target: Target, ask: Ask, say: Callable[[str], None]
) -> Candidates:
    """Ask for the value of each secret until it is valid; nothing typed leaves the secret out."""
    candidates = {}
    for use in uses:
        while typed := ask(f"{use.variable} (only Enter: leave it out): "):
            given = Given(_value(typed), PROMPT)
            findings = tuple(faults(use, given, target))
            if not findings:
                candidates[use.variable] = given
                break
            for finding in findings:
                say(f"    {finding.what}\n    fix: {finding.fix}")
    return candidates


def faults(use: SecretUse, given: Given, target: Target) -> Iterator[Finding]:
    """Yield what is wrong with a value that would be stored. No message holds the value."""
    try:
        text = given.value.reveal().decode()
    except UnicodeDecodeError:
        yield _fault(use, given, "is not UTF-8", "give it as UTF-8")
        return
    if len(given.value.reveal()) > MAX_BYTES:
        what = f"has more than {MAX_BYTES} bytes, which Secret Manager refuses"
        yield _fault(use, given, what, "give the value alone")
    elif text != text.strip():
        what = "begins or ends with a blank or a line break, which would become a part of it"
        yield _fault(use, given, what, "remove it")
    elif not text:
        yield _fault(use, given, "is empty", "give it a value, or remove the line")
    else:
        for fault in value_faults(_variable(use, target), text, target):
            wanted = f" (allowed: {fault.wanted})" if fault.wanted else ""
            yield _fault(use, given, f"{fault.what}{wanted}", fault.fix)


def _variable(use: SecretUse, target: Target) -> Variable:
    """Return the secret as a variable, which it may not be to any application."""
    read_as = next((n for n in use.input_names if n in contract(target.version)), use.variable)
    return Variable(read_as, Side.SERVER, use.value.kind, frozenset(), secret=True)


def _fault(use: SecretUse, given: Given, what: str, fix: str) -> Finding:
    if use.value.origin is Origin.GENERATED:
        fix = f"{fix}; or leave it out, and it is generated"
    return Finding(use.variable, f"{given.place}: the value {what}", fix)


def _value(text: str) -> Value:
    # A variable of the process may hold bytes that are no text.
    return Value(text.encode(errors="surrogateescape"))
