"""Reads the provider's Go source and writes ``rehearsal/data/rules/google-<version>.json``.

Usage: ``python scripts/extract_rules.py CHECKOUT VERSION TYPE…`` where CHECKOUT holds the
provider's ``google/`` folder at tag ``v<VERSION>``. What is taken, per argument: force new,
default, enumeration, pattern, range, length, conflicts and the like, each with its line;
per type the id's format. A validation that is Go code and not one of the known forms is
listed under ``unchecked``, so that coverage can be counted.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = "https://github.com/hashicorp/terraform-provider-google/blob"
OUTPUT = Path(__file__).resolve().parent.parent / "rehearsal" / "data" / "rules"

_TOKEN = re.compile(
    r"(?P<skip>\s+|//[^\n]*|/\*.*?\*/)|(?P<raw>`[^`]*`)|(?P<str>\"(?:\\.|[^\"\\])*\")"
    r"|(?P<rune>'(?:\\.|[^'\\])+')|(?P<number>-?\d[\w.]*)|(?P<word>[A-Za-z_]\w*)|(?P<op>.)",
    re.DOTALL,
)
_CLOSE = {"{": "}", "(": ")", "[": "]"}


@dataclass
class Token:
    kind: str
    text: str
    position: int
    entries: list[list[Token]] | None = None  # of a group, split at commas

    @property
    def value(self) -> Any:
        if self.kind == "raw":
            return self.text[1:-1]
        if self.kind == "str":
            return re.sub(
                r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), self.text[1:-1]
            )
        if self.kind == "number":
            return ast.literal_eval(self.text.replace("_", ""))
        return self.text


def _lex(text: str, start: int) -> Iterator[Token]:
    for match in _TOKEN.finditer(text, start):
        kind = match.lastgroup or "op"
        if kind != "skip":
            yield Token(kind, match[0], match.start())


def parse_group(text: str, start: int) -> Token:
    """The group that opens at ``start`` (a brace, bracket or parenthesis)."""
    tokens = _lex(text, start)
    return _group(next(tokens), tokens)


def _group(opening: Token, tokens: Iterator[Token]) -> Token:
    entries: list[list[Token]] = [[]]
    close = _CLOSE[opening.text]
    for token in tokens:
        if token.kind == "op" and token.text == close:
            break
        if token.kind == "op" and token.text in _CLOSE:
            entries[-1].append(_group(token, tokens))
        elif token.kind == "op" and token.text == ",":
            entries.append([])
        else:
            entries[-1].append(token)
    return Token("group", opening.text, opening.position, [e for e in entries if e])


def fields(group: Token) -> dict[str, list[Token]]:
    """``Key: value`` entries of a composite literal."""
    result = {}
    for entry in group.entries or []:
        if len(entry) > 2 and entry[1].text == ":":
            result[str(entry[0].value)] = entry[2:]
    return result


def braces(value: list[Token]) -> Token | None:
    return next((t for t in value if t.kind == "group" and t.text == "{"), None)


def arguments(value: list[Token]) -> list[list[Token]]:
    group = next((t for t in value if t.kind == "group" and t.text == "("), None)
    return (group.entries or []) if group else []


def words(value: list[Token]) -> str:
    return "".join(t.text for t in value if t.kind != "group")


def strings(value: list[Token]) -> list[str]:
    group = braces(value)
    if group is None:
        return []
    return [e[0].value for e in group.entries or [] if e[0].kind in ("str", "raw")]


class Package:
    """One Go package: finds declarations by name."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.files = {
            p: p.read_text() for p in sorted(folder.glob("*.go")) if not p.name.endswith("_test.go")
        }
        self.root = root

    def declaration(self, name: str) -> tuple[Path, str, int] | None:
        pattern = re.compile(
            rf"^(?:func {re.escape(name)}\(|var {re.escape(name)}\b|\t{re.escape(name)}\s+=)", re.M
        )
        for path, text in self.files.items():
            found = pattern.search(text)
            if found:
                return path, text, found.start()
        return None

    def constant(self, name: str, imported: Package | None = None) -> str | None:
        """A string constant, also one put together from others with ``+``."""
        for text in self.files.values():
            found = re.search(rf"^\s*(?:const |var )?{re.escape(name)}\s*=\s*", text, re.M)
            if found is None:
                continue
            result = ""
            line = text[found.end() : text.index("\n", found.end())]
            for token in _lex(line, 0):
                if token.kind in ("str", "raw"):
                    result += token.value
                elif token.kind == "word" and token.text != "verify":
                    part = self.constant(token.text) or (imported and imported.constant(token.text))
                    if not part:
                        return None
                    result += part
                elif token.text not in ("+", ".", "verify"):
                    return None
            return result
        return None


