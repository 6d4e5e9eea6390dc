# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/test: every test once, side by side, and a plain line at the end."""

import argparse
import contextlib
import json
import os
import re
import signal
import subprocess
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass, field

from . import (
    clauses,
    databases,
    manifests,
    measuring,
    odoo,
    odoo_log,
    paths,
    postgres,
    setup,
    system,
)
from .console import RUNNING, Failure, say, tail
from .steps import write_atomically

HELP = """\
Set up, then run all tests: those of each add-on on a database of its own, with nothing
but what it depends on, and the files and folders of tests/ with pytest, some of them on
a database with all add-ons. They run side by side.

A warning or an error in Odoo's log fails the run, as does a skipped test, unless
bin/setup said why it would be skipped (no browser without root).

  bin/test                          everything but what takes long
  bin/test --long                   that, too: wheels, a clone of Odoo, uninstalling
  bin/test support_contract         one add-on
  bin/test tests/test_demo.py       a file of pytest tests (also FILE::TEST)
  bin/test support_contract --tags :TestCount.test_twice
"""

TIMES = paths.BUILD / "test-seconds.json"
TIMEOUT = 40 * 60
MAX_AGE_OF_LOGS = 7 * 24 * 3600
DATABASE = "test_{pid}_{name}"

# Says in a file of tests/ that it is for `--long` only.
LONG = "pytestmark = pytest.mark.long"

# What the time goes into.
PREPARING = "prepared databases"
INSTALLING = "installing each add-on"
ADDON_TESTS = "tests of the add-ons"
OTHER_TESTS = "tests/"


@dataclass
class Result:
    tests: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    parts: dict = field(default_factory=dict)  # what the seconds went into
    failures: list = field(default_factory=list)  # what failed tests say
    faults: list = field(default_factory=list)  # what is wrong besides
    notes: list = field(default_factory=list)
    outcomes: dict = field(default_factory=dict)  # test: passed, failed, skipped

    @property
    def passed(self):
        return self.tests - self.failed - self.skipped

    @property
    def problems(self):
        return [*self.failures, *self.faults]


class Job:
    """Something the workers do. `needs` are jobs that must be done before."""

    counts = True
    part = OTHER_TESTS

    def __init__(self, name, needs=()):
        self.name = name
        self.needs = list(needs)
        self.result = None
        self.process = None

    @property
    def log(self):
        return paths.LOGS / f"test-{re.sub(r'[^A-Za-z0-9_.]+', '-', self.name)}.log"

    def run(self, context):
        raise NotImplementedError

    def call(self, context, command, env):
        """Run a process that an interruption of the whole run can end."""
        if context.stopping:
            raise Failure("interrupted")
        with open(self.log, "wb") as stream:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                cwd=paths.ROOT,
                # A group of its own, so that a browser it started ends with it.
                start_new_session=True,
            )
            try:
                return self.process.wait(TIMEOUT)
            except subprocess.TimeoutExpired as error:
                raise Failure(f"not done after {TIMEOUT // 60} minutes") from error
            finally:
                self.kill()

    def kill(self):
        process = self.process
        if process:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()


class Prepare(Job):
    """Make the prepared database that add-ons with these dependencies need."""

    counts = False
    part = PREPARING

    def __init__(self, modules, needs):
        super().__init__(f"prepared database: {', '.join(modules)}", needs)
        self.modules = modules

    def run(self, context):
        databases.prepared_database(context.pg, self.modules, alone=True)
        return Result()


