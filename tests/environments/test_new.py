"""A further environment is a file and an entry: written by command, accepted as it is."""

from __future__ import annotations

import ipaddress
import re
import shutil
import threading
import tomllib
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from environments import Configuration, load
from environments.new import EnvironmentFileError, new_environment, next_free
from tests.support import ENVIRONMENTS, edited, refused, synthesized


def _listed(folder: Path, *names: str) -> None:
    path = folder / "bootstrap.toml"
    listed = ", ".join(f'"{name}"' for name in (*ENVIRONMENTS, *names))
    path.write_text(
        re.sub(r"^environments = .*$", f"environments = [{listed}]", path.read_text(), flags=re.M)
    )


def _filled_in(text: str, number: int) -> str:
    text = text.replace("project_number = 0", f"project_number = {number}")
    return re.sub(r"  # FILL IN: .*", "", text)


def _add(folder: Path, name: str, source: str, number: int) -> Configuration:
    """Write an environment, fill in its number, list it, and load all."""
    draft = new_environment(folder, name, source)
    draft.write()
    draft.path.write_text(_filled_in(draft.path.read_text(), number))
    loaded = [e.settings.environment for e in load_with(folder, name).environments]
    assert name in loaded
    return load(folder)


def load_with(folder: Path, name: str) -> Configuration:
    document = tomllib.loads((folder / "bootstrap.toml").read_text())
    _listed(folder, *(n for n in document["environments"] if n not in ENVIRONMENTS), name)
    return load(folder)


def _ranges(configuration: Configuration, *names: str) -> list[ipaddress.IPv4Network]:
    keys = ("subnet_cidr", "service_range_cidr", "connector_cidr")
    networks = [configuration.environment(name).settings.network for name in names]
    cidrs = [getattr(network, key) for network in networks for key in keys]
    return [ipaddress.IPv4Network(cidr) for cidr in cidrs if cidr is not None]


@pytest.mark.parametrize("source", ENVIRONMENTS)
def test_a_new_file_is_accepted_once_its_number_is_filled_in(source: str, tmp_path: Path) -> None:
    folder = edited(tmp_path)
    configuration = _add(folder, "qa", source, 1)
    old, new = configuration.environment(source).settings, configuration.environment("qa").settings
    assert new.app_env == old.app_env
    assert new.disposable == old.disposable
    assert set(new.secret_versions.values()) <= {1}
    assert {host for _, host in new.hosts.items()}.isdisjoint(h for _, h in old.hosts.items())
    for image_input, image in new.images():
        assert image == old.image(image_input)


def test_ranges_overlap_those_of_no_other_environment(tmp_path: Path) -> None:
    folder = edited(tmp_path)
    names = [f"further-{number}" for number in range(1, 5)]
    for number, name in enumerate(names, 1):
        configuration = _add(folder, name, ENVIRONMENTS[number % len(ENVIRONMENTS)], number)
    new = _ranges(configuration, *names)
    for a, b in combinations(new, 2):
        assert not a.overlaps(b)
    for existing in _ranges(configuration, *ENVIRONMENTS):
        assert not any(existing.overlaps(network) for network in new)


@given(
    st.lists(
        st.tuples(st.integers(0, 2**24 - 1), st.integers(8, 30)).map(
            lambda pair: ipaddress.IPv4Network((10 * 2**24 + pair[0], pair[1]), strict=False)
        ),
        max_size=12,
    ),
    st.integers(16, 29),
)
def test_a_free_range_is_the_lowest_that_overlaps_nothing(
    used: list[ipaddress.IPv4Network], prefix: int
) -> None:
    try:
        free = next_free(prefix, used)
    except EnvironmentFileError:
        assert sum(network.num_addresses for network in used) >= 2**24 // 2
        return
    assert free.prefixlen == prefix
    assert not any(free.overlaps(network) for network in used)
    below = int(free.network_address) - free.num_addresses
    if below >= 10 * 2**24:
        lower = ipaddress.IPv4Network((below, prefix))
        assert any(lower.overlaps(network) for network in used)


def test_ten_environments_synthesize_with_all_their_stacks(tmp_path: Path) -> None:
    folder = edited(tmp_path)
    names = [f"further-{number}" for number in range(1, 11 - len(ENVIRONMENTS))]
    for number, name in enumerate(names, 1):
        configuration = _add(folder, name, ENVIRONMENTS[number % len(ENVIRONMENTS)], number)
    stacks = synthesized(configuration, tmp_path / "out")
    parts = {name.rpartition("-")[2] for name in stacks if name.startswith(f"{ENVIRONMENTS[0]}-")}
    every = (*ENVIRONMENTS, *names)
    on_aws = [e.settings for e in configuration.environments if e.settings.managed_aws_storage]
    assert set(stacks) == (
        {"bootstrap"}
        | {f"{name}-{part}" for name in every for part in parts}
        | {f"{settings.environment}-aws" for settings in on_aws}
    )
    for name in names:
        assert stacks[f"{name}-data"]["terraform"]["backend"]["gcs"]["prefix"] == f"{name}/data"


