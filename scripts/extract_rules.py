"""Reads the provider's Go source and writes ``rehearsal/data/rules/google-<version>.json``.

Usage: ``python scripts/extract_rules.py CHECKOUT VERSION COMMIT``. CHECKOUT contains the provider's
``google/`` folder at tag ``v<VERSION>``, which is that commit. The file holds the rules of all
resource types, one type a line; that takes a minute.

``rehearsal/rules.py`` describes the format. Each rule of an argument has the line of its source. A
validation that is none of the known functions is listed under ``unchecked``, for the coverage.
"""

from __future__ import annotations

import ast
import functools
import json
import re
import sys
from collections.abc import Iterator, Mapping
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

Rule = dict[str, Any]
"""The rule of an argument, in the format of the JSON file."""
Declaration = tuple[Path, str, int]
"""The file of a declaration, the text of the file, and the position in it."""


@dataclass
class Token:
    """A Go token, or a group of tokens in brackets."""

    kind: str
    text: str
    position: int
    entries: list[list[Token]] | None = None
    """The tokens inside a group, split at its commas."""

    @property
    def value(self) -> Any:
        """The text of a string or the value of a number; any other token as it is."""
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
    """Return the group whose opening brace, bracket or parenthesis is at ``start``."""
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
    """Return the ``Key: value`` entries of a composite literal."""
    result = {}
    for entry in group.entries or []:
        if len(entry) > 2 and entry[1].text == ":":
            result[str(entry[0].value)] = entry[2:]
    return result


def braces(value: list[Token]) -> Token | None:
    """Return the first group in braces."""
    return next((t for t in value if t.kind == "group" and t.text == "{"), None)


def call_arguments(value: list[Token]) -> list[list[Token]]:
    """Return the arguments of a call."""
    group = next((t for t in value if t.kind == "group" and t.text == "("), None)
    return (group.entries or []) if group else []


def words(value: list[Token]) -> str:
    """Return the text of the tokens that are not in brackets."""
    return "".join(t.text for t in value if t.kind != "group")


def strings(value: list[Token]) -> list[str]:
    """Return the strings of a list literal; none if one of its items is no literal."""
    group = braces(value)
    entries = (group.entries or []) if group else []
    if not all(len(e) == 1 and e[0].kind in ("str", "raw") for e in entries):
        return []
    return [e[0].value for e in entries]


@functools.cache
def package_in(folder: Path) -> Package:
    """Return a package, whose files are read once."""
    return Package(folder)


class Package:
    """The source of a Go package; finds declarations by name."""

    def __init__(self, folder: Path) -> None:
        self.files = {
            p: p.read_text() for p in sorted(folder.glob("*.go")) if not p.name.endswith("_test.go")
        }

    def declaration(self, name: str) -> Declaration | None:
        pattern = re.compile(
            rf"^(?:func {re.escape(name)}\(|var {re.escape(name)}\b|\t{re.escape(name)}\s+=)", re.M
        )
        for path, text in self.files.items():
            match = pattern.search(text)
            if match:
                return path, text, match.start()
        return None

    def body(self, name: str) -> str:
        """Return the text of a function; empty if the package has none of that name."""
        declaration = self.declaration(name)
        if declaration is None:
            return ""
        _, text, start = declaration
        return text[start : text.index("\n}\n", start)]

    def constant(self, name: str, imported: Package | None = None) -> str | None:
        """Return the value of a string constant, also if ``+`` joins it from others."""
        if not name:
            return None
        for text in self.files.values():
            match = re.search(rf"^\s*(?:const |var )?{re.escape(name)}\s*=\s*", text, re.M)
            if match is None:
                continue
            result = ""
            line = text[match.end() : text.index("\n", match.end())]
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


_STATE_FORMS = {"NormalizeJsonString": "json", "ToUpper": "upper case"}
"""How the state holds a value, by the function in its ``StateFunc`` that changes it."""
_PATTERNS = {
    # Source: validateIAMMember in google/tpgiamresource/resource_iam_member.go.
    "validateIAMMember": "^(?!deleted).*"
    "(.+:.+|projectOwners|projectReaders|projectWriters|allUsers|allAuthenticatedUsers)",
    # Source: the functions of these names in google/verify/validation.go.
    "ValidateRFC3339Time": "^([01][0-9]|2[0-3]):[0-5][0-9]$",
    "ValidateHourlyOnly": "^([01]?[0-9]|2[0-3]):00$",
}
"""Patterns for validations that are written in Go."""
_PATTERN_CONSTANTS = {
    "ValidateProjectID": "ProjectRegex",
    "ValidateProjectName": "ProjectNameRegex",
    "ValidateIAMCustomRoleID": "IAMCustomRoleIDRegex",
    "ValidateADDomainName": "ADDomainNameRegex",
}
"""Validations of ``verify`` by the constant with their pattern."""