class AddonJob(Job):
    """One add-on's tests on a database of its own, without any other of ours.

    Those that Odoo adds of itself are left out: what an add-on needs, it must name.
    """

    part = INSTALLING

    def __init__(self, addon, prepare, tags):
        super().__init__(addon, [prepare])
        self.prepare = prepare
        self.tags = tags

    def run(self, context):
        pid = os.getpid()
        database = DATABASE.format(pid=pid, name=self.name)
        template = databases.prepared_database(
            context.pg, self.prepare.modules, quiet=True, alone=True
        )
        port = odoo.free_port()
        databases.drop_database(context.pg, database)
        try:
            databases.copy_database(
                context.pg, template, database, f"http://127.0.0.1:{port}"
            )
            arguments = ["--database", database, "--init", self.name, odoo.ALONE]
            arguments += ["--test-tags", self._test_tags(), "--stop-after-init"]
            arguments += ["--http-port", port, "--gevent-port", odoo.free_port()]
            arguments += ["--screenshots", paths.LOGS / "screenshots"]
            begun = time.monotonic()
            code = self.call(
                context, odoo.command(*arguments), odoo.environment(context.pg)
            )
            return self._read(code, time.monotonic() - begun)
        finally:
            if context.keep:
                say(f"kept: database {database}")
            else:
                # If the server is gone, the test's own result tells more.
                with contextlib.suppress(Failure):
                    databases.drop_database(context.pg, database)

    def _test_tags(self):
        if not self.tags:
            return f"/{self.name}"
        tags = (tag.strip() for tag in self.tags.split(","))
        return ",".join(f"/{self.name}{tag}" if tag[0] in ":." else tag for tag in tags)

    def _read(self, code, seconds):
        text = self.log.read_text(encoding="utf-8", errors="replace")
        tests = odoo_log.tests(text, seconds)
        result = Result()
        result.outcomes = dict.fromkeys(tests.started, "passed")
        before = tests.seconds_before
        result.parts = {INSTALLING: before, ADDON_TESTS: seconds - before}
        for name, reason in tests.skipped.items():
            result.outcomes[name] = "skipped"
            note = f"skipped {name}: {reason}"
            if odoo_log.NO_BROWSER in reason and not system.browser():
                result.notes.append(note)
            else:
                result.faults.append(note)
        for name, message in tests.failed.items():
            result.outcomes[name] = "failed"
            result.failures.append(message)
        result.faults += map(str, tests.complaints)
        if tests.announced != len(tests.started) and not result.problems:
            result.faults.append(
                f"{len(tests.started)} tests were started, Odoo says {tests.announced}"
            )
        has_tests = any((paths.ADDONS / self.name / "tests").glob("test_*.py"))
        if has_tests and not tests.started and not self.tags:
            result.faults.append("no test was run although there are test files")
        if code and not result.problems:
            what = f"Odoo ended with exit status {code}"
            result.faults.append(f"{what}\n{tail(self.log)}")
        return result


class PytestJob(Job):
    """One file or folder of tests/."""

    def __init__(self, target, tags):
        super().__init__(target)
        self.target = target
        self.tags = tags

    def run(self, context):
        report = self.log.with_suffix(".xml")
        report.unlink(missing_ok=True)
        command = [paths.PYTHON, "-m", "pytest", self.target, "--junitxml", report]
        command += ["-q", "-ra", "--color=no"]
        if self.tags:
            command += ["-k", self.tags]
        env = odoo.environment(context.pg)
        env["SUPPORT_TEST_KEEP"] = "1" if context.keep else ""
        code = self.call(context, command, env)
        return self._read(code, report)

    def _read(self, code, report):
        result = Result()
        try:
            cases = list(ElementTree.parse(report).iter("testcase"))
        except (OSError, ElementTree.ParseError):
            cases = []
        for case in cases:
            name = f"{case.get('classname')}.{case.get('name')}"
            bad = case.find("failure")
            bad = case.find("error") if bad is None else bad
            skipped = case.find("skipped")
            if bad is not None:
                result.outcomes[name] = "failed"
                result.failures.append(f"{name}: {bad.get('message')}\n{bad.text}")
            elif skipped is not None:
                result.outcomes[name] = "skipped"
                note = f"skipped {name}: {skipped.get('message')}"
                announced = odoo_log.NO_BROWSER in note and not system.browser()
                (result.notes if announced else result.faults).append(note)
            else:
                result.outcomes.setdefault(name, "passed")
        if code and not result.problems:
            what = "found no test" if code == 5 else f"ended with exit status {code}"
            result.faults.append(f"pytest {what}\n{tail(self.log)}")
        return result


# -- what to run -------------------------------------------------------------


