"""Test a class on a real JupyterHub: `make test-hub`, as root on Linux.

It creates system accounts for a teacher and two students, and removes them at the end. The
teacher releases an assignment; the students fetch it, fill it in and submit it through
their servers on the hub; the teacher collects, grades in the sandbox and returns feedback;
the students fetch that. Each step uses nbgrader's own commands, and nothing leaves 127.0.0.1.

The settings are those of the page "On a JupyterHub" (book/jupyterhub/), except for the
addresses, the passwords and the exchange's folder.
"""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from grading.course import COURSE_ID
from publish.npm import install
from publish.paths import ROOT
from publish.third_party import HUB_PROXY
from tests.grading.sample_submissions import NAME, blank, solved

TEACHER, PERFECT, BLANK = "nn-book-teacher", "nn-book-anna", "nn-book-ben"
PROGRAMS = Path(sys.executable).parent
TOKEN = secrets.token_hex(16)
IDLE = 60  # seconds until an idle server is stopped; on the page it is an hour


class Failure(RuntimeError):
    """A step failed."""


def expect(right, what):
    if not right:
        raise Failure(what)


def free_port():
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return attempt.getsockname()[1]


@contextlib.contextmanager
def accounts(homes):
    """Create the three accounts, with their homes in a folder; remove them at the end."""
    made = []
    try:
        for name in (TEACHER, PERFECT, BLANK):
            home = homes / name
            command = ["useradd", "--create-home", "--home-dir", home, "--shell"]
            subprocess.run([*command, "/bin/bash", name], check=True)
            made.append(name)
            home.chmod(0o700)
        yield
    finally:
        for name in made:
            subprocess.run(["userdel", name], check=False)