def test_until_every_mark_is_gone_nothing_is_synthesized(tmp_path: Path) -> None:
    folder = edited(tmp_path)
    draft = new_environment(folder, "qa", "staging")
    draft.write()
    assert "is not listed in environments of bootstrap.toml" in str(refused(folder))
    _listed(folder, "qa")
    marked = {problem.key for problem in refused(folder).problems if "filled in" in problem.what}
    assert marked == {key.rpartition(".")[2] for key in draft.to_fill_in}
    draft.path.write_text(_filled_in(draft.text, 1))
    assert load(folder).environment("qa")


def test_other_files_may_be_unfinished(tmp_path: Path) -> None:
    folder = edited(tmp_path)
    _listed(folder, "qa", "later")
    (folder / "broken.toml").write_text("[network\n")
    first = new_environment(folder, "qa", "staging")
    first.write()
    second = new_environment(folder, "later", "staging")
    second.write()
    for draft in (first, second):
        draft.path.write_text(_filled_in(draft.text, len(draft.path.name)))
    (folder / "broken.toml").unlink()
    new = _ranges(load(folder), "qa", "later")
    assert not any(a.overlaps(b) for a, b in combinations(new, 2))


def test_a_file_is_never_overwritten_also_by_two_at_once(tmp_path: Path) -> None:
    folder = edited(tmp_path)
    drafts = [new_environment(folder, "qa", source) for source in ("dev", "staging")]
    refusals: list[EnvironmentFileError] = []

    def write(index: int) -> None:
        try:
            drafts[index].write()
        except EnvironmentFileError as error:
            refusals.append(error)

    threads = [threading.Thread(target=write, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refusals) == 1
    assert "exists, and is never overwritten" in str(refusals[0])
    assert (folder / "qa.toml").read_text() in {draft.text for draft in drafts}
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("prod", "exists, and is never overwritten"),
        ("QA", "is not a name that an environment can have"),
        ("qa_1", "is not a name that an environment can have"),
        ("../qa", "is not a name that an environment can have"),
        ("", "is not a name that an environment can have"),
        ("bootstrap", "is the name of a part of the pipeline"),
        ("pull-request", "is the name of a part of the pipeline"),
    ],
)
def test_a_name_that_cannot_be_is_refused(name: str, says: str, tmp_path: Path) -> None:
    folder = edited(tmp_path)
    with pytest.raises(EnvironmentFileError, match=re.escape(says)):
        new_environment(folder, name, "staging")


def test_the_account_that_the_other_environment_has_on_aws_is_not_taken_over(
    tmp_path: Path,
) -> None:
    unique_id = "100000000000000000001"
    line = f'account_id = "123456789012"\napi_account_unique_id = "{unique_id}"'
    folder = edited(tmp_path, ("prod", 'account_id = "123456789012"', line))
    text = new_environment(folder, "qa", "prod").text
    assert "123456789012" in text
    assert unique_id not in text


def test_what_a_restore_left_behind_is_not_taken_over(tmp_path: Path) -> None:
    restored = 'engine = "cloud_sql"\ninstance_name = "beep-restored"\nedition'
    folder = edited(tmp_path, ("prod", 'engine = "cloud_sql"\nedition', restored))
    assert "beep-restored" not in new_environment(folder, "qa", "prod").text


def test_a_range_that_shares_a_line_with_others_is_not_left_as_it_was(tmp_path: Path) -> None:
    table = '[network]\nsubnet_cidr = "10.10.0.0/23"\nservice_range_cidr = "10.20.0.0/20"\n'
    inline = 'network = {subnet_cidr = "10.10.0.0/23", service_range_cidr = "10.20.0.0/20"}\n'
    folder = edited(tmp_path, ("prod", table, ""), ("prod", "[labels]", f"{inline}[labels]"))
    with pytest.raises(EnvironmentFileError, match="give it a line of its own"):
        new_environment(folder, "qa", "prod")


@pytest.mark.parametrize("name", ["a" * 40, "everything-everywhere-at-once"])
def test_a_name_that_is_too_long_for_google_is_refused(name: str, tmp_path: Path) -> None:
    folder = edited(tmp_path)
    with pytest.raises(EnvironmentFileError, match=r"characters for a .*; shorten environment by"):
        new_environment(folder, name, "staging")
    shutil.copy(folder / "staging.toml", folder / f"{name}.toml")
    path = folder / f"{name}.toml"
    path.write_text(path.read_text().replace('environment = "staging"', f'environment = "{name}"'))
    _listed(folder, name)
    assert "environment" in {problem.key for problem in refused(folder).problems}
