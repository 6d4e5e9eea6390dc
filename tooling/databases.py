# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Databases: prepared ones, made once, and copies of them, made in seconds.

A prepared database has add-ons that are *not ours* installed, without demo data.
Whoever tests the installation of our add-ons copies one and installs them on the copy.
An installed database has ours as well, as they are in the folder at this moment.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import time

from . import manifests, odoo, odoo_home, paths
from .console import Failure, run, say
from .locks import exclusive
from .postgres import binary

PREPARED = "prepared_"
INSTALLED = "installed_"
# A prepared database that nobody has copied for so long is dropped.
MAX_AGE = 14 * 24 * 3600
# One that was used so recently may be about to be copied by another command.
MIN_AGE = 1800


def sql(pg, statement, database="postgres"):
    """Run one statement; returns the rows as lists of strings."""
    command = [binary("psql"), "--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]
    command += ["--field-separator", "\t", "--set", "ON_ERROR_STOP=1"]
    result = subprocess.run(
        [*map(str, command), "--dbname", database, "--command", statement],
        env={**os.environ, **pg},
        capture_output=True,
        text=True,
    )
    if result.returncode:
        raise Failure(f"PostgreSQL refuses: {result.stderr.strip()}\n({statement})")
    return [line.split("\t") for line in result.stdout.splitlines() if line]


def _checked(name):
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}", name):
        raise Failure(f"{name!r} cannot be the name of a database")
    return name


def filestore(name):
    return paths.DATA / "filestore" / _checked(name)


def exists(pg, name):
    query = f"SELECT 1 FROM pg_database WHERE datname = '{_checked(name)}'"
    return bool(sql(pg, query))


def names(pg, prefix=""):
    """The databases whose name starts so."""
    rows = sql(pg, "SELECT datname FROM pg_database WHERE NOT datistemplate")
    return sorted(name for (name,) in rows if name.startswith(prefix))


def drop_database(pg, name):
    """Drop the database and its files, connected or not, there or not."""
    sql(pg, f'DROP DATABASE IF EXISTS "{_checked(name)}" WITH (FORCE)')
    shutil.rmtree(filestore(name), ignore_errors=True)
    # What support_contract_billing remembers of its runs outside the database.
    stamp = paths.DATA / "support_contract_billing" / f"{name}.json"
    stamp.unlink(missing_ok=True)


def copy_database(pg, template, name, base_url=None):
    """Copy a prepared database: its tables, its files, and an identity of its own.

    Fails if `name` exists. `base_url`: where the copy will be served, which matters to
    PDF documents (their style sheets are fetched from there).
    """
    ((version,),) = sql(pg, "SHOW server_version_num")
    # Quicker than the default, which writes every page to the log.
    strategy = "STRATEGY FILE_COPY" if int(version) >= 150000 else ""
    sql(pg, f'CREATE DATABASE "{_checked(name)}" TEMPLATE "{template}" {strategy}')
    target = filestore(name)
    shutil.rmtree(target, ignore_errors=True)
    if filestore(template).exists():
        # Odoo never changes a file in its store, so copies can share them.
        shutil.copytree(filestore(template), target, copy_function=os.link)
    changes = (
        "UPDATE ir_config_parameter SET value = gen_random_uuid()"
        " WHERE key IN ('database.uuid', 'database.secret');"
    )
    if base_url:
        changes += (
            f"UPDATE ir_config_parameter SET value = '{base_url}'"
            " WHERE key = 'web.base.url';"
        )
    sql(pg, changes, name)


def has_billing(pg, name):
    """Whether the add-on that bills is installed there."""
    column = (
        "SELECT 1 FROM information_schema.columns WHERE table_name = 'res_company'"
        " AND column_name = 'support_billing_since'"
    )
    return bool(sql(pg, column, name))


def start_billing(pg, name):
    """Let the schedule of this database bill, as before anything is invoiced somebody
    does who has looked; posted only, since nobody is to be written to.
    """
    started = (
        "UPDATE res_company SET support_billing_since = '2020-01-01',"
        " support_billing_policy = 'post'"
    )
    sql(pg, started, name)


# -- prepared databases ------------------------------------------------------


def prepared_database(pg, modules, languages=(), quiet=False, alone=False):
    """The name of a database with these add-ons installed, made if it is missing.

    `modules` are add-ons that are not ours (see manifests.outside), `languages` are
    codes such as "sv_SE". `alone`: without the add-ons that Odoo installs of itself
    where their dependencies are there.
    """
    return _made(pg, _Recipe(PREPARED, modules, languages, alone), quiet)


def installed_database(pg, addons, languages=(), quiet=False, alone=False):
    """The name of a database with these add-ons installed, ours among them.

    Made anew when a file of ours has changed. A warning in the log is a failure.
    `alone`: as for `prepared_database`.
    """
    base = prepared_database(pg, manifests.outside(*addons), languages, quiet, alone)
    return _made(pg, _Recipe(INSTALLED, addons, languages, alone), quiet, base)