def _text_of(value: list[Token]) -> str:
    """Return the text of all tokens, those in brackets included."""
    return " ".join(
        _text_of([t for entry in token.entries or [] for t in entry])
        if token.kind == "group"
        else token.text
        for token in value
    )


class SchemaReader:
    """Reads the rules of the arguments of a type.

    ``package`` declares the type; ``verify`` is the package with the provider's validations.
    """

    def __init__(self, package: Package, verify: Package, file: Path) -> None:
        self.package = package
        self.verify = verify
        self.arguments: dict[str, Rule] = {}
        """The rules by dotted path; empty for an argument without a rule."""
        self.file = file
        """The file of the type, which a rule names only if its own is another."""

    def read_map(self, path: Path, text: str, start: int, prefix: str) -> None:
        """Read the first map of arguments in the declaration at a position."""
        opening = text.find("map[string]*schema.Schema{", start, text.find("\n}\n", start))
        if opening < 0:
            return
        group = parse_group(text, text.index("{", opening))
        self.read_entries(path, text, group, prefix)

    def read_resource(self, path: Path, text: str, start: int) -> None:
        """Read a function that returns a resource, or a map of arguments.

        Where the map is not written in it, or not alone, what it calls and names is read, too.
        """
        body = text[start : text.index("\n}\n", start)]
        self.read_map(path, text, start, "")
        if not self.arguments or "MergeSchemas(" in body:
            for name in dict.fromkeys(re.findall(r"(?<![.\w])[A-Za-z]\w+", body)):
                declaration = self.package.declaration(name)
                if declaration is None or declaration == (path, text, start):
                    continue
                line = declaration[1][declaration[2] :].partition("\n")[0]
                if re.search(r"^func .*\) (map\[string\])?\*schema\.(Resource|Schema) \{$", line):
                    self.read_resource(*declaration)
                elif "map[string]*schema.Schema{" in line:
                    self.read_map(*declaration, "")
        for block in re.finditer(r'schm\.Schema\["(\w+)"\] = &schema\.Schema\{', body):
            group = parse_group(text, start + block.end() - 1)
            self.read_argument(path, text, group, block[1], start + block.start())
        if "field.Default = nil" in body:
            for rule in self.arguments.values():
                rule.pop("default", None)

    def read_entries(self, path: Path, text: str, group: Token, prefix: str) -> None:
        """Read the entries of a map: arguments by name."""
        for entry in group.entries or []:
            if len(entry) < 3 or entry[0].kind != "str" or entry[1].text != ":":
                continue
            name, value = entry[0].value, entry[2:]
            dotted = f"{prefix}{name}"
            schema = braces(value)
            if schema is not None:
                self.read_argument(path, text, schema, dotted, entry[0].position)
                continue
            declaration = self.package.declaration(value[0].text)
            if declaration is None:
                continue
            other_path, other, start = declaration
            opening = re.compile(r"schema\.Schema\{").search(other, start)
            if opening is None:
                continue
            schema = parse_group(other, opening.end() - 1)
            self.read_argument(other_path, other, schema, dotted, entry[0].position)

    def read_argument(
        self, path: Path, text: str, schema: Token, dotted: str, position: int
    ) -> None:
        """Read the rule of an argument, and the rules of the arguments inside it."""
        attributes = fields(schema)
        optional = words(attributes.get("Optional", [])) == "true"
        required = words(attributes.get("Required", [])) == "true"
        if optional or required:
            rule = self._rule(attributes)
            if rule:
                rule["line"] = text.count("\n", 0, position) + 1
                if path != self.file:
                    rule["file"] = path.name
            self.arguments[dotted] = rule
        elem = attributes.get("Elem")
        if elem is not None:
            self.read_element(path, text, elem, dotted)

    def _rule(self, attributes: dict[str, list[Token]]) -> Rule:
        rule: Rule = {}
        if words(attributes.get("ForceNew", [])) == "true":
            rule["force_new"] = True
        if "Default" in attributes:
            default = self.default(attributes["Default"])
            if default is not None:
                rule["default"] = default
        for key, name in (
            ("ConflictsWith", "conflicts"),
            ("ExactlyOneOf", "exactly_one_of"),
            ("AtLeastOneOf", "at_least_one_of"),
            ("RequiredWith", "required_with"),
        ):
            if key in attributes and (arguments := self.texts(attributes[key])):
                rule[name] = arguments
        if "DiffSuppressFunc" in attributes:
            rule["suppress"] = words(attributes["DiffSuppressFunc"])
            unset = self.same_as_unset(attributes["DiffSuppressFunc"])
            if unset is not None:
                rule["same_as_unset"] = unset
        if "StateFunc" in attributes:
            body = _text_of(attributes["StateFunc"])
            if forms := [form for name, form in _STATE_FORMS.items() if name in body]:
                rule["stored_as"] = forms[0]
        self.add_validation(attributes, rule)
        return rule

    def default(self, value: list[Token]) -> Any:
        """Return a default that is a literal or a constant; None for any other expression."""
        if len(value) == 1 and value[0].kind != "word":
            return value[0].value
        name = words(value)
        return {"true": True, "false": False}.get(name, self.constant(name))

    def same_as_unset(self, suppress: list[Token]) -> Any:
        """Return the value that the provider takes for one that is not set, or None."""
        name = words(suppress).split(".")[-1]
        args = call_arguments(suppress)
        if name in ("EmptyOrDefaultStringSuppress", "checkValAndDefaultStringSuppress"):
            return args[0][0].value
        if name == "EmptyOrFalseSuppressBoolean":
            return False
        match = re.search(r'\bold == "" && new == "([^"]+)"', self.package.body(name))
        return match[1] if match else None

    def read_element(self, path: Path, text: str, elem: list[Token], dotted: str) -> None:
        """Read the ``Elem`` of an argument: a nested block, or the schema of a list's items."""
        head = words(elem)
        group = braces(elem)
        if group is not None and head.endswith("schema.Resource"):
            inner = fields(group).get("Schema")
            if inner is not None:
                body = braces(inner)
                if body is not None:
                    self.read_entries(path, text, body, f"{dotted}.")
                elif (declaration := self.package.declaration(inner[0].text)) is not None:
                    self.read_map(*declaration, f"{dotted}.")
            return
        if group is not None and head.endswith("schema.Schema"):
            rule: Rule = {}
            self.add_validation(fields(group), rule)
            if rule:
                line = text.count("\n", 0, group.position) + 1
                argument = self.arguments.setdefault(dotted, {})
                argument["element"] = rule
                argument.setdefault("line", line)
            return
        declaration = self.package.declaration(elem[0].text)
        if declaration is not None:
            self.read_map(*declaration, f"{dotted}.")

    def add_validation(self, attributes: dict[str, list[Token]], rule: Rule) -> None:
        """Add the validation of an argument to its rule, as data or as ``unchecked``."""
        value = attributes.get("ValidateFunc") or attributes.get("ValidateDiagFunc")
        if value is None:
            return
        name = words(value).split(".")[-1]
        args = call_arguments(value)
        if name == "OrEmpty" and args:
            self.add_validation({"ValidateFunc": args[0]}, rule)
            rule["or_empty"] = True
            return
        match name:
            case "ValidateEnum" | "StringInSlice" if args and (allowed := self.texts(args[0])):
                rule["enum"] = [v for v in allowed if v]
                if "" in allowed:
                    rule["or_empty"] = True
                if name == "StringInSlice" and words(args[-1]) == "true":
                    rule["ignore_case"] = True
            case "IntBetween" | "FloatBetween" if self._count_numbers(args) == 2:
                rule["range"] = [args[0][0].value, args[1][0].value]
            case "IntAtLeast" | "FloatAtLeast" if self._count_numbers(args) == 1:
                rule["range"] = [args[0][0].value, None]
            case "IntAtMost" | "FloatAtMost" if self._count_numbers(args) == 1:
                rule["range"] = [None, args[0][0].value]
            case "StringLenBetween" if self._count_numbers(args) == 2:
                rule["length"] = [args[0][0].value, args[1][0].value]
            case "ValidateRegexp" if args and (pattern := self.pattern(args[0])):
                rule["pattern"] = pattern
            case "IntBetween" if args and words(args[-1]) == "math.MaxInt32":
                rule["range"] = [args[0][0].value, 2**31 - 1]
            case "StringIsNotEmpty":
                rule["length"] = [1, 2**31 - 1]
            case "ValidateGCEName":
                rule["pattern"] = r"^(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)$"
            case "ValidateRFC1035Name" if self._count_numbers(args) == 2:
                rule["length"] = [args[0][0].value, args[1][0].value]
                rule["pattern"] = "^[a-z]([-a-z0-9]*[a-z0-9])$"
            case "ValidateDuration" | "ValidateNonNegativeDuration":
                rule["format"] = "duration"
            case "StringIsJSON":
                rule["format"] = "json"
            case "ValidateIpCidrRange" | "IsCIDR":
                rule["format"] = "cidr"
            case "ValidateIpAddress":
                rule["format"] = "ip"
            case "ValidateBase64String":
                rule["format"] = "base64"
            case "ValidateRFC3339Date" | "IsRFC3339Time":
                rule["format"] = "timestamp"
            case _ if name in _PATTERNS:
                rule["pattern"] = _PATTERNS[name]
            case _ if pattern := self.verify.constant(_PATTERN_CONSTANTS.get(name, "")):
                rule["pattern"] = f"^{pattern.removeprefix('^').removesuffix('$')}$"
            case _:
                rule["unchecked"] = words(value)

    def _count_numbers(self, args: list[list[Token]]) -> int:
        return sum(1 for tokens in args if len(tokens) == 1 and tokens[0].kind == "number")

    def pattern(self, argument: list[Token]) -> str | None:
        """Return a pattern that is a string or a constant, if it is valid in Python."""
        is_text = argument[0].kind in ("str", "raw")
        text = argument[0].value if is_text else self.constant(words(argument))
        if text is None or (len(argument) > 1 and argument[0].kind != "word"):
            return None
        try:
            re.compile(text)
        except re.error:  # valid in Go only
            return None
        return str(text)

    def texts(self, value: list[Token]) -> list[str]:
        """Return the texts of a list that is written out, or declared in the package by name."""
        if len(value) != 1 or (declaration := self.package.declaration(value[0].text)) is None:
            return strings(value)
        _, text, start = declaration
        opening = re.compile(r"[\w\t ]*=\s*\[\]string\{").match(text, start)
        return strings([parse_group(text, opening.end() - 1)]) if opening else []

    def constant(self, name: str) -> str | None:
        """Return a constant of the package or of ``verify``."""
        return self.package.constant(name, self.verify) or self.verify.constant(name.split(".")[-1])


def snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def id_format(text: str) -> str | None:
    """Return the format of the ids of a type, from the text of its file."""
    match = re.search(
        r'id, err := tpgresource\.ReplaceVars(?:ForId)?\(d, config, "([^"]+)"\)', text
    )
    return re.sub(r"\{\{%?(\w+)\}\}", r"{\1}", match[1]) if match else None


def iam_parent_format(text: str) -> str | None:
    """Return the format of the ids of the resource to which an IAM type grants access."""
    body = re.search(r"\) GetResourceId\(\) string \{(.*?)\n\}", text, re.S)
    if body is None:
        return None
    call = re.search(r'fmt\.Sprintf\("([^"]+)",([^)]*)\)', body[1])
    if not call:
        return None
    names = [snake_case(part.strip().split(".")[-1]) for part in call[2].split(",")]
    result = call[1]
    for name in names:
        result = result.replace("%s", f"{{{name}}}", 1)
    return result


def read_type(checkout: Path, name: str, registry: str) -> dict[str, Any] | None:
    """Return the entry of a type in the JSON file, or None if its source is not found.

    ``registry`` is the part of the provider's source that lists the resource types.
    """
    entry = re.search(rf'"{name}":\s+(\w+)\.(Resource\w+)\(([^\n]*)\),\n', registry)
    if entry is None:
        return None
    package_name, function, args = entry.groups()
    if package_name == "tpgiamresource":
        return _read_iam_type(checkout, function, args.split(",")[0].strip())
    return _read_service_type(checkout, package_name, function)


