# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Real Git repositories, made on the spot."""

import os
import subprocess

IDENTITY = {
    "GIT_AUTHOR_NAME": "Test",
    "GIT_AUTHOR_EMAIL": "test@example.com",
    "GIT_COMMITTER_NAME": "Test",
    "GIT_COMMITTER_EMAIL": "test@example.com",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
}


class Repository:
    def __init__(self, path, *, bare=False, object_format="sha1"):
        self.path = str(path)
        os.makedirs(self.path)
        options = [f"--object-format={object_format}", *(["--bare"] if bare else [])]
        self.git("init", "-q", "-b", "main", *options)
        # Serving a fetch searches for similarities among loose objects: slow here,
        # while the repositories of real servers are packed already.
        self.git("config", "pack.window", "0")
        self.git("config", "core.compression", "1")

    @property
    def url(self):
        return f"file://{self.path}"

    def git(self, *arguments, data=None, env=None):
        done = subprocess.run(
            ["git", "-C", self.path, *arguments],
            input=data,
            capture_output=True,
            check=False,
            env={"PATH": os.environ["PATH"], **IDENTITY, **(env or {})},
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout.decode(errors="surrogateescape").strip()

    def write(self, path, content=b""):
        """A file; path and content may be text or bytes."""
        full = os.path.join(os.fsencode(self.path), os.fsencode(path))
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)

    def module(self, path, manifest="{'name': 'Module'}", **files):
        """A module; keyword ``models__a_py`` is the file ``models/a.py``."""
        self.write(f"{path}/__manifest__.py", manifest)
        for name, content in files.items():
            stem, _dash, extension = name.replace("__", "/").rpartition("_")
            self.write(f"{path}/{stem}.{extension}", content)

    def link(self, path, target):
        full = os.path.join(self.path, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        os.symlink(target, full)

    def commit(self, message="Change", date="2026-01-31T12:00:00+01:00"):
        self.git("add", "--all", "--force", ".")
        env = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        self.git("commit", "-q", "--allow-empty", "-m", message, env=env)
        return self.git("rev-parse", "HEAD")

    # Trees that no file system would hold
    def blob(self, content):
        return self.git("hash-object", "-w", "--stdin", "--literally", data=content)

    def tree(self, entries):
        """A tree object of (mode, name as bytes, id), in the order given."""
        data = b"".join(
            mode.encode() + b" " + name + b"\0" + bytes.fromhex(oid)
            for mode, name, oid in entries
        )
        arguments = ("hash-object", "-w", "--stdin", "--literally", "-t", "tree")
        return self.git(*arguments, data=data)

    def commit_tree(self, tree, branch="main"):
        commit = self.git("commit-tree", "-m", "Made by hand", tree)
        self.git("update-ref", f"refs/heads/{branch}", commit)
        return commit