def _made(pg, wanted, quiet, base=None):
    with exclusive(paths.BUILD / "prepared" / f"{wanted.name}.lock"):
        if not exists(pg, wanted.name):
            if not quiet:
                say(f"Making a database with {wanted} ...")
            started = time.monotonic()
            _make(pg, wanted, base)
            if not quiet:
                say(f"Made: {wanted.name}, {time.monotonic() - started:.0f} s")
        wanted.marker.touch()
    return wanted.name


class _Recipe:
    """What a database is made of, and its name, which tells one from another."""

    def __init__(self, prefix, modules, languages=(), alone=False):
        self.alone = alone
        self.modules = sorted(manifests.closure(modules))
        self.asked = sorted(modules) or ["base"]
        self.languages = sorted(languages)
        self.world = world()
        self.ours = sorted(set(self.modules) & set(manifests.own()))
        self.sources = sources(self.ours)
        told = [self.world, self.modules, self.languages, self.sources]
        text = json.dumps([*told, "alone"] if alone else told)
        self.name = prefix + hashlib.sha256(text.encode()).hexdigest()[:12]

    def __str__(self):
        alone = ["nothing else"] if self.alone else []
        return ", ".join([*self.asked, *self.languages, *alone])

    @property
    def marker(self):
        """Says when it was last used, and what it is made of."""
        return paths.BUILD / "prepared" / self.name

    def description(self):
        return {
            "checkout": str(paths.ROOT),
            "world": self.world,
            "modules": self.modules,
            "languages": self.languages,
            "ours": self.ours,
            "alone": self.alone,
            "sources": self.sources,
        }


def world():
    """Changes when a database prepared before is no longer what we would make."""
    text = json.dumps([odoo_home.version(), paths.REQUIREMENTS.read_text()])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def sources(addons):
    """Changes when a file of these add-ons of ours does; empty without any."""
    if not addons:
        return ""
    digest = hashlib.sha256()
    for addon in addons:
        for path in sorted((paths.ADDONS / addon).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                name = str(path.relative_to(paths.ADDONS))
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{name} {content}\n".encode())
    return digest.hexdigest()[:12]


def _make(pg, wanted, base=None):
    # Made under another name: a database with the right name is always complete.
    building = f"{wanted.name}_new"
    drop_database(pg, building)
    # Another checkout's, where it had made one of that name.
    if base := _best_base(pg, wanted) or base:
        copy_database(pg, base, building)
    log = paths.LOGS / f"{wanted.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"")
    arguments = ["--database", building, "--init", ",".join(wanted.asked)]
    if wanted.languages:
        arguments += ["--load-language", ",".join(wanted.languages)]
    if wanted.alone:
        arguments.append(odoo.ALONE)
    run(
        odoo.command(*arguments, "--stop-after-init", "--no-http"),
        log=log,
        what=f"Installing {wanted} on a new database failed",
        env=odoo.environment(pg),
        cwd=paths.ROOT,
    )
    if wanted.ours:
        odoo.refuse_complaints(log.read_text(errors="replace"), log)
    shutil.rmtree(filestore(wanted.name), ignore_errors=True)
    if filestore(building).exists():
        os.rename(filestore(building), filestore(wanted.name))
    comment = json.dumps(wanted.description()).replace("'", "''")
    sql(pg, f"COMMENT ON DATABASE \"{building}\" IS '{comment}'")
    sql(pg, f'ALTER DATABASE "{building}" RENAME TO "{wanted.name}"')


def descriptions(pg):
    """{name: description} of this checkout's prepared and installed databases."""
    rows = sql(
        pg,
        "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database"
        f" WHERE datname LIKE '{PREPARED}%' OR datname LIKE '{INSTALLED}%'",
    )
    result = {}
    for name, text in rows:
        try:
            description = json.loads(text)
        except ValueError:
            continue  # being made, or not ours
        if description.get("checkout") == str(paths.ROOT):
            result[name] = description
    return result


def _best_base(pg, wanted):
    """The prepared database that already has most of what is wanted.

    In the same languages: Odoo loads a language before the add-ons, and what is there
    already would keep its English data. Ours come after all others: their products get
    the taxes of a chart of accounts that is there.
    """
    others = set(wanted.modules) - set(manifests.own())
    fitting = [
        (len(description["modules"]), name)
        for name, description in descriptions(pg).items()
        if description["world"] == wanted.world
        and set(description["modules"]) <= set(wanted.modules)
        and set(description["languages"]) == set(wanted.languages)
        and description.get("alone", False) == wanted.alone
        and (not description.get("ours") or description["sources"] == wanted.sources)
        and (not wanted.ours or others <= set(description["modules"]))
    ]
    return max(fitting, default=(0, None))[1]


def drop_stale(pg):
    """Drop what was made with another Odoo, packages or sources, or is long unused."""
    for name, description in descriptions(pg).items():
        marker = paths.BUILD / "prepared" / name
        age = time.time() - marker.stat().st_mtime if marker.exists() else MAX_AGE
        ours = description.get("ours", [])
        current = (
            description["world"] == world()
            and set(ours) <= set(manifests.own())
            and description.get("sources", "") == sources(ours)
        )
        if age < (MAX_AGE if current else MIN_AGE):
            continue
        with exclusive(marker.with_name(f"{name}.lock")):
            drop_database(pg, name)
            marker.unlink(missing_ok=True)
