"""The kinds of value that a setting may hold, besides those that name something on a network."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from constructs_lib.settings.refusal import matching, refuse

_IMAGE = re.compile(
    r"[a-z0-9.\-]+(?::\d+)?(?:/[a-z0-9._\-]+)+(?::[\w.\-]+)?(?:@sha256:[0-9a-f]{64})?"
)
_REGISTRY = re.compile(r"[a-z0-9-]+-docker\.pkg\.dev|(?:[a-z]+\.)?gcr\.io|docker\.io")
"""Source: Cloud Run documentation, deploying container images, supported registries."""


def _image(text: str) -> str:
    if _IMAGE.fullmatch(text) is None:
        raise refuse(
            "is not a container image reference",
            allowed="HOST/PATH/NAME with :TAG or @sha256:DIGEST",
            fix="write it as in us-central1-docker.pkg.dev/PROJECT/beep/beep-api@sha256:...",
        )
    registry = text.partition("/")[0]
    if _REGISTRY.fullmatch(registry) is None:
        raise refuse(
            f"is in {registry}, from which Cloud Run does not pull",
            allowed="LOCATION-docker.pkg.dev, gcr.io or docker.io",
            fix="copy it to Artifact Registry, or add a remote repository there for it",
        )
    return text


_SMALL_MACHINES_MIB = {"e2-small": 2048, "e2-medium": 4096}
_MACHINE = re.compile(r"(?:e2|n2|n2d)-(?:standard-(?:2|4|8|16|32)|highmem-(?:2|4|8|16))")
_GIB_FOR_EACH_CPU = {"standard": 4, "highmem": 8}


def machine_memory_mib(machine_type: str) -> int:
    """Return the memory of a machine type that ``MachineType`` allows."""
    if machine_type in _SMALL_MACHINES_MIB:
        return _SMALL_MACHINES_MIB[machine_type]
    _, kind, cpus = machine_type.split("-")
    return int(cpus) * _GIB_FOR_EACH_CPU[kind] * 1024


def _machine_type(text: str) -> str:
    if text not in _SMALL_MACHINES_MIB and _MACHINE.fullmatch(text) is None:
        raise refuse(
            "is not a machine type that is offered here",
            allowed="e2-small, e2-medium, or a standard (2 to 32 CPUs) or highmem (2 to 16 CPUs) "
            "machine of e2, n2 or n2d",
            fix="write it as in e2-standard-2",
        )
    return text


ProjectId = Annotated[
    str,
    matching(
        r"[a-z][a-z0-9-]{4,28}[a-z0-9]",
        "is not a Google Cloud project id",
        allowed="6 to 30 lower-case letters, digits and hyphens, beginning with a letter",
        fix="copy the id (not the display name) from gcloud projects list",
    ),
]
Region = Annotated[
    str,
    matching(
        r"[a-z]+-[a-z]+\d{1,2}",
        "is not a Google Cloud region",
        allowed="a region such as us-central1 or europe-west1",
        fix="name the region without a zone letter",
    ),
]
Zone = Annotated[
    str,
    matching(
        r"[a-z]+-[a-z]+\d{1,2}-[a-z]",
        "is not a Google Cloud zone",
        allowed="a zone such as us-central1-b",
        fix="append a zone letter to the region",
    ),
]
MachineType = Annotated[str, AfterValidator(_machine_type)]
BucketName = Annotated[
    str,
    matching(
        r"(?!goog)[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]",
        "is not a bucket name",
        allowed="3 to 63 lower-case letters, digits, hyphens and underscores",
        fix="shorten or re-spell it; dots would demand a verified domain",
    ),
]
Location = Annotated[
    str,
    matching(
        r"[a-z]+-[a-z]+\d{1,2}|us|eu|asia",
        "is not a location",
        allowed="a region such as us-central1, or the multi-region us, eu or asia",
        fix="name a region without a zone letter, or a multi-region in lower case",
    ),
]
ResourceName = Annotated[
    str,
    matching(
        r"[a-z](?:[a-z0-9-]*[a-z0-9])?",
        "is not the name of a resource",
        allowed="lower-case letters, digits and hyphens, beginning with a letter",
        fix="re-spell it, for example beep",
    ),
]
TopicName = Annotated[
    str,
    matching(
        r"(?!goog)(?!.*-(?:dead-letter|subscription)$)[a-z](?:[a-z0-9-]*[a-z0-9])",
        "is not the name of a topic",
        allowed="two or more lower-case letters, digits and hyphens, beginning with a letter, "
        "not with goog, and not ending in -dead-letter or -subscription",
        fix="re-spell it, for example jobs",
    ),
]
PostgresName = Annotated[
    str,
    matching(
        r"[a-z_][a-z0-9_]{0,62}",
        "is not a plain Postgres identifier",
        allowed="1 to 63 lower-case letters, digits and underscores; no digit first",
        fix="use a name that needs no quoting in SQL",
    ),
]
AppUser = Annotated[
    str,
    matching(
        r"[a-z_][a-z0-9_]{0,60}",
        "is not a plain Postgres identifier that a second login can be named after",
        allowed="1 to 61 lower-case letters, digits and underscores; no digit first",
        fix="use a name that needs no quoting in SQL, and leaves room for _b",
    ),
]
TimeOfDay = Annotated[
    str,
    matching(
        r"(?:[01]\d|2[0-3]):00",
        "is not a full hour",
        allowed="HH:00 in UTC, from 00:00 to 23:00",
        fix='write it as in "03:00"',
    ),
]
LabelValue = Annotated[
    str,
    matching(
        r"[a-z0-9_-]{0,63}",
        "is not a label value",
        allowed="up to 63 lower-case letters, digits, hyphens and underscores",
        fix="re-spell it",
    ),
]
WAF_RULE_SETS = (
    "sqli",
    "xss",
    "lfi",
    "rfi",
    "rce",
    "nodejs",
    "protocolattack",
    "scannerdetection",
    "sessionfixation",
)
"""Cloud Armor's preconfigured rules (OWASP core rule set 3.3) that suit these applications."""
WafRuleId = Annotated[
    str,
    matching(
        rf"owasp-crs-v030301-id\d{{6}}-(?:{'|'.join(WAF_RULE_SETS)})",
        "is not the id of a rule that is in use here",
        allowed=f"owasp-crs-v030301-idNNNNNN- and one of {', '.join(WAF_RULE_SETS)}",
        fix="copy it from preconfiguredExprIds in the log of the load balancer",
    ),
]
NotificationChannel = Annotated[
    str,
    matching(
        r"projects/[a-z][a-z0-9-]{4,28}[a-z0-9]/notificationChannels/[0-9]+",
        "is not the name of a notification channel",
        allowed="projects/PROJECT_ID/notificationChannels/NUMBER",
        fix="copy it from gcloud beta monitoring channels list --format='value(name)'",
    ),
]
BillingAccount = Annotated[
    str,
    matching(
        r"[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}",
        "is not the id of a billing account",
        allowed="three groups of six digits and letters A to F",
        fix="copy it from gcloud billing accounts list",
    ),
]
Currency = Annotated[
    str,
    matching(
        r"[A-Z]{3}",
        "is not a currency code",
        allowed="three capital letters, after ISO 4217",
        fix='write it as in "USD"; it must be the currency of the billing account',
    ),
]
RESERVED_ENVIRONMENT_NAMES = ("account", "bootstrap", "federation", "names", "pool", "pull-request")
"""The pipeline's own parts have these names beside those of the environments."""


