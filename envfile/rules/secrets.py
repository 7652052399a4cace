"""Rules for secrets: placeholders, values that are easy to guess, and secrets sent to browsers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from envfile.finding import Fault
from envfile.reader import shown_name
from envfile.sheet import Sheet
from envschema import Variable

_PLACEHOLDER = re.compile(
    r"(?:place_?holder|change[-_ ]?(?:me|this|it)|replace[-_ ]?(?:me|this|it|with.*)|fix-?me|to-?do"
    r"|t\.?b\.?[ad]\.?|(?:insert|your)[-_ ].+|.*[-_ ]here|<.*>|\[.*\]|\{\{.*\}\}|x{3,}|\*{3,}"
    r"|\.{3,}|dummy|n/?a|none|null|undefined|foo(?:bar)?)",
    re.IGNORECASE,
)
_WELL_KNOWN = re.compile(
    r"(?:.*(?:password|passwd|secret|qwerty|letmein|welcome|123456|changeit).*"
    r"|postgres(?:ql)?|redis|root|admin|user|test|guest|beep|default|better[-_]?auth.*|example.*)",
    re.IGNORECASE,
)
MINIMUM = {
    # Better Auth advises 32; the data stack requires 24 for the passwords of databases.
    "BETTER_AUTH_SECRET": 32,
    "AUTH_SECRET": 32,
    "DB_PG_PASSWORD": 24,
    "KV_REDIS_PASSWORD": 24,
    "ALCHEMY_PASSWORD": 16,
}
"""The secrets that we choose ourselves, and the least number of their characters."""
_MIN_DISTINCT = 8
"""The least number of different characters of such a secret."""

_VENDOR_KEY = re.compile(
    r"(?:sk|rk)_(?:live|test)_|whsec_|sk-(?:ant-|proj-)?\w{8}|re_\w{12}|AKIA[0-9A-Z]{12}"
    r"|gh[pousr]_\w{20}|github_pat_|glpat-|xox[abpr]-|GOCSPX-|sk_(?:prod|dev)_|dub_\w{12}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|eyJ[\w-]{10,}\.eyJ"
)
"""The beginnings of secret keys that vendors issue."""
_SECRET_WORD = re.compile(r"SECRET|PASSWORD|PASSWD|PRIVATE|TOKEN|CREDENTIAL|API_?KEY|ACCESS_KEY")
_PUBLIC = "NEXT_PUBLIC_"


def placeholder(variable: Variable, value: str, sheet: Sheet) -> Iterator[Fault]:
    """Report a placeholder: the application starts with it, and fails later."""
    if sheet.target is None or not sheet.target.is_live or value in variable.kind.choices:
        return
    if _PLACEHOLDER.fullmatch(value.strip()):
        yield Fault(
            f"still holds a placeholder, in {sheet.target.name}",
            "give it its value, or remove the line if the integration is off",
            variable.kind.allowed,
        )


def weak_secret(variable: Variable, value: str, sheet: Sheet) -> Iterator[Fault]:
    """Report a secret that is easy to guess, in a deployed environment."""
    if sheet.target is None or not variable.secret or value == "":
        return
    minimum = MINIMUM.get(variable.name)
    wanted = f"{minimum or 16} random characters or more"
    fix = "make a new one, for example with: openssl rand -hex 32"
    if minimum is None:
        fix = "take the key that the vendor issued"
    if _WELL_KNOWN.fullmatch(value) and "://" not in value:
        yield Fault("looks like a default that everyone knows", fix, wanted)
    elif minimum is not None and len(value) < minimum:
        yield Fault(f"is a secret with fewer than {minimum} characters", fix, wanted)
    elif minimum is not None and len(set(value)) < _MIN_DISTINCT:
        yield Fault(f"is made of fewer than {_MIN_DISTINCT} different characters", fix, wanted)


def public_secret(sheet: Sheet) -> Iterator[tuple[int, str, Fault]]:
    """Report a secret under a name whose value ``next build`` copies into the browser's code."""
    secret_values = {
        e.value: e.name
        for e in sheet.entries.values()
        if e.value
        and len(e.value) >= 8
        and _is_secret(e.name, sheet)
        # The same placeholder on two lines says that neither has its value yet.
        and not _PLACEHOLDER.fullmatch(e.value.strip())
    }
    for entry in sheet.entries.values():
        if not entry.name.startswith(_PUBLIC) or not entry.value:
            continue
        bare = entry.name.removeprefix(_PUBLIC)
        twin = secret_values.get(entry.value)
        declared = entry.name in sheet.contract
        if twin and not (declared and twin.endswith(bare)):
            what = f"holds the same value as {twin}, which is a secret"
        elif _VENDOR_KEY.search(entry.value):
            what = "holds what looks like a secret key of a vendor"
        elif _has_password(entry.value):
            what = "holds a URL with a password"
        elif not declared and (_is_secret(bare, sheet) or _SECRET_WORD.search(bare)):
            what = "is named like a secret"
        else:
            continue
        fix = "remove it, and replace the secret if this was ever built or committed"
        yield (
            entry.line,
            shown_name(entry.name),
            Fault(f"{what}, and is built into every browser's code", fix),
        )


def _is_secret(name: str, sheet: Sheet) -> bool:
    return name in sheet.contract and sheet.contract[name].secret


def _has_password(value: str) -> bool:
    try:
        return "://" in value and urlsplit(value).password is not None
    except ValueError:
        return False
