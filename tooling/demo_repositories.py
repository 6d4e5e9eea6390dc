# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The customers' code: bare Git repositories made of add-ons that are installed here.

Real code with a history of its own. Files, names and dates of a commit are fixed, so
the same versions of the add-ons give the same commit ids on every machine.
"""

import os
import shutil
import subprocess
from pathlib import Path

from . import manifests
from .console import Failure
from .demo_data import REPOSITORIES

IDENTITY = {"name": "Elis Norrman", "email": "elis.norrman@granlyckan.example.com"}
# What a person's or a machine's own configuration would change.
ISOLATED = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
}


def git(*arguments, cwd=None, date=None):
    """Run git as if this machine had no configuration; returns what it prints."""
    env = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    env |= ISOLATED
    for role in ("AUTHOR", "COMMITTER"):
        env[f"GIT_{role}_NAME"] = IDENTITY["name"]
        env[f"GIT_{role}_EMAIL"] = IDENTITY["email"]
        if date:
            env[f"GIT_{role}_DATE"] = date
    command = ["git", *map(str, arguments)]
    result = subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True)
    if result.returncode:
        raise Failure(f"{' '.join(command)} failed: {result.stderr.strip()}")
    return result.stdout.strip()


class Repositories:
    """All repositories of the demo below one folder."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def bare(self, name):
        return self.folder / f"{name}.git"

    def url(self, name):
        return self.bare(name).as_uri()

    def make(self):
        """Begin anew: every repository with its first commits."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for name in REPOSITORIES:
            bare = self.bare(name)
            bare.parent.mkdir(parents=True, exist_ok=True)
            git("init", "--quiet", "--bare", "--initial-branch=main", bare)
        self.push(0)

    def push(self, night):
        """Push what was committed before this night; returns {(name, branch): id}."""
        pushed = {}
        for name, branches in REPOSITORIES.items():
            for branch, commits in branches.items():
                if night < len(commits):
                    pushed[name, branch] = self._commit(name, branch, commits[night])
        return pushed

    def _commit(self, name, branch, commit):
        work = self.folder / ".work"
        shutil.rmtree(work, ignore_errors=True)
        git("init", "--quiet", f"--initial-branch={branch}", work)
        git("remote", "add", "origin", self.bare(name), cwd=work)
        git("fetch", "--quiet", "origin", cwd=work)
        for start in (branch, "main"):
            if git("branch", "--list", "--remotes", f"origin/{start}", cwd=work):
                git("reset", "--quiet", "--soft", f"origin/{start}", cwd=work)
                break
        for folder, modules in commit.folders.items():
            for module in modules:
                copy_module(module, work / folder / module)
        git("add", "--all", cwd=work)
        git(
            "commit",
            "--quiet",
            f"--message={commit.message}",
            cwd=work,
            date=commit.date,
        )
        git("push", "--quiet", "origin", f"HEAD:{branch}", cwd=work)
        commit_id = git("rev-parse", "HEAD", cwd=work)
        shutil.rmtree(work)
        return commit_id


def copy_module(name, target):
    shutil.copytree(
        manifests.folder_of(name),
        target,
        # Contents only: the permissions of an installation are not the code's.
        copy_function=shutil.copyfile,
        ignore=shutil.ignore_patterns("__pycache__", "*.pyc"),
    )
