"""The teacher's settings: where Formgrader and nbgrader's commands find the course."""

from pathlib import Path

load_subconfig(str(Path.home() / "project" / "nbgrader_config.py"))  # noqa: F821