class Reader:
    def __init__(self, package: Package, common: Package) -> None:
        self.package = package
        self.common = common
        self.arguments: dict[str, dict[str, Any]] = {}
        self.file = Path()

    def schema_map(self, path: Path, text: str, start: int, prefix: str) -> None:
        opening = text.find("map[string]*schema.Schema{", start)
        if opening < 0:
            return
        group = parse_group(text, text.index("{", opening))
        self.entries(path, text, group, prefix)

    def entries(self, path: Path, text: str, group: Token, prefix: str) -> None:
        for entry in group.entries or []:
            if len(entry) < 3 or entry[0].kind != "str" or entry[1].text != ":":
                continue
            name, value = entry[0].value, entry[2:]
            dotted = f"{prefix}{name}"
            group_ = braces(value)
            if group_ is None:
                found = self.package.declaration(value[0].text)
                if found is None:
                    continue
                other_path, other, at = found
                inner = re.compile(r"schema\.Schema\{").search(other, at)
                if inner is None:
                    continue
                self.argument(
                    other_path,
                    other,
                    parse_group(other, inner.end() - 1),
                    dotted,
                    entry[0].position,
                )
                continue
            self.argument(path, text, group_, dotted, entry[0].position)

    def argument(self, path: Path, text: str, group: Token, dotted: str, at: int) -> None:
        found = fields(group)
        optional = words(found.get("Optional", [])) == "true"
        required = words(found.get("Required", [])) == "true"
        if optional or required:
            rule: dict[str, Any] = {}
            if words(found.get("ForceNew", [])) == "true":
                rule["force_new"] = True
            if "Default" in found and len(found["Default"]) == 1:
                token = found["Default"][0]
                rule["default"] = {"true": True, "false": False}.get(token.text, token.value)
            for key, name in (
                ("ConflictsWith", "conflicts"),
                ("ExactlyOneOf", "exactly_one_of"),
                ("AtLeastOneOf", "at_least_one_of"),
                ("RequiredWith", "required_with"),
            ):
                if key in found and strings(found[key]):
                    rule[name] = strings(found[key])
            if "DiffSuppressFunc" in found:
                rule["suppress"] = words(found["DiffSuppressFunc"])
            self.validation(found, rule)
            if rule:
                rule["line"] = text.count("\n", 0, at) + 1
                if path != self.file:
                    rule["file"] = path.name
            self.arguments[dotted] = rule
        elem = found.get("Elem")
        if elem is not None:
            self.elem(path, text, elem, dotted)

    def elem(self, path: Path, text: str, elem: list[Token], dotted: str) -> None:
        head = words(elem)
        group = braces(elem)
        if group is not None and head.endswith("schema.Resource"):
            inner = fields(group).get("Schema")
            if inner is not None:
                body = braces(inner)
                if body is not None:
                    self.entries(path, text, body, f"{dotted}.")
                elif (found := self.package.declaration(inner[0].text)) is not None:
                    self.schema_map(*found, f"{dotted}.")
            return
        if group is not None and head.endswith("schema.Schema"):
            rule: dict[str, Any] = {}
            self.validation(fields(group), rule)
            if rule:
                line = text.count("\n", 0, group.position) + 1
                argument = self.arguments.setdefault(dotted, {})
                argument["element"] = rule
                argument.setdefault("line", line)
            return
        found_ = self.package.declaration(elem[0].text)
        if found_ is not None:
            self.schema_map(*found_, f"{dotted}.")

    def validation(self, found: dict[str, list[Token]], rule: dict[str, Any]) -> None:
        value = found.get("ValidateFunc") or found.get("ValidateDiagFunc")
        if value is None:
            return
        name = words(value).split(".")[-1]
        given = arguments(value)
        if name == "OrEmpty" and given:
            self.validation({"ValidateFunc": given[0]}, rule)
            rule["or_empty"] = True
            return
        match name:
            case "ValidateEnum" | "StringInSlice" if given and strings(given[0]):
                rule["enum"] = [v for v in strings(given[0]) if v]
                if name == "StringInSlice" and words(given[-1]) == "true":
                    rule["ignore_case"] = True
            case "IntBetween" | "FloatBetween" if self._numbers(given) == 2:
                rule["range"] = [given[0][0].value, given[1][0].value]
            case "IntAtLeast" | "FloatAtLeast" if self._numbers(given) == 1:
                rule["range"] = [given[0][0].value, None]
            case "IntAtMost" | "FloatAtMost" if self._numbers(given) == 1:
                rule["range"] = [None, given[0][0].value]
            case "StringLenBetween" if self._numbers(given) == 2:
                rule["length"] = [given[0][0].value, given[1][0].value]
            case "ValidateRegexp" if given and (pattern := self.pattern(given[0])):
                rule["pattern"] = pattern
            case "IntBetween" if given and words(given[-1]) == "math.MaxInt32":
                rule["range"] = [given[0][0].value, 2**31 - 1]
            case "StringIsNotEmpty":
                rule["length"] = [1, 2**31 - 1]
            case "ValidateGCEName":
                rule["pattern"] = r"^(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)$"
            case "ValidateRFC1035Name" if self._numbers(given) == 2:
                rule["length"] = [given[0][0].value, given[1][0].value]
                rule["pattern"] = "^[a-z]([-a-z0-9]*[a-z0-9])$"
            case "ValidateDuration" | "ValidateNonNegativeDuration":
                rule["format"] = "duration"
            case "StringIsJSON":
                rule["format"] = "json"
            case "ValidateIpCidrRange" | "IsCIDR":
                rule["format"] = "cidr"
            case "ValidateIpAddress":
                rule["format"] = "ip"
            case _:
                rule["unchecked"] = words(value)

    def _numbers(self, given: list[list[Token]]) -> int:
        return sum(1 for g in given if len(g) == 1 and g[0].kind == "number")

    def pattern(self, given: list[Token]) -> str | None:
        text = given[0].value if given[0].kind in ("str", "raw") else self.constant(words(given))
        if text is None or (len(given) > 1 and given[0].kind != "word"):
            return None
        try:
            re.compile(text)
        except re.error:  # Go's syntax, not Python's
            return None
        return str(text)

    def constant(self, name: str) -> str | None:
        return self.package.constant(name, self.common) or self.common.constant(name.split(".")[-1])


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def identifier(text: str) -> str | None:
    found = re.search(
        r'id, err := tpgresource\.ReplaceVars(?:ForId)?\(d, config, "([^"]+)"\)', text
    )
    return re.sub(r"\{\{%?(\w+)\}\}", r"{\1}", found[1]) if found else None


