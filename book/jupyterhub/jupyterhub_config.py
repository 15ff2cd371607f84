"""JupyterHub for one class, each user with an account of the system."""

import sys

TEACHERS = {"teacher"}
STUDENTS = {"anna", "ben"}

c = get_config()  # noqa: F821 (JupyterHub provides it)
c.Authenticator.allowed_users = TEACHERS | STUDENTS
c.Spawner.default_url = "/lab"
c.Spawner.http_timeout = 120  # seconds: a first start on a busy machine is slow
c.Spawner.start_timeout = 120
c.JupyterHub.active_server_limit = 50  # see "How much memory"
c.JupyterHub.concurrent_spawn_limit = 10

# Stop servers that were idle for an hour, so that the limit keeps no one out.
c.JupyterHub.services = [
    {
        "name": "culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "culler",
        "services": ["culler"],
        "scopes": [
            "list:users",
            "read:users:activity",
            "read:servers",
            "delete:servers",
        ],
    }
]
