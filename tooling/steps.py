# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Steps that can be interrupted at any point and simply run again.

A step is done when its stamp holds the hash of its inputs. The stamp is written
last and removed first, so whatever lies around without a stamp is rubbish and the
step starts from nothing.
"""

import hashlib
import json
import os
import time

from . import paths
from .console import Failure, say


class Step:
    """One thing that setup makes. Subclasses give `inputs`, `products`, `make`."""

    name = ""
    title = ""
    again = False

    def inputs(self):
        """Everything the result depends on, as something JSON can hold."""
        return None

    def products(self):
        """Paths that must exist, so that a folder deleted by hand is noticed."""
        return []

    def make(self, log):
        raise NotImplementedError

    # -- the frame ---------------------------------------------------------

    @property
    def stamp(self):
        return paths.STAMPS / self.name

    def key(self):
        text = json.dumps(self.inputs(), sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def was_complete(self):
        """There is a whole result, if perhaps of other inputs."""
        return self.stamp.exists() and self._has_products()

    def is_done(self):
        try:
            return self.stamp.read_text() == self.key() and self._has_products()
        except FileNotFoundError:
            return False

    def _has_products(self):
        return all(os.path.lexists(path) for path in self.products())

    def run(self, again=False):
        """`again`: asked for by name, so take nothing from a cache."""
        log = paths.LOGS / f"setup-{self.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_bytes(b"")
        complete = self.was_complete()
        self.again = again
        self.stamp.unlink(missing_ok=True)
        try:
            self.make_over(log) if complete else self.make(log)
        except OSError as error:
            raise Failure(f"{self.title}: {error}", "Run bin/setup again.") from error
        write_atomically(self.stamp, self.key())

    def make_over(self, log):
        """Make it again where a complete result of other inputs exists."""
        self.make(log)


def write_atomically(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)


def run_steps(steps, again=()):
    """Run what is not done. Returns the number of steps that had to run."""
    ran = 0
    for number, step in enumerate(steps, 1):
        if step.name not in again and step.is_done():
            continue
        started = time.monotonic()
        say(f"[{number}/{len(steps)}] {step.title} ...")
        step.run(again=step.name in again)
        say(f"[{number}/{len(steps)}] {step.title}: {time.monotonic() - started:.1f} s")
        ran += 1
    return ran