def as_user(name, home, *command, **environment):
    """Run a command as this user, in the folder home; return what it printed."""
    done = subprocess.run(
        [shutil.which("runuser"), "-u", name, "--", *command],
        cwd=home,
        env={
            "PATH": f"{PROGRAMS}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(home),
            "LANG": "C.UTF-8",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=300,
    )
    said = done.stdout + done.stderr
    expect(
        done.returncode == 0, f"{name}: {' '.join(map(str, command))}\n{said[-3000:]}"
    )
    return said


def write_settings(folder):
    """Write the page's settings, with this trial's addresses; return the hub's address."""
    exchange = folder / "exchange"  # created as the page says
    teacher = ["-o", TEACHER, exchange / COURSE_ID]
    subprocess.run(["install", "-d", "-m", "1777", exchange], check=True)
    subprocess.run(["install", "-d", "-m", "755", *teacher], check=True)
    shown = (ROOT / "book" / "jupyterhub" / "nbgrader_config.py").read_text()
    expect('"/srv/nbgrader/exchange"' in shown, "the page names another exchange")
    settings = folder / "jupyter"
    settings.mkdir()
    (settings / "nbgrader_config.py").write_text(
        shown.replace('"/srv/nbgrader/exchange"', repr(str(exchange)))
    )
    address, hub, proxy = (f"http://127.0.0.1:{free_port()}" for _ in range(3))
    (folder / "jupyterhub_config.py").write_text(
        f"""
load_subconfig({str(ROOT / "book" / "jupyterhub" / "jupyterhub_config.py")!r})
c.Authenticator.allowed_users = {{{TEACHER!r}, {PERFECT!r}, {BLANK!r}}}
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.bind_url = {address!r}
c.JupyterHub.hub_bind_url = {hub!r}
c.ConfigurableHTTPProxy.api_url = {proxy!r}
c.ConfigurableHTTPProxy.command = {proxy_command()!r}
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie_secret"
c.Spawner.environment = {{"JUPYTER_CONFIG_PATH": {str(settings)!r}}}
c.JupyterHub.services[0]["command"][-1] = "--timeout={IDLE}"
c.JupyterHub.services[0]["command"] += ["--cull-every=5"]
c.JupyterHub.services.append({{"name": "trial", "api_token": {TOKEN!r}}})
c.JupyterHub.load_roles.append({{
    "name": "trial", "services": ["trial"],
    "scopes": ["admin:users", "admin:servers", "access:servers"],
}})
"""
    )
    return address


def proxy_command():
    """Return the command of the hub's proxy: the installed one, or one that npm installs."""
    installed = shutil.which("configurable-http-proxy")
    if installed:
        return [installed]
    place = Path(sys.prefix) / "proxy"
    program = place / "node_modules" / "configurable-http-proxy" / "bin"
    program /= "configurable-http-proxy"
    if not program.exists():
        place.mkdir(exist_ok=True)
        install(HUB_PROXY, place)
    return [str(PROGRAMS / "node"), str(program)]


def ask(address, method="GET", body=None, wanted=(200, 201, 202, 204)):
    request = urllib.request.Request(
        address,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    expect(status in wanted, f"{method} {address}: {status} {text[-2000:]}")
    return json.loads(text) if text else None


@contextlib.contextmanager
def running_hub(folder, address):
    environment = os.environ | {"PATH": f"{PROGRAMS}:{os.environ['PATH']}"}
    with open(folder / "hub.log", "w") as log:
        hub = subprocess.Popen(
            [PROGRAMS / "jupyterhub", "-f", folder / "jupyterhub_config.py"],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            until(lambda: ask(f"{address}/hub/api/"), "JupyterHub does not answer", hub)
            yield
        except Failure as error:
            tail = (folder / "hub.log").read_text()[-4000:]
            raise Failure(f"{error}\n--- JupyterHub's log:\n{tail}") from error
        finally:
            hub.terminate()
            try:
                hub.wait(30)
            except subprocess.TimeoutExpired:
                hub.kill()


def until(check, what, process=None, seconds=90):
    last = ""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process and process.poll() is not None:
            break
        try:
            if check():
                return
        except (OSError, Failure) as error:
            last = error
        time.sleep(0.3)
    raise Failure(f"{what}: {last}")


def start_server(address, name):
    """Start a user's server on the hub; return its address."""
    ask(f"{address}/hub/api/users/{name}", "POST", {}, wanted=(201, 409))
    ask(f"{address}/hub/api/users/{name}/server", "POST", {}, wanted=(201, 202, 400))

    def is_ready():
        user = ask(f"{address}/hub/api/users/{name}")
        return user["servers"].get("", {}).get("ready")

    until(is_ready, f"the server of {name} does not start")
    return f"{address}/user/{name}"


def assignment(server, what, name=NAME):
    """Send the request of a button in JupyterLab's list of assignments."""
    body = {"course_id": COURSE_ID, "assignment_id": name}
    answer = ask(f"{server}/assignments/{what}", "POST", body)
    expect(answer["success"], f"{what}: {answer}")
    return [entry for entry in answer["value"] if entry["assignment_id"] == name]


def memory_of(name):
    """Return the memory of a user's processes in megabytes; shared memory counts once."""
    total = 0
    found = subprocess.run(
        ["pgrep", "-u", name], capture_output=True, text=True
    ).stdout.split()
    for process in found:
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{process}/smaps_rollup").read_text()
            total += int(text.split("\nPss:")[1].split()[0])
    return total / 1000


def try_a_class(folder):
    homes = folder / "home"
    homes.mkdir()
    began = time.monotonic()

    def say(what):
        print(f"{time.monotonic() - began:6.1f} s  {what}", flush=True)

    with accounts(homes):
        address = write_settings(folder)
        settings = {"JUPYTER_CONFIG_PATH": str(folder / "jupyter")}
        project = homes / TEACHER / "project"
        copy_project(project)
        shutil.chown(project, TEACHER)
        for path in project.rglob("*"):
            shutil.chown(path, TEACHER)

        def nbgrader(*words):
            return as_user(TEACHER, project, PROGRAMS / "nbgrader", *words, **settings)

        settle_teacher(homes / TEACHER)
        nbgrader("generate_assignment", NAME)
        nbgrader("release_assignment", NAME)
        say("the teacher has released the assignment")
        with running_hub(folder, address):
            students = {name: start_server(address, name) for name in (PERFECT, BLANK)}
            say("both students' servers run")
            for name, server in students.items():
                (found,) = assignment(server, "fetch")
                expect(found["status"] == "fetched", found)
                work = f"{server}/api/contents/{NAME}/{NAME}.ipynb"
                fetched = ask(work)
                if name == PERFECT:
                    filled = {"type": "notebook", "content": solved()}
                    ask(work, "PUT", filled)
                else:
                    expect(
                        len(fetched["content"]["cells"]) == len(blank()["cells"]),
                        "the fetched notebook is not the student's version",
                    )
                found = assignment(server, "submit")
                expect(any(e["status"] == "submitted" for e in found), found)
            say("both students have fetched and submitted")
            run_a_kernel(students[PERFECT])
            memory = memory_of(PERFECT)
            say(f"a student's server and one kernel take {memory:.0f} MB")
            nbgrader("collect", NAME)
            said = nbgrader("autograde", NAME)
            say("the teacher has collected and graded")
            expect("sandbox" not in said.lower() or "without" not in said.lower(), said)
            nbgrader("generate_feedback", NAME)
            nbgrader("release_feedback", NAME)
            marks = as_user(TEACHER, project, sys.executable, "-c", MARKS, **settings)
            marks = json.loads(marks.splitlines()[-1])
            say(f"marks: {marks}")
            expect(marks[PERFECT][0] == marks[PERFECT][1] > 0, marks)
            expect(marks[BLANK][0] == 0, marks)
            look_into_formgrader(start_server(address, TEACHER))
            say("the teacher has seen the assignment in Formgrader")
            for name in students:
                start_server(address, name)  # it may have been stopped in the meantime
            for name, server in students.items():
                assignment(server, "fetch_feedback")
                pages = list((homes / name / NAME / "feedback").rglob("*.html"))
                expect(len(pages) == 1, f"feedback of {name}: {pages}")
            say("both students have their feedback")
            for name in students:
                other = PERFECT if name == BLANK else BLANK
                looked = subprocess.run(
                    ["runuser", "-u", name, "--", "ls", project, homes / other],
                    capture_output=True,
                )
                expect(
                    looked.returncode and not looked.stdout, f"{name} can look around"
                )
                replace = [
                    "mv",
                    folder / "exchange" / COURSE_ID,
                    folder / "exchange" / "x",
                ]
                moved = subprocess.run(
                    ["runuser", "-u", name, "--", *replace], capture_output=True
                )
                expect(
                    moved.returncode, f"{name} can replace the course in the exchange"
                )
            say("no student can look into the course or another's home, or replace it")

            def all_stopped():
                users = ask(f"{address}/hub/api/users")
                return not any(user["servers"] for user in users)

            until(all_stopped, "servers that nobody uses go on", seconds=IDLE + 90)
            say("the servers that nobody used were stopped")


def settle_teacher(home):
    """Write the teacher's settings file from the page."""
    settings = home / ".jupyter"
    settings.mkdir()
    page = ROOT / "book" / "jupyterhub" / "teacher_nbgrader_config.py"
    shutil.copy(page, settings / "nbgrader_config.py")
    for path in (settings, settings / "nbgrader_config.py"):
        shutil.chown(path, TEACHER)


def look_into_formgrader(server):
    found = ask(f"{server}/formgrader/api/assignments")
    names = {entry["name"]: entry["num_submissions"] for entry in found}
    expect(names.get(NAME) == 2, f"Formgrader shows {names}")
    submitted = ask(f"{server}/formgrader/api/submissions/{NAME}")
    expect(all(entry["autograded"] for entry in submitted), f"Formgrader: {submitted}")


# The points from automatic tests; the teacher marks answers in words.
MARKS = f"""
import json
from grading.course import Course
from nbgrader.api import Gradebook
marks = {{}}
with Gradebook(Course("classroom").gradebook) as book:
    for submission in book.assignment_submissions({NAME!r}):
        grades = [g for n in submission.notebooks for g in n.grades
                  if not g.cell.cell_type == "markdown"]
        marks[submission.student.id] = [
            sum(g.auto_score or 0 for g in grades), sum(g.max_score for g in grades)]
print(json.dumps(marks))
"""


def copy_project(target):
    files = subprocess.run(
        ["git", "ls-files", "-z", "--", "*.py", "exercises", "notebooks"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    for name in filter(None, files):
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)


def run_a_kernel(server):
    """Start a kernel as JupyterLab does, and wait until Python runs in it."""
    kernel = ask(f"{server}/api/kernels", "POST", {"name": "python3"})
    until(
        lambda: ask(f"{server}/api/kernels/{kernel['id']}")["execution_state"],
        "the kernel does not start",
    )
    time.sleep(3)


def main():
    if not sys.platform.startswith("linux") or os.geteuid():
        sys.exit("Trying a JupyterHub makes accounts: run it as root, on Linux.")
    # The accounts run this Python, so it must not be in the home folder of root.
    command = [shutil.which("runuser"), "-u", "nobody", "--", sys.executable, "-c", ""]
    if subprocess.run(command, capture_output=True, cwd="/").returncode:
        sys.exit(
            f"Other users cannot run {sys.executable}: put the project where all can read "
            "it, and use a Python that is installed for all (PYTHON=/usr/bin/python3)."
        )
    # Not in the home folder of root, which the accounts cannot read.
    folder = Path(tempfile.mkdtemp(prefix="hub-", dir="/var/tmp"))
    folder.chmod(0o755)
    try:
        try_a_class(folder)
    except Failure as error:
        sys.exit(f"\nThe trial failed: {error}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("The class works on a JupyterHub.")


if __name__ == "__main__":
    main()