def pytest_targets(with_long=False):
    """The entries of tests/ that hold tests: one job each."""
    entries = sorted(paths.TESTS.iterdir()) if paths.TESTS.is_dir() else []
    return [
        f"tests/{path.name}"
        for path in entries
        if (path.is_dir() and any(path.rglob("test_*.py")))
        or (
            re.fullmatch(r"test_.*\.py", path.name)
            and (with_long or LONG not in path.read_text(encoding="utf-8"))
        )
    ]


def plan(targets, tags, with_long=False):
    addons = manifests.own()
    targets = [target.rstrip("/").removeprefix("addons/") for target in targets]
    files = [target for target in targets if target not in addons]
    for target in files:
        if not (paths.ROOT / target.partition("::")[0]).exists():
            raise Failure(
                f"{target} is neither an add-on nor a path",
                f"Add-ons: {', '.join(addons) or 'none'}",
            )
    chosen = [name for name in addons if name in targets or not targets]
    if targets == ["tests"] or not targets:
        files = pytest_targets(with_long)
    # Small prepared databases first: the larger ones are made from them.
    needed = sorted(
        {tuple(manifests.outside(name)) for name in chosen},
        key=lambda modules: len(manifests.closure(modules)),
    )
    prepares = []
    for modules in needed:
        prepares.append(Prepare(list(modules), prepares[-1:]))
    by_modules = dict(zip(needed, prepares, strict=True))
    jobs = [
        AddonJob(name, by_modules[tuple(manifests.outside(name))], tags)
        for name in chosen
    ]
    return prepares, [*jobs, *(PytestJob(path, tags) for path in files)]


# -- running -----------------------------------------------------------------


class Run:
    """Workers take the job that is ready and is expected to last longest."""

    def __init__(self, pg, jobs, workers, keep):
        self.pg = pg
        self.keep = keep
        self.workers = workers
        self.stopping = False
        self.waiting = list(jobs)
        self.going = []
        self.done = []
        self.changed = threading.Condition()
        self.seconds = _read_times()

    def execute(self):
        threads = [
            threading.Thread(target=self._work, daemon=True)
            for _number in range(self.workers)
        ]
        for thread in threads:
            thread.start()
        try:
            while any(thread.is_alive() for thread in threads):
                time.sleep(0.1)
        except BaseException:
            self.stopping = True
            with self.changed:
                self.waiting.clear()
                self.changed.notify_all()
            while any(thread.is_alive() for thread in threads):
                for job in list(self.going):
                    job.kill()
                for process in list(RUNNING):
                    process.kill()
                time.sleep(0.1)
            raise

    def _next(self):
        ready = [
            job for job in self.waiting if all(need in self.done for need in job.needs)
        ]
        # What others wait for comes first.
        return max(
            ready,
            key=lambda job: (not job.counts, self.seconds.get(job.name, 45)),
            default=None,
        )

    def _work(self):
        while True:
            with self.changed:
                while self.waiting and not (job := self._next()):
                    self.changed.wait()
                if not self.waiting:
                    return
                self.waiting.remove(job)
                self.going.append(job)
            started = time.monotonic()
            try:
                result = job.run(self)
            except Failure as failure:
                end = tail(failure.log) if failure.log else ""
                result = Result(faults=[f"{failure.what}\n{end}".strip()])
            except Exception as error:  # shown, counted as a failure, others go on
                result = Result(faults=[f"{type(error).__name__}: {error}"])
            result.seconds = time.monotonic() - started
            result.parts = result.parts or {job.part: result.seconds}
            _sum_up(result)
            job.result = result
            self._report(job)
            with self.changed:
                self.going.remove(job)
                self.done.append(job)
                self.changed.notify_all()

    def _report(self, job):
        result = job.result
        if self.stopping or not (job.counts or result.problems):
            return
        say(
            f"{'FAILED' if result.problems else 'ok':6} {job.name}:"
            f" {result.tests} tests, {result.seconds:.0f} s"
        )


def _sum_up(result):
    outcomes = Counter(result.outcomes.values())
    result.tests = len(result.outcomes)
    result.failed, result.skipped = outcomes["failed"], outcomes["skipped"]
    if result.faults:
        # A warning in the log, an installation that failed, a skip without a reason:
        # one more failure, so that the totals tell the truth.
        result.tests += 1
        result.failed += 1