def iam_parent(text: str) -> str | None:
    body = re.search(r"\) GetResourceId\(\) string \{(.*?)\n\}", text, re.S)
    if body is None:
        return None
    format_ = re.search(r'fmt\.Sprintf\("([^"]+)",([^)]*)\)', body[1])
    if not format_:
        return None
    names = [snake(part.strip().split(".")[-1]) for part in format_[2].split(",")]
    result = format_[1]
    for name in names:
        result = result.replace("%s", f"{{{name}}}", 1)
    return result


def read_type(checkout: Path, name: str, registry: str) -> dict[str, Any] | None:
    entry = re.search(rf'"{name}":\s+(\w+)\.(Resource\w+)\(([^\n]*)\),\n', registry)
    if entry is None:
        return None
    package_name, function, given = entry.groups()
    services = checkout / "google" / "services"
    common = Package(checkout / "google" / "verify", checkout)
    if package_name == "tpgiamresource":
        schema = given.split(",")[0].strip()
        service, variable = schema.split(".")
        package = Package(services / service, checkout)
        base = Package(checkout / "google" / "tpgiamresource", checkout)
        declared = package.declaration(variable)
        if declared is None:
            return None
        reader = Reader(package, common)
        path, text, start = declared
        reader.file = path
        reader.schema_map(path, text, start, "")
        kind = function.removeprefix("Resource")
        inherited = next(
            found
            for form in (f"{kind}BaseSchema", f"{kind[0].lower()}{kind[1:]}Schema")
            if (found := base.declaration(form)) is not None
        )
        own = Reader(base, common)
        own.file = inherited[0]
        own.schema_map(*inherited, "")
        for rule in own.arguments.values():
            if rule:
                rule["file"] = inherited[0].name
        reader.arguments.update(own.arguments)
        parent = iam_parent(text)
        tail = {"ResourceIamMember": "/{role}/{member}", "ResourceIamBinding": "/{role}"}
        identity = parent + tail.get(function, "") if parent else None
    else:
        package = Package(services / package_name, checkout)
        declared = package.declaration(function)
        if declared is None:
            return None
        path, text, start = declared
        reader = Reader(package, common)
        reader.file = path
        reader.schema_map(path, text, start, "")
        if not reader.arguments:  # put together by functions, as the logging sinks are
            body = text[start : text.index("\n}\n", start)]
            for called in re.findall(r"\b(\w+Schema)(?:\(\)|,\n)", body):
                helper = package.declaration(called)
                if helper is not None:
                    reader.schema_map(*helper, "")
            for block in re.finditer(r'schm\.Schema\["(\w+)"\] = &schema\.Schema\{', body):
                group = parse_group(text, start + block.end() - 1)
                reader.argument(path, text, group, block[1], start + block.start())
        identity = identifier(text)
    result: dict[str, Any] = {"file": str(path.relative_to(checkout))}
    if identity:
        result["id"] = identity
    result["arguments"] = dict(sorted(reader.arguments.items()))
    return result


