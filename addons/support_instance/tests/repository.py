# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Real Git repositories for tests, made on the spot."""

import os
import subprocess
from pathlib import Path

# A fixed identity and clock, and nothing from the machine's own configuration: the
# same files give the same commit everywhere.
GIT_ENV = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Test",
    "GIT_AUTHOR_EMAIL": "test@example.com",
    "GIT_COMMITTER_NAME": "Test",
    "GIT_COMMITTER_EMAIL": "test@example.com",
}


class Repository:
    """A bare repository, and a work tree beside it to commit from."""

    def __init__(self, folder):
        self.work = Path(folder) / "work"
        self.bare = Path(folder) / "bare.git"
        self._git("init", "--quiet", "--bare", "--initial-branch=main", str(self.bare))
        self._git("clone", "--quiet", str(self.bare), str(self.work))
        self._git("-C", str(self.work), "checkout", "--quiet", "-B", "main")

    @property
    def url(self):
        return self.bare.as_uri()

    def commit(self, files, message="Change", date="2026-01-01T12:00:00+00:00"):
        """Write ``{path: text}``, commit and push; returns the commit's id.

        A text of None deletes the file.
        """
        for path, text in files.items():
            target = self.work / path
            if text is None:
                target.unlink()
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            # As it is, whatever ends its lines
            target.write_text(text, newline="")
        work = ("-C", str(self.work))
        self._git(*work, "add", "--all")
        self._git(*work, "commit", "--quiet", "-m", message, date=date)
        self._git(*work, "push", "--quiet", "origin", "main")
        return self._git(*work, "rev-parse", "HEAD").strip()

    def _git(self, *arguments, date=None):
        env = os.environ | GIT_ENV
        if date:
            env |= {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        return subprocess.run(
            ["git", *arguments], env=env, check=True, capture_output=True, text=True
        ).stdout


def module_files(name, lines, manifest=""):
    """Files of a module with exactly ``lines`` countable lines of Python."""
    body = "".join(f"x{index} = {index}\n" for index in range(lines))
    return {
        f"{name}/__manifest__.py": f"{{'name': '{name}', {manifest}}}\n",
        f"{name}/__init__.py": "",
        f"{name}/models.py": body,
    }
