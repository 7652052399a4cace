"""The Python half, on small packages."""

import sys
from importlib.machinery import PathFinder, SourceFileLoader

import jsii_lazy
from tests.lazy.fake_jsii_package import MODULES, write_package

ACTIVATE = """
import json, sys, jsii_lazy
jsii_lazy.activate("fake_provider")
def loaded(package="fake_provider"):
    return sorted(m for m in sys.modules if m.startswith(package + ".cloud"))
"""


def activate(name: str) -> str:
    return ACTIVATE.replace("fake_provider", name)


def modules_of(name: str) -> list[str]:
    return sorted(f"{name}.{module}" for module in MODULES)


def activate_new(name: str) -> str:
    return jsii_lazy.activate(name)[name].python


# What a user of the package sees


def test_every_kind_of_import_loads_only_the_submodule_it_names(site, run_shared):
    statements = {
        "fake_a": "from fake_a.cloud_thing_v3 import Thing",
        "fake_b": "import fake_b.cloud_thing_v3",
        "fake_c": "from fake_c import cloud_thing_v3",
        "fake_d": "import fake_d; fake_d.cloud_thing_v3.Thing",
    }
    for name in statements:
        write_package(site, name)
    code = f"""{ACTIVATE}
statements = {statements}
jsii_lazy.activate(*statements)
for statement in statements.values():
    exec(statement)
print(json.dumps([loaded(name) for name in statements]))
"""
    assert run_shared(code).value == [[f"{name}.cloud_thing_v3"] for name in statements]


def test_without_activation_every_submodule_is_loaded(site, run_shared):
    write_package(site, "fake_stock")
    code = f"{activate('fake_stock')}import fake_stock\nprint(json.dumps(loaded()))"
    assert run_shared(code, "0").value == modules_of("fake_stock")


def test_the_package_looks_the_same_from_outside(site, run_shared):
    write_package(site, "fake_look")
    code = f"""{activate("fake_look")}
import fake_look as f
print(json.dumps([dir(f), f.__all__, f.__doc__, f.__file__, list(f.__path__), f.ROOT,
                  f.__spec__.origin, f._private.ROOT, hasattr(f, "nothing"), hasattr(f, "_jsii")]))
"""
    assert run_shared(code).value == run_shared(code, "0").value


def test_a_name_that_does_not_exist_fails_as_usual(site, run_shared):
    write_package(site, "fake_names_missing")
    code = f"""{activate("fake_names_missing")}
texts = []
for statement in ("import fake_names_missing; fake_names_missing.nothing",
                  "from fake_names_missing import nothing", "import fake_names_missing.nothing"):
    try:
        exec(statement)
    except (AttributeError, ImportError) as error:
        texts.append(f"{{type(error).__name__}}: {{error}}")
print(json.dumps(texts))
"""
    texts = run_shared(code).value
    assert len(texts) == 3
    assert texts == run_shared(code, "0").value


def test_a_star_import_still_brings_every_submodule(site, run_shared):
    write_package(site, "fake_star")
    code = f"{activate('fake_star')}from fake_star import *\nprint(json.dumps([loaded(), ROOT]))"
    assert run_shared(code).value == [modules_of("fake_star"), "at the root"]


def test_an_object_from_node_finds_its_class_though_nobody_imported_it(site, run_shared):
    write_package(site, "fake_from_node")
    code = f"""{activate("fake_from_node")}
from fake_from_node.cloud_thing_v3 import Thing
kind = type(Thing().neighbour())
print(json.dumps([kind.__module__, kind.__name__, len(loaded())]))
"""
    assert run_shared(code).value == ["fake_from_node.cloud_thing_v7", "Thing", 2]


def test_packages_that_are_not_named_load_as_before(site, run_shared):
    write_package(site, "fake_named")
    write_package(site, "other_provider")
    code = f"""{activate("fake_named")}
import other_provider
print(json.dumps(loaded("other_provider")))
"""
    assert len(run_shared(code).value) == len(MODULES)


def test_reloading_the_package_keeps_it_lazy(site, run_shared):
    write_package(site, "fake_reloaded")
    code = f"""{activate("fake_reloaded")}
import importlib, fake_reloaded
importlib.reload(fake_reloaded)
print(json.dumps([loaded(), fake_reloaded.cloud_thing_v3.__name__]))
"""
    assert run_shared(code).value == [[], "fake_reloaded.cloud_thing_v3"]


# How it behaves in a process


def test_activating_twice_changes_nothing_more(site, run):
    write_package(site)
    code = f"""{ACTIVATE}
before = list(sys.meta_path)
again = jsii_lazy.activate("fake_provider")["fake_provider"]
import fake_provider
later = jsii_lazy.activate("fake_provider")["fake_provider"]
same = sys.meta_path == before and again == later == jsii_lazy.status()["fake_provider"]
print(json.dumps([same, later.python, later.node, loaded()]))
"""
    assert run(code).value == [True, "lazy", "lazy", []]


def test_many_threads_may_activate_and_import_at_once(site, run):
    write_package(site)
    code = """
import json, sys, importlib, jsii_lazy
from concurrent.futures import ThreadPoolExecutor
sys.setswitchinterval(1e-5)
def work(number):
    jsii_lazy.activate("fake_provider")
    return importlib.import_module(f"fake_provider.cloud_thing_v{number % 5}").Thing.__module__
with ThreadPoolExecutor(16) as pool:
    names = set(pool.map(work, range(64)))
modules = {m for m in sys.modules if m.startswith("fake_provider.cloud")}
print(json.dumps([sorted(names), names == modules, jsii_lazy.status()["fake_provider"].node]))
"""
    expected = [f"fake_provider.cloud_thing_v{number}" for number in range(5)]
    assert run(code).value == [expected, True, "lazy"]


