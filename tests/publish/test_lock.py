"""requirements-lock.txt has exact versions and checksums, but no addresses."""

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from publish import lock_requirements

TEXT = lock_requirements.LOCK.read_text()
LOCKED = {
    canonicalize_name(name): version
    for name, version in re.findall(r"^([\w.-]+)==([\w.!+]+)", TEXT, re.MULTILINE)
}


def test_it_holds_exact_versions_and_checksums_and_nothing_else():
    """In particular no address, no option and no path of the computer that wrote it."""
    package = r"[\w.-]+==[\w.!+]+( ; [^\n/@]+)?( \\\n {4}--hash=sha256:[0-9a-f]{64})+"
    left = re.sub(package, "", re.sub(r"^#.*\n", "", TEXT, flags=re.MULTILINE))
    assert left.strip() == ""


def test_every_package_has_a_checksum():
    assert len(LOCKED) > 100
    for block in re.split(r"\n(?=\S)", TEXT):
        if "==" in block:
            assert "--hash=sha256:" in block, block


@pytest.mark.parametrize("line", lock_requirements.wanted())
def test_what_the_book_needs_is_locked_to_a_version_that_it_allows(line):
    requirement = Requirement(line)
    version = LOCKED[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(version), f"{line}: run `make lock` again"