def render(data: dict[str, Any]) -> str:
    """JSON with one argument to a line, so that a change of the provider reads as a diff."""
    types = []
    for name, entry in data["types"].items():
        head = {key: value for key, value in entry.items() if key != "arguments"}
        lines = [
            f"   {json.dumps(argument)}: {json.dumps(rule)}"
            for argument, rule in entry["arguments"].items()
        ]
        types.append(
            f'  {json.dumps(name)}: {json.dumps(head)[:-1]}, "arguments": {{\n'
            + ",\n".join(lines)
            + "}}"
        )
    return (
        f'{{"source": {json.dumps(data["source"])},\n "types": {{\n' + ",\n".join(types) + "\n}}\n"
    )


def main() -> int:
    checkout, version, *types = Path(sys.argv[1]), *sys.argv[2:]
    registry = (checkout / "google/provider/provider_mmv1_resources.go").read_text()
    # Data sources are listed first under the same names.
    registry = registry[registry.index("generatedResources") :]
    rules = {}
    for name in sorted(types):
        read = read_type(checkout, name, registry)
        if read is None:
            print(f"no source found for {name}", file=sys.stderr)
        else:
            rules[name] = read
    OUTPUT.mkdir(parents=True, exist_ok=True)
    data = {"source": f"{REPOSITORY}/v{version}", "types": rules}
    (OUTPUT / f"google-{version}.json").write_text(render(data))
    return 0


if __name__ == "__main__":
    sys.exit(main())
