"""The network, the widgets and the chapters work with the oldest releases allowed.

Protects readers who install the book into an older environment. The newest releases are
those of this environment. The oldest are installed once, into _build/oldest.
"""

import importlib.metadata
import os
import re
import subprocess
import sys
import venv

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from publish.paths import ROOT

pytestmark = pytest.mark.nightly
# Without scikit-learn, whose releases require other versions of NumPy.
NETWORK = sorted(
    f"tests/nn_core/{path.name}"
    for path in (ROOT / "tests" / "nn_core").glob("test_nn_*.py")
    if path.name != "test_nn_core_sklearn.py"
)
NETWORK += ["-m", "not slow"]  # long training and fuzzing need only one NumPy
# Drawing and widgets' events depend on versions; what a widget computes does not.
WIDGETS = ["playground", "playground_playing", "chapter_widgets", "architecture"]
WIDGETS = [f"tests/nn_widgets/test_{name}.py" for name in WIDGETS]
WIDGETS += ["-k", "playground or control or picture"]
CHAPTERS = [
    "tests/notebooks/test_notebooks.py",
    "-k",
    "fresh_kernel or widget or for_readers",
]
COMPILED = "contourpy,matplotlib,numpy,pillow"  # only as wheels
# A new Python has wheels only of newer releases.
NEWER_FOR_PYTHON = {
    (3, 12): {"pillow": "10.1.0", "contourpy": "1.1.1"},
    (3, 13): {
        "numpy": "2.1.0",
        "matplotlib": "3.9.2",
        "pillow": "10.4.0",
        "contourpy": "1.3.0",
    },
    (3, 14): {
        "numpy": "2.3.2",
        "matplotlib": "3.10.6",
        "pillow": "12.0.0",
        "contourpy": "1.3.3",
    },
    (3, 15): {
        "numpy": "2.5.2",
        "matplotlib": "3.11.2",
        "pillow": "12.3.0",
        "contourpy": "1.4.0",
    },
}.get(sys.version_info[:2], {})


def lowest_versions(newer=NEWER_FOR_PYTHON):
    """Return {package: version}: the lowest versions that pyproject.toml allows."""
    lowest = {}
    for line in importlib.metadata.requires("neural-network-book"):
        requirement = Requirement(line)
        if "extra" in str(requirement.marker):
            continue
        (version,) = re.findall(r">=([\d.]+)", str(requirement.specifier))
        lowest[requirement.name] = newer.get(requirement.name, version)
    return lowest


def environment_with(name, packages):
    """Return the Python of an environment with these packages; create it if needed."""
    python_version = "{}.{}".format(*sys.version_info[:2])
    folder = ROOT / "_build" / "oldest" / f"{name}-python{python_version}"
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    finished = folder / "finished"
    wanted = "\n".join(packages)
    if not finished.exists() or finished.read_text() != wanted:
        venv.create(folder, with_pip=True, clear=True)
        done = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--only-binary", COMPILED]
            + ["--disable-pip-version-check", *packages],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        finished.write_text(wanted)
    return python


def run_tests(python, *tests):
    done = subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
    assert " skipped" not in done.stdout, done.stdout[-2000:]


@pytest.fixture(scope="module")
def oldest(request):
    """Return the Python of an environment with the oldest versions of all packages."""
    versions = lowest_versions()
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        listed = ", ".join(f"{name} {version}" for name, version in versions.items())
        print(f"\n  with {listed} ", end="", flush=True)
    packages = [f"{name}=={version}" for name, version in versions.items()]
    # matplotlib 3.8 calls functions that newer pyparsing deprecates.
    packages += ["pyparsing<3.2", "pytest", "hypothesis", "nbclient", "nbformat"]
    packages += ["ipykernel", "pyyaml"]
    python = environment_with("all", packages)
    show = "import importlib.metadata as m, sys; [print(m.version(p)) for p in sys.argv[1:]]"
    found = subprocess.check_output([python, "-c", show, *versions], text=True).split()
    assert list(map(Version, found)) == list(map(Version, versions.values()))
    return python


def test_the_network_works_with_the_oldest_releases(oldest):
    run_tests(oldest, *NETWORK)


def test_the_widgets_work_with_the_oldest_releases(oldest):
    run_tests(oldest, *WIDGETS)


def test_the_chapters_run_with_the_oldest_releases(oldest):
    run_tests(oldest, *CHAPTERS)


@pytest.mark.skipif(
    sys.version_info >= (3, 13), reason="no NumPy 2.0 package fits this Python"
)
def test_the_network_works_with_numpy_2_0():
    """NumPy 2.0 is the first release of NumPy 2, which runs in the live pages."""
    run_tests(
        environment_with("numpy", ["numpy==2.0.*", "hypothesis", "pytest"]), *NETWORK
    )


@pytest.mark.parametrize("name", ["numpy", "matplotlib", "ipywidgets"])
def test_this_environment_has_a_newer_release(name):
    oldest = lowest_versions(newer={})[name]
    assert Version(importlib.metadata.version(name)) > Version(oldest)