def _read_times():
    try:
        return json.loads(TIMES.read_text())
    except (OSError, ValueError):
        return {}


def _drop_leftovers(pg):
    """Databases of test runs that were killed, and logs nobody will read any more."""
    for log in paths.LOGS.glob("*"):
        if log.is_file() and time.time() - log.stat().st_mtime > MAX_AGE_OF_LOGS:
            log.unlink()
    for name in databases.names(pg, "test_"):
        match = re.match(r"test_(\d+)_", name)
        if match and not os.path.exists(f"/proc/{match[1]}"):
            databases.drop_database(pg, name)


def _print_results(jobs):
    for job in jobs:
        result = job.result
        if result.problems:
            say(f"\n=== {job.name} ({paths.relative(job.log)})")
            for problem in result.problems:
                say(problem.rstrip())
    counted = [job for job in jobs if job.counts]
    width = max([len(job.name) for job in counted] + [3])
    say(f"\n{'job':{width}}  tests  failed  skipped  seconds")
    for job in counted:
        result = job.result
        say(
            f"{job.name:{width}}  {result.tests:5}  {result.failed:6}"
            f"  {result.skipped:7}  {result.seconds:7.1f}"
        )
    parts = Counter()
    for job in jobs:
        parts.update(job.result.parts)
    told = ", ".join(f"{part} {seconds:.0f}" for part, seconds in parts.items())
    say(f"\nseconds by part, side by side: {told}")
    for job in counted:
        for note in job.result.notes:
            say(f"{job.name}: {note}")


def _save(jobs, seconds):
    seconds.update({job.name: round(job.result.seconds, 1) for job in jobs})
    write_atomically(TIMES, json.dumps(seconds, indent=1, sort_keys=True))
    outcomes = {job.name: job.result.outcomes for job in jobs if job.counts}
    text = json.dumps(outcomes, indent=1, sort_keys=True)
    write_atomically(paths.LOGS / "test-outcomes.json", text)


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="bin/test",
        description=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("targets", nargs="*", metavar="ADDON|PATH")
    parser.add_argument(
        "--tags", help="Odoo's --test-tags for add-ons, pytest's -k for files"
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=len(os.sched_getaffinity(0)),
        metavar="N",
        help="how many run side by side (default: the number of cores, %(default)s)",
    )
    parser.add_argument(
        "--keep", action="store_true", help="keep the databases, to look into them"
    )
    parser.add_argument(
        "--long",
        action="store_true",
        help="also what takes long; implies --coverage",
    )
    parser.add_argument(
        "--coverage",
        action="store_true",
        help="say how many branches of the add-ons no test enters",
    )
    options = parser.parse_args(arguments)
    started = time.monotonic()
    setup.ensure()
    prepares, jobs = plan(options.targets, options.tags, options.long)
    if not jobs:
        raise Failure("There is nothing to test")
    measured = options.long or options.coverage
    if measured:
        measuring.begin()
    with postgres.running() as pg:
        _drop_leftovers(pg)
        databases.drop_stale(pg)
        run = Run(pg, [*prepares, *jobs], options.jobs, options.keep)
        run.execute()
    _save([*prepares, *jobs], run.seconds)
    _print_results([*prepares, *jobs])
    results = [job.result for job in [*prepares, *jobs]]
    passed = sum(result.passed for result in results)
    failed = sum(result.failed for result in results)
    skipped = sum(result.skipped for result in results)
    if not options.targets:
        outcomes = {}
        for result in results:
            outcomes.update(result.outcomes)
        say("\nThe clauses of the agreement and the tests that show them:")
        for missing in clauses.report(outcomes, say):
            say(missing)
            failed += 1
    if measured:
        say()
        for line in measuring.report():
            say(line)
    say(f"\n{time.monotonic() - started:.0f} s in all")
    more = f", {skipped} skipped" if skipped else ""
    say(f"{passed} passed, {failed} failed{more}")
    return 1 if failed or not passed else 0