def _environment_name(text: str) -> str:
    if re.fullmatch(r"[a-z](?:[a-z0-9-]*[a-z0-9])?", text) is None:
        raise refuse(
            "is not a name that an environment can have",
            allowed="lower-case letters, digits and hyphens, beginning with a letter",
            fix="rename it, for example to qa",
        )
    if text in RESERVED_ENVIRONMENT_NAMES:
        raise refuse(
            "is the name of a part of the pipeline",
            allowed=f"any other name than {', '.join(RESERVED_ENVIRONMENT_NAMES)}",
            fix="rename the environment",
        )
    return text


EnvironmentName = Annotated[str, AfterValidator(_environment_name)]
"""How long it may be depends on ``name_prefix``: ``names`` checks that."""
GithubRepository = Annotated[
    str,
    matching(
        r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/(?!\.{1,2}$)(?!.*\.(?:git|wiki)$)[A-Za-z0-9._-]{1,100}",
        "is not a repository on GitHub",
        allowed="OWNER/NAME, spelled as on GitHub, without .git",
        fix="write it as in example-org/beep-infra",
    ),
]
GithubEnvironment = Annotated[
    str,
    matching(
        r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62})",
        "is not the name of a GitHub environment that can be trusted",
        allowed="up to 63 letters, digits, dots, underscores and hyphens",
        fix="rename the environment on GitHub; a quote or a colon would change what is trusted",
    ),
]
AwsRegion = Annotated[
    str,
    matching(
        r"[a-z]{2}(?:-[a-z]+)+-\d",
        "is not an AWS region",
        allowed="a region such as us-east-1",
        fix="write it as AWS does, without a zone letter",
    ),
]
AwsAccountId = Annotated[
    str,
    matching(
        r"[0-9]{12}",
        "is not the id of an AWS account",
        allowed="12 digits in quotes, without hyphens",
        fix="copy it from aws sts get-caller-identity --query Account",
    ),
]
GoogleUniqueId = Annotated[
    str,
    matching(
        r"[0-9]{21}",
        "is not the unique id of a service account",
        allowed="21 digits in quotes",
        fix="copy it from gcloud iam service-accounts describe EMAIL --format='value(uniqueId)'",
    ),
]
BucketLocation = Annotated[
    str,
    matching(
        r"US|EU|ASIA|[A-Z]{3,4}\d|[A-Z]+-[A-Z]+\d{1,2}",
        "is not the location of a bucket",
        allowed="a multi-region (US, EU, ASIA), a dual-region (NAM4) or a region, in capitals",
        fix="write it in capitals, as Cloud Storage does: another spelling is a change at each "
        "plan",
    ),
]
Image = Annotated[str, AfterValidator(_image)]
SecretVersion = Annotated[int, Field(ge=1)]
Hour = Annotated[int, Field(ge=0, le=23)]
