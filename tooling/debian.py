# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Odoo 19 from Debian, unpacked into a folder without touching the system.

Debian's unstable suite has Odoo 19. A private apt configuration that uses the
mirror, proxy and keys of this machine downloads it; `dpkg -x` unpacks it. Neither
needs root.
"""

import os
import shutil
import subprocess
from pathlib import Path

from . import paths
from .console import Failure, run
from .locks import exclusive

# The package links to files of the others, relative to the root of the file system,
# so all are unpacked into one folder. The ones in sid are laid out differently.
PACKAGES = [
    "odoo-19/sid",
    "libjs-jquery/trixie",
    "libjs-jquery-form/trixie",
    "libjs-underscore/trixie",
    "fonts-font-awesome/trixie",
    "fonts-inconsolata/trixie",
    "fonts-montserrat/trixie",
    "fonts-ocr-b/trixie",
    "fonts-roboto-unhinted/trixie",
    # pip, for a Python without ensurepip (Debian's, unless python3-venv is there)
    "python3-pip-whl/trixie",
]
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
WHEELS = "usr/share/python-wheels"

ADVICE = (
    "Check that this machine reaches its Debian mirror (as for `apt-get update`) and"
    " run bin/setup again."
)


def mirror():
    """The main Debian archive that this machine is configured to use."""
    fields = "$(REPO_URI) $(RELEASE) $(ORIGIN)"
    try:
        lines = subprocess.run(
            ["apt-get", "indextargets", "--format", fields, "Created-By: Packages"],
            capture_output=True,
            text=True,
        ).stdout.splitlines()
    except FileNotFoundError as error:
        raise Failure("apt-get is missing: this is no Debian") from error
    known, guessed = [], []
    for line in lines:
        uri, release, *origin = line.split()
        path = uri.rstrip("/")
        if "security" in path or "security" in release or path.startswith("cdrom"):
            continue
        if origin == ["Debian"]:
            known.append(uri)
        elif path.endswith("/debian"):
            # The origin is known only after an `apt-get update`.
            guessed.append(uri)
    if not known + guessed:
        raise Failure("apt has no Debian mirror among its sources", ADVICE)
    return (known + guessed)[0]


def unpack(folder, log, again):
    """Unpack all packages into a folder; `again`: the newest ones."""
    debs = paths.CACHE / "debs"
    # Another checkout may use the same cache at this moment.
    with exclusive(paths.CACHE / "debs.lock"):
        if again or not debs.is_dir():
            _download(debs, log)
    folder.mkdir(parents=True)
    for deb in sorted(debs.glob("*.deb")):
        run(
            ["dpkg", "-x", deb, folder],
            log=log,
            what=f"Unpacking {deb.name} failed",
            advice=f"Remove {paths.relative(debs)} and run bin/setup again.",
        )
    _check_links(folder)


def _download(debs, log):
    apt = _write_apt_configuration()
    options = {
        "Dir::Etc::sourcelist": apt / "sources.list",
        "Dir::Etc::sourceparts": apt / "empty",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": apt / "empty",
        "Dir::State::lists": apt / "lists",
        "Dir::Cache": apt / "cache",
        # The folders are ours, so apt need not change to its own user.
        "APT::Sandbox::User": "",
        "Debug::NoLocking": "1",
        "Acquire::Retries": "3",
    }
    command = ["apt-get", "--quiet"]
    for name, value in options.items():
        command += ["-o", f"{name}={value}"]
    what = "Reading the Debian package lists failed"
    run([*command, "update"], log=log, what=what, advice=ADVICE)
    new = debs.with_name("debs.new")
    _remove(new)
    new.mkdir(parents=True)
    run(
        [*command, "download", *PACKAGES],
        log=log,
        what="Downloading Odoo from Debian failed",
        advice=ADVICE,
        cwd=new,
    )
    _remove(debs)
    os.rename(new, debs)


def _check_links(tree):
    for folder, folders, files in os.walk(tree):
        for name in folders + files:
            path = os.path.join(folder, name)
            if os.path.islink(path) and not os.path.exists(path):
                raise Failure(
                    f"{path} points to a file that no unpacked package has",
                    "Debian has changed its packages: add the one that owns the"
                    " file to PACKAGES in tooling/debian.py.",
                )


def _write_apt_configuration():
    apt = paths.APT
    for folder in ("lists/partial", "cache/archives/partial", "empty"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    options = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
    uri = mirror()
    (apt / "sources.list").write_text(
        "".join(f"deb {options}{uri} {suite} main\n" for suite in ("sid", "trixie"))
    )
    return apt


def _remove(folder):
    if folder.exists():
        shutil.rmtree(folder)
