# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/setup, killed again and again in a fresh checkout, still gets there.

Everything is real: the downloads (from the shared cache where it has them), the
unpacking, pip, npm, PostgreSQL, and SIGKILL.
"""

import os
import random
import shutil
import signal
import subprocess
import time

import pytest

from tooling import linting, paths, python_env

# Where to kill: the beginning of a step's title, and the seconds after its start at
# most. Either all its processes die or, as by the kernel's OOM killer, only one.
MOMENTS = [
    ("Odoo 19", 6, "all"),
    ("Odoo 19", 1, "one"),
    ("Python packages", 2, "all"),
    ("Python packages", 10, "all"),
    ("Formatter", 1, "all"),
    ("Formatter", 1, "one"),
    ("PostgreSQL", 0.5, "all"),
    ("Check", 1, "all"),
]
TITLES = list(dict.fromkeys(title for title, _longest, _whom in MOMENTS))


@pytest.fixture(scope="module")
def checkout():
    """A copy of the project's files, with nothing made yet."""
    folder = paths.BUILD / f"resume-test-{os.getpid()}"
    for name in linting.files():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(paths.ROOT / name, target)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def environment():
    # Without the virtual environment that runs this test, and with its own server.
    hidden = ("PGHOST", "PGPORT", "PGUSER", "ODOO_RC", "PYTHONPYCACHEPREFIX")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    folders = env["PATH"].split(os.pathsep)
    outside = [folder for folder in folders if folder != str(paths.VENV_BIN)]
    env["PATH"] = os.pathsep.join(outside)
    env["SUPPORT_CACHE"] = str(paths.CACHE)
    return env


def setup(checkout, env, *prefix):
    return subprocess.run(
        [*prefix, checkout / "bin/setup"],
        env=env,
        capture_output=True,
        text=True,
        timeout=600,
    )


def kill_during(checkout, env, title, delay, whom):
    """Start bin/setup and kill it in that step, or in a later one if that is done.

    :return: the titles of the steps that it began
    """
    later = TITLES[TITLES.index(title) + 1 :]
    process = subprocess.Popen(
        [checkout / "bin/setup"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    begun = []
    for line in process.stdout:
        begun += begun_steps(line)
        if title in begun:
            time.sleep(delay)
            break
        if set(begun) & set(later):
            break
    if whom == "all":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
    # What it said while it was left alone; whoever is left may hold the pipe open.
    os.set_blocking(process.stdout.fileno(), False)
    begun += begun_steps(process.stdout.read() or b"")
    process.stdout.close()
    return begun


def begun_steps(output):
    lines = output.decode().splitlines()
    return [
        title
        for line in lines
        for title in TITLES
        if f"] {title}" in line and line.endswith("...")
    ]


def test_setup_killed_at_random_moments_resumes(checkout, environment):
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    seen = set()
    for title, longest, whom in MOMENTS:
        delay = chance.uniform(0, longest)
        print(f"kill {whom} {delay:.1f} s into {title}")
        begun = kill_during(checkout, environment, title, delay, whom)
        # A step may have been completed just before a kill, never later ones.
        print("killed there" if title in begun else "that step was done")
        seen.update(begun)
        assert title in seen, f"setup never came to {title}"

    result = setup(checkout, environment)
    assert result.returncode == 0, result.stdout + result.stderr

    build = checkout / ".build"
    unfinished = [path.name for path in build.glob("*.new")]
    assert not unfinished


def test_what_it_made_is_complete(checkout, environment):
    tree = checkout / ".build/odoo"
    dangling = [
        path for path in tree.rglob("*") if path.is_symlink() and not path.exists()
    ]
    assert not dangling

    listed = subprocess.run(
        [checkout / ".build/venv/bin/pip", "list", "--format=freeze", "--local"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    installed = {
        python_env.normalized(name): version
        for name, _equals, version in (
            line.partition("==") for line in listed.splitlines()
        )
    }
    expected = python_env.pinned()
    assert {name: installed.get(name) for name in expected} == expected

    code = (
        "import odoo, odoo.addons.account, odoo.addons.contract\n"
        "from odoo.release import series; print(series)"
    )
    python = checkout / ".build/venv/bin/python"
    output = subprocess.check_output([python, "-c", code], env=environment, text=True)
    assert output == "19.0\n"

    query = (
        "from tooling import databases, postgres\n"
        "with postgres.running() as pg: print(databases.sql(pg, 'SELECT 1'))"
    )
    output = subprocess.check_output(
        ["python3", "-c", query], cwd=checkout, env=environment, text=True
    )
    assert output == "[['1']]\n"


def test_second_run_needs_no_network_and_no_time(checkout, environment):
    result, seconds = timed(setup, checkout, without_network(environment), *NO_NETWORK)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Everything was in place" in result.stdout
    assert seconds < 5  # 0.2 s on an idle machine


def timed(function, *arguments):
    started = time.monotonic()
    return function(*arguments), time.monotonic() - started


def can_cut_network():
    command = ["unshare", "--net", "true"]
    return subprocess.run(command, capture_output=True).returncode == 0


# A network namespace has no way out at all; where it cannot be had, every client is
# sent to a port that nobody listens on.
NO_NETWORK = ["unshare", "--net"] if can_cut_network() else []


def without_network(env):
    nowhere = "http://127.0.0.1:9"
    proxies = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
    return {**env, **dict.fromkeys(proxies, nowhere), "PIP_INDEX_URL": nowhere}