def test_nothing_is_written_beside_the_package(site, run):
    package = write_package(site)
    before = sorted(site.rglob("*"))
    init_cache = package / "__pycache__"
    run(f"{ACTIVATE}import fake_provider.cloud_thing_v3\nprint(0)")
    assert sorted(site.rglob("*")) == before
    run(f"{ACTIVATE}import fake_provider.cloud_thing_v3\nprint(0)", PYTHONDONTWRITEBYTECODE="")
    assert not list(init_cache.glob("*"))  # a stock process would take a shortened cache for whole


def test_the_off_switch_leaves_the_process_as_it_was(site, run):
    write_package(site)
    code = """
import json, sys
before = (list(sys.meta_path), set(sys.modules))
import jsii_lazy
known = jsii_lazy.activate("fake_provider")["fake_provider"]
jsii = "jsii" in sys.modules
print(json.dumps([known.python, known.node, sys.meta_path == before[0], jsii]))
"""
    off = "turned off by JSII_LAZY=0"
    assert run(code, JSII_LAZY="0").value == [off, off, True, False]


# Packages that do not look as expected


def test_a_package_that_is_not_installed_is_left_alone():
    assert activate_new("fake_missing") == "not installed"
    assert activate_new("fake_missing.submodule").startswith("cannot be looked up")


def test_a_package_that_is_already_imported_is_left_alone():
    assert activate_new("json") == "already imported"


def test_a_plain_module_and_a_namespace_package_are_left_alone(site, monkeypatch):
    monkeypatch.syspath_prepend(site)
    (site / "fake_module.py").write_text("")
    (site / "fake_namespace").mkdir()
    assert activate_new("fake_module") == "not an ordinary package with source"
    assert activate_new("fake_namespace") == "not an ordinary package with source"


def test_a_package_with_a_loader_of_its_own_is_left_alone(site, monkeypatch):
    class Instrumented(SourceFileLoader):
        pass

    class Finder:
        def find_spec(self, name, path=None, target=None):
            if name != "fake_instrumented":
                return None
            spec = PathFinder.find_spec(name)
            assert spec is not None
            assert spec.origin is not None
            spec.loader = Instrumented(name, spec.origin)
            return spec

    monkeypatch.syspath_prepend(site)
    write_package(site, "fake_instrumented")
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    assert activate_new("fake_instrumented") == "not an ordinary package with source"


def test_a_package_without_a_jsii_assembly_is_left_alone(site, monkeypatch):
    monkeypatch.syspath_prepend(site)
    (write_package(site, "fake_no_jsii") / "_jsii" / "__init__.py").unlink()
    (write_package(site, "fake_other_jsii") / "_jsii" / "__init__.py").write_text("import jsii\n")
    assert activate_new("fake_no_jsii") == "no jsii assembly in it"
    assert activate_new("fake_other_jsii") == "no jsii assembly in it"


EAGER = "".join(f"from . import {name}\n" for name in MODULES)
PEP_562 = """\
from ._jsii import *
_NAMES = {MODULES}
def __getattr__(name):
    import importlib
    if name in _NAMES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(name)
""".replace("{MODULES}", repr(MODULES))


NOT_LAST = "its imports of submodules are not the last statements"
SMALL = "its __init__ imports fewer than 20 submodules"
# By package: its `__init__`, the reason to leave it alone, how many submodules it then imports.
FORMS = {
    "fake_pep_562": (PEP_562, "has a __getattr__ of its own", 0),
    "fake_small": ("from . import cloud_thing_v1\n", SMALL, 1),
    "fake_empty": ("", SMALL, 0),
    "fake_used": (EAGER + "USED = cloud_thing_v1.Thing\n", NOT_LAST, 25),
    "fake_between": (EAGER.replace("\n", "\nX = 1\n", 1), NOT_LAST, 25),
    "fake_renamed": (EAGER.replace("v12", "v12 as twelve"), NOT_LAST, 25),
    "fake_names": (
        f"WORD = 1\n{EAGER}from . import WORD\n",
        "its __init__ imports names that are no submodules",
        25,
    ),
}


def test_another_form_of_init_is_left_alone_and_works(site, run_shared):
    for name, (init, _, _) in FORMS.items():
        write_package(site, name, init=init)
    code = f"""{ACTIVATE}
import importlib
found = {{}}
for name in {list(FORMS)}:
    reason = jsii_lazy.activate(name)[name].python
    importlib.import_module(name)
    found[name] = [reason, len(loaded(name))]
    importlib.import_module(f"{{name}}.cloud_thing_v2")
print(json.dumps(found))
"""
    assert run_shared(code).value == {name: [reason, n] for name, (_, reason, n) in FORMS.items()}


def test_an_init_that_cannot_be_parsed_is_left_to_fail_by_itself(site, run_shared):
    write_package(site, "fake_broken", init="def\n")
    code = f"""{ACTIVATE}
reason = jsii_lazy.activate("fake_broken")["fake_broken"].python
try:
    import fake_broken
except SyntaxError as error:
    print(json.dumps([reason, error.filename]))
"""
    reason, filename = run_shared(code).value
    assert reason.startswith("its __init__ cannot be read: invalid syntax")
    assert filename == str(site / "fake_broken" / "__init__.py")


def test_a_jsii_that_cannot_import_types_on_demand_keeps_the_package_eager(site, run):
    write_package(site)
    code = """
import json, sys, jsii_lazy, jsii._reference_map
del jsii._reference_map._submodule_fqn_map
print(json.dumps(jsii_lazy.activate("fake_provider")["fake_provider"].python))
"""
    assert run(code).value.startswith("this jsii cannot import types on demand")