def _entry(checkout: Path, path: Path, identity: str | None, rules: Mapping[str, Rule]) -> Rule:
    named = {"id": identity} if identity else {}
    return {"file": str(path.relative_to(checkout)), **named, "in": nested(rules)}


def _read_iam_type(checkout: Path, function: str, schema: str) -> dict[str, Any] | None:
    """Read an IAM type, which has the arguments of its resource and those of its kind of grant."""
    service, variable = schema.split(".")
    package = package_in(checkout / "google" / "services" / service)
    declaration = package.declaration(variable)
    if declaration is None:
        return None
    path, text, start = declaration
    reader = SchemaReader(package, package_in(checkout / "google" / "verify"), path)
    reader.read_map(path, text, start, "")
    parent = iam_parent_format(text)
    tail = {"ResourceIamMember": "/{role}/{member}", "ResourceIamBinding": "/{role}"}
    identity = parent + tail.get(function, "") if parent else None
    return {"kind": function, **_entry(checkout, path, identity, reader.arguments)}


def read_kind_of_grant(checkout: Path, function: str) -> dict[str, Any]:
    """Return the arguments that all IAM types of a kind have, as ``ResourceIamMember``."""
    base = package_in(checkout / "google" / "tpgiamresource")
    kind = function.removeprefix("Resource")
    path, text, start = next(
        declaration
        for form in (f"{kind}BaseSchema", f"{kind[0].lower()}{kind[1:]}Schema")
        if (declaration := base.declaration(form)) is not None
    )
    reader = SchemaReader(base, package_in(checkout / "google" / "verify"), path)
    reader.read_map(path, text, start, "")
    for rule in reader.arguments.values():
        if rule:
            rule["file"] = path.name
    return nested(reader.arguments)


