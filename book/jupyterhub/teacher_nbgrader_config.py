"""For the teacher alone: Formgrader and nbgrader's commands find the course's project."""

from pathlib import Path

load_subconfig(str(Path.home() / "project" / "nbgrader_config.py"))  # noqa: F821
