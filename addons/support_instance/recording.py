# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the sources of an instance told is written down as a line count. Clause R2.

Readings are a list of (`support.source`, :class:`.cloc.Count`), in the sources' order;
the count has modules, files and flags. Flags are holds and notes: what makes it wait
for an approver. For their rules (count_flags.py) a count becomes a snapshot.
"""

import hashlib
import json
from functools import partial

from odoo import fields

from odoo.addons.support_contract.transactions import (
    commit_alone,
    describe,
    log_failure,
)

from . import cloc, count_flags
from .count_now import tell_asker

# Begun anew when another process was faster, so many times.
commit_count = partial(commit_alone, attempts=5)

# Odoo itself has some millions. An integer of the database has room for 21 instances
# with as many.
MOST_LINES = 10**8
LONGEST_NAME = 255  # as of a folder on the disk

# What a reading finds besides its modules.
FINDINGS = ("submodules", "unseen", "links", "repeated", "reencoded", "left_out")


def record_outcome(instance, readers, outcome, seconds=0):
    """Write down what reading an instance has brought, in a transaction of its own.

    :param readers: what was read, as `_get_readers` returned it
    :param outcome: list of :class:`.cloc.Count`, or the exception
    :param seconds: what it took of its customer's time
    :return: whether the instance is counted
    """
    instance.ensure_one()
    try:
        return commit_count(
            instance.env, lambda: _record_once(instance, readers, outcome, seconds)
        )
    except Exception as error:  # one instance never stops the others
        problem = error
    return commit_count(
        instance.env, lambda: _record_once(instance, readers, problem, seconds)
    )


def _record_once(instance, readers, outcome, seconds):
    if not instance.exists():
        return False
    # sudo: the system's own notes, nobody's to write.
    instance_sudo = instance.sudo()
    tried, company_sudo = instance_sudo.date_count_tried, instance_sudo.company_id
    midnight = company_sudo._support_midnight(company_sudo._support_today())
    if tried and tried >= midnight:
        seconds += instance_sudo.count_seconds
    instance_sudo.write(
        {"date_count_tried": fields.Datetime.now(), "count_seconds": seconds}
    )
    known = instance_sudo.count_ids
    is_counted = _record_reading(instance, readers, outcome)
    if instance_sudo.date_count_asked and is_counted is not None:
        tell_asker(instance_sudo, known)
    return bool(is_counted)


def _record_reading(instance, readers, outcome):
    """Whether it is counted; None if what was read is no longer what it has."""
    # sudo: as above.
    instance_sudo = instance.sudo()
    try:
        if isinstance(outcome, Exception):
            raise outcome
        if instance._get_readers() != readers:
            # Somebody has changed the sources meanwhile; these are not its lines.
            return None
    except cloc.CountError as error:
        instance_sudo.count_error = str(error)
        return False
    except Exception as error:
        log_failure("the lines could not be counted", instance, error)
        instance_sudo.count_error = describe(instance.env, error)
        return False
    instance = instance.with_company(instance.company_id)
    instance._record_count(list(zip(instance.source_ids, outcome, strict=True)))
    return True


class Recording:
    """A new count from the readings of an instance's sources.

    Covered modules, as the instance has them now, are the billed ones (clause R2).

    :param counts: `support.count`, none of them, with the rights of the system
    :param readings: list of (`support.source`, :class:`.cloc.Count`)
    """

    def __init__(self, counts, instance, readings):
        self.env = counts.env
        self.counts = counts
        self.instance = instance
        self.readings = readings
        self.billed = Readings(instance, readings).get_billed_keys()

    def make_count(self, digest):
        """A count with its modules, files and flags.

        :param digest: as :func:`get_digest` returns it for the readings
        """
        counts = self.counts
        count = counts.create(
            counts._prepare_count_vals(self.instance, self.readings, digest)
            | {"billed_lines": self._get_billed_lines()}
        )
        self._make_modules(count)
        # They are compared in the order of the database.
        count.invalidate_recordset()
        self.env["support.count.flag"].create(self._prepare_flags_vals(count))
        count._seal()
        return count

    def _get_billed_lines(self):
        # What two sources have in common counts once, as for two instances.
        return sum(
            {
                (module.name, module.digest or (source.id, module.path)): module.code
                for source, reading in self.readings
                for module in reading.modules
                if (source.id, module.name) in self.billed
            }.values()
        )

    def _make_modules(self, count):
        """The modules of the count, and their files."""
        counted = [
            (source, reading, module)
            for source, reading in self.readings
            for module in reading.modules
        ]
        modules = self.env["support.count.module"].create(
            [
                count._prepare_module_vals(source, module, reading.revision)
                | {"billed": (source.id, module.name) in self.billed}
                for source, reading, module in counted
            ]
        )
        self.env["support.count.line"].create(
            [
                count._prepare_line_vals(file)
                | {"count_id": count.id, "module_id": record.id}
                for record, (__, __, module) in zip(modules, counted, strict=True)
                for file in module.files
            ]
        )

    def _prepare_flags_vals(self, count):
        """Values of `support.count.flag`, one for each thing to see; what was accepted
        before stays so."""
        known = self._get_accepted_items(count._get_previous())
        accepted = bool(count._get_accepted_with())
        return [
            {
                "count_id": count.id,
                "module": flag.module,
                "kind": flag.kind,
                "level": flag.level,
                "items": "\n".join(flag.items),
                "lines_before": flag.before,
                "lines_after": flag.after,
                "digest": flag.digest,
                "accepted": flag.level == count_flags.HOLD
                and (
                    accepted
                    or flag.is_within(known.get((flag.kind, flag.module), set()))
                ),
            }
            for flag in count._find_flags(self.readings)
        ]

    def _get_accepted_items(self, previous):
        """{(kind, module): what an approver has accepted} of an approved count."""
        accepted = {
            (flag.kind, flag.module or ""): set((flag.items or "").split("\n"))
            for flag in previous.flag_ids
            if flag.accepted
        }
        # Counts of earlier versions named files without their content. It is known.
        bare = {
            module
            for (kind, module), items in accepted.items()
            if kind in ("cloc_exclude", "demo")
            and not all("\t" in item or item.startswith("pattern: ") for item in items)
        }
        if bare:
            for line in previous.line_ids.filtered("excluded"):
                for kind in ("cloc_exclude", "demo"):
                    items = accepted.get((kind, line.module_id.name), set())
                    if line.path in items:
                        items.add(f"{line.path}\t{line.blob or ''}")
        return accepted


def get_digest(readings):
    """Fingerprint of several sources together: of their own, in their order.

    Of what is to see besides the counted files, too: it makes a new count.
    """
    digests = "\n".join(reading.digest for __, reading in readings)
    counted = hashlib.sha256(digests.encode()).hexdigest()
    seen = [
        (
            [
                (
                    module.excluded,
                    # A file left out that grows is something new to see.
                    module.left_out,
                    *module.cloc_exclude,
                    *module.loaded,
                )
                for module in reading.modules
            ],
            *(getattr(reading, name) for name in FINDINGS),
        )
        for __, reading in readings
    ]
    # What runs and is in no source changes nothing in what is counted.
    sourceless = sorted(get_sourceless(readings))
    # What is looked for since a later version makes a new count where it is found.
    dense = [
        (module.path, *each)
        for __, reading in readings
        for module in reading.modules
        for each in module.dense
    ]
    text = json.dumps([counted, seen, *sourceless, *dense])
    return hashlib.sha256(text.encode()).hexdigest()


def get_sourceless(readings):
    """Names of modules that the instance runs, as it says itself, and no source has."""
    installed, there = set(), set()
    for __, reading in readings:
        installed.update(reading.installed or ())
        there.update(module.name for module in reading.modules)
    return frozenset(installed - there - count_flags.core_names())


def check_size(env, readings):
    """Refuse what cannot be written down, before the database does.

    A repository of some kilobytes can name the same files without end, and a running
    Odoo can call its modules what it likes.

    :raise cloc.SourceTooLarge: with a sentence that says what to do
    """
    lines = sum(reading.total for __, reading in readings)
    if lines > MOST_LINES:
        raise cloc.SourceTooLarge(
            env._(
                "The sources have %(lines)s lines together; the limit is %(most)s. "
                "Name the folders of the source that are in use, or look for a "
                "repository that has the same files again and again.",
                lines=lines,
                most=MOST_LINES,
            )
        )
    for __, reading in readings:
        for name in (*(m.name for m in reading.modules), *(reading.installed or ())):
            if len(name) > LONGEST_NAME:
                raise cloc.SourceTooLarge(
                    env._(
                        "A module has a name of %(length)s characters: %(name)s… "
                        "No folder can be called so; rename it in the instance.",
                        length=len(name),
                        name=name[:50],
                    )
                )


def drop_overlaps(readings):
    """The readings; what sources of one repository have in common is in one."""
    counts = cloc.without_overlaps(
        [reading if source.kind == "git" else None for source, reading in readings]
    )
    return [
        (source, count or reading)
        for (source, reading), count in zip(readings, counts, strict=True)
    ]


class Readings:
    """Which modules of the readings the instance really runs, and which are billed.

    :param instance: `support.instance`
    :param readings: of all of its sources
    """

    def __init__(self, instance, readings):
        instance.ensure_one()
        self.env = instance.env
        self.instance = instance
        self.readings = readings

    def get_billed_keys(self):
        """The modules that are billed: covered and, where a source knows, installed.

        :return: set of (id of the source, name of the module)
        """
        return self._get_covered_keys() - self._get_unused_keys()

    def get_not_installed(self):
        """Names of covered modules that are not billed, for the instance says that it
        does not run them."""
        unused = self._get_covered_keys() & self._get_unused_keys()
        return {name for __, name in unused}

    def _get_covered_keys(self):
        modules = self.instance.module_ids
        covered = set(modules.filtered("covered").mapped("name"))
        return {
            (source.id, module.name)
            for source, reading in self.readings
            for module in reading.modules
            if module.name in covered
        }

    def _get_unused_keys(self):
        known = [r.installed for __, r in self.readings if r.installed is not None]
        installed = set().union(*known)
        return {
            (source.id, module.name)
            for source, reading in self.readings
            # Only a repository has modules that may not be in use: what a running
            # instance tells of itself is there.
            if known and source.kind == "git"
            for module in reading.modules
            if module.name not in installed
        }

    def note_modules(self):
        """Write down at the instance what was found; with the rights of the system."""
        self._note_code()
        self._note_installed()

    def _note_code(self):
        """Note which modules the code has; new ones are covered, as their lines are.

        What a person decided about a module stays.
        """
        found = {
            module.name: module
            for __, reading in self.readings
            for module in reading.modules
        }
        Module = self.env["support.instance.module"]._with_permission()
        known = {module.name: module for module in self.instance.module_ids}
        for name in known.keys() - found.keys():
            known[name].write({"in_last_count": False, "code_lines": 0})
        new = []
        for name, module in found.items():
            vals = {
                "version": module.info.get("version") or False,
                "author": module.info.get("author") or False,
                "code_lines": module.code,
                "in_last_count": True,
            }
            if name in known:
                known[name].write(vals)
                continue
            origin = Module._guess_origin(name, vals["author"])
            new.append(
                {
                    **vals,
                    "instance_id": self.instance.id,
                    "name": name,
                    "origin": origin,
                    "covered": origin != "core",
                }
            )
        Module.create(new)

    def _note_installed(self):
        """Note which modules are installed, and in which version, as far as known."""
        known = [r.installed for __, r in self.readings if r.installed is not None]
        found = {name: version for each in known for name, version in each.items()}
        own = {
            module.name
            for source, reading in self.readings
            if source.kind != "git"
            for module in reading.modules
        }
        for module in self.instance.module_ids._with_permission():
            name = module.name
            if name in found or name in own:
                state = "yes"
            else:
                state = "no" if known else "unknown"
            vals = {"installed": state, "installed_version": found.get(name) or False}
            if any(module[field] != value for field, value in vals.items()):
                module.write(vals)
        series = next((r.series for __, r in self.readings if r.series), "")
        if series and not self.instance.series:
            self.instance.series = series


def find_flags(count, readings):
    """See :meth:`SupportCount._find_flags`."""
    previous, reference = count._get_previous(), count._get_reference()
    agreed = count.contract_id._get_agreed
    return count_flags.find_flags(
        CountSnapshot(count, readings).take(),
        CountSnapshot(previous).take() if previous else None,
        count_flags.Limits(
            drop=agreed("count_drop_percent").value,
            jump=agreed("count_jump_percent").value,
            least=agreed("count_change_lines").value,
        ),
        count_flags.Snapshot(modules=CountSnapshot(reference).take_modules())
        if reference != previous
        else None,
    )


class CountSnapshot:
    """Take a snapshot of a count: values that need no database any more.

    :param count: `support.count`
    :param readings: what it was made of, if that is at hand: there is more to see in it
        than the count keeps
    """

    def __init__(self, count, readings=()):
        count.ensure_one()
        self.count = count
        self.readings = readings

    def take(self):
        """What the count says.

        :return: :class:`.count_flags.Snapshot`
        """
        count, readings = self.count, self.readings
        found = self._get_findings
        return count_flags.Snapshot(
            modules=self.take_modules(
                self._get_files(), self._get_told("loaded"), self._get_told("dense")
            ),
            outside=tuple((file.path, file.blob) for file in found("outside")),
            **{name: found(name) for name in FINDINGS},
            open_errors=self._get_open_errors() if readings else (),
            empty=tuple(
                source.display_name
                for source, reading in readings
                # Only of a repository it is unusual to have no module.
                if source.kind == "git" and not reading.modules and not reading.repeated
            ),
            sourceless=get_sourceless(readings),
            not_installed=frozenset(
                Readings(count.instance_id, readings).get_not_installed()
            ),
        )

    def take_modules(self, files=None, loaded=None, dense=None):
        """The modules of the count, for comparison.

        :param files: {id of the module: list of :class:`.count_flags.File`}
        :param loaded: {(id of the source, path of the module): paths}, see Module
        :param dense: the same, of what Module has
        """
        files, loaded, dense = files or {}, loaded or {}, dense or {}

        def told(found, module):
            return tuple(found.get((module.source_id.id, module.path or ""), ()))

        return tuple(
            count_flags.Module(
                name=module.name,
                code=module.code_lines,
                billed=module.billed,
                error=module.error or "",
                cloc_exclude=tuple((module.cloc_exclude or "").splitlines()),
                files=tuple(files.get(module.id, ())),
                place=f"{module.path or '.'} ({module.source_name or ''})",
                digest=module.digest or "",
                loaded=told(loaded, module),
                dense=told(dense, module),
            )
            for module in self.count.module_ids
        )

    def _get_findings(self, name):
        return tuple(
            what for __, reading in self.readings for what in getattr(reading, name)
        )

    def _get_files(self):
        files = {}
        names = ["module_id", "path", "code_lines", "blob", "excluded", "error"]
        for line in self.count.line_ids.read(names, load=None):
            files.setdefault(line["module_id"], []).append(
                count_flags.File(
                    line["path"],
                    line["code_lines"],
                    line["blob"] or "",
                    line["excluded"],
                    line["error"] or "",
                )
            )
        return files

    def _get_told(self, name):
        return {
            (source.id, module.path): getattr(module, name)
            for source, reading in self.readings
            for module in reading.modules
            if getattr(module, name)
        }

    def _get_open_errors(self):
        """(module, path) of errors in the report before this one, not accepted yet."""
        before = self.count.search(
            [
                ("instance_id", "=", self.count.instance_id.id),
                ("id", "<", self.count.id),
            ],
            order="id desc",
            limit=1,
        )
        if before.state == "approved" or "cloc=reported" not in (before.ruleset or ""):
            return ()
        return tuple(
            (flag.module or "", path)
            for flag in before.flag_ids.filtered("waits")
            if flag.kind in ("error", "error_gone")
            for path, *__ in flag._get_items()
        )