def _read_service_type(checkout: Path, service: str, function: str) -> dict[str, Any] | None:
    package = package_in(checkout / "google" / "services" / service)
    declaration = package.declaration(function)
    if declaration is None:
        return None
    path, text, start = declaration
    reader = SchemaReader(package, package_in(checkout / "google" / "verify"), path)
    reader.read_resource(path, text, start)
    return _entry(checkout, path, id_format(text), reader.arguments)


def nested(arguments: Mapping[str, Rule]) -> dict[str, Any]:
    """Return rules by dotted path as a tree: ``in`` of a rule holds the arguments inside."""
    tree: dict[str, Any] = {}
    for path, rule in sorted(arguments.items()):
        *blocks, name = path.split(".")
        level = tree
        for block in blocks:
            level = level.setdefault(block, {}).setdefault("in", {})
        level[name] = {**rule, **level.get(name, {})}
    return tree


def render(data: dict[str, Any]) -> str:
    """Return JSON with a type on each line, so that a reader need not parse the others."""
    sections = []
    for section in ("kinds", "types"):
        lines = (
            f"  {json.dumps(name)}: {json.dumps(entry, separators=(',', ':'))}"
            for name, entry in sorted(data[section].items())
        )
        sections.append(f' "{section}": {{\n' + ",\n".join(lines) + "\n }")
    head = {key: data[key] for key in ("source", "commit")}
    return json.dumps(head)[:-1] + ",\n" + ",\n".join(sections) + "}\n"


def read_registry(checkout: Path) -> str:
    """Return the part of the provider's source that lists the resource types."""
    folder = checkout / "google" / "provider"
    registry = (folder / "provider_mmv1_resources.go").read_text()
    # Data sources are listed first under the same names.
    registry = registry[registry.index("generatedResources") :]
    return registry + (folder / "provider_dcl_resources.go").read_text()


def main() -> int:
    """Write the rules of all resource types."""
    checkout, version, commit = Path(sys.argv[1]), *sys.argv[2:]
    registry = read_registry(checkout)
    types = {}
    for name in re.findall(r'^\s+"(google_\w+)":', registry, re.M):
        entry = read_type(checkout, name, registry)
        if entry is None:
            print(f"no source found for {name}", file=sys.stderr)
        else:
            types[name] = entry
    kinds = {entry["kind"] for entry in types.values() if "kind" in entry}
    data = {
        "source": f"{REPOSITORY}/v{version}",
        "commit": commit,
        "kinds": {kind: read_kind_of_grant(checkout, kind) for kind in kinds},
        "types": types,
    }
    (OUTPUT / f"google-{version}.json").write_text(render(data))
    return 0


if __name__ == "__main__":
    sys.exit(main())
