# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The disk of the file store is full while invoices are posted and documents made.

A real one: a small file system in memory, mounted where only the test's processes see
it; as root, or in a user namespace of their own.
"""

import os
import shlex
import subprocess

import pytest
from reports import CODE, read_report

from tooling import databases, odoo, paths

CONTRACTS = 60
SENT = 5  # contracts whose invoices are sent, with two PDF documents each
MEGABYTES = 24

PREPARE = f"""
contracts = env["support.contract"].search([], order="id", limit={SENT})
for number, contract in enumerate(contracts):
    contract.partner_id.email = f"customer{{number}}@example.com"
    contract.billing_policy = "send"
env["ir.mail_server"].create({{
    "name": "Nobody", "smtp_host": "127.0.0.1", "smtp_port": 1,
    "smtp_encryption": "none",
}})
env.cr.commit()
"""

# In the namespace: the file store on a disk that fills up, and is emptied again.
STEPS = """
import errno, os
from pathlib import Path
from odoo.tools import config

folder = Path(config["data_dir"])

def fill():
    with open(folder / "ballast", "wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError as error:
                assert error.errno == errno.ENOSPC, error
    # Nor is there room for another file of one byte.
    try:
        (folder / "more").write_bytes(b"x")
    except OSError as error:
        assert error.errno == errno.ENOSPC, error
    else:
        raise AssertionError("the disk is not full")
    finally:
        (folder / "more").unlink(missing_ok=True)

def send(day):
    with freeze_time(f"{day} 05:00:00", tick=True):
        env["account.move"]._cron_account_move_send()
        env.cr.commit()
        env["support.contract"]._cron_check_sending()
        env.cr.commit()

def documents():
    moves = env["support.contract"].search([], order="id").invoice_ids
    moves = moves.filtered(lambda move: move.is_move_sent)
    files = moves.invoice_pdf_report_id | moves.support_specification_id
    return [len(moves), len(files), sum(f.raw.startswith(b"%PDF-") for f in files)]

def upload():
    # The same report comes again after it could not be kept.
    try:
        attachment = env["ir.attachment"].create(
            {"name": "report.txt", "raw": b"lines of code " * 10_000}
        )
        env.cr.commit()
    except OSError as error:
        env.cr.rollback()
        return os.strerror(error.errno)
    attachment.invalidate_recordset()
    return len(attachment.raw)

def look():
    env.cr.commit()
    env.invalidate_all()
    contracts = env["support.contract"].search([])
    return {
        "queued": env["account.move"].search_count([("sending_data", "!=", False)]),
        "sending_errors": [t for t in contracts.mapped("sending_error") if t],
        "documents": documents(),
        "upload": upload(),
    }

bill_to_the_end("2026-10-01")
fill()
bill_to_the_end("2026-11-01")
send("2026-11-01")
full = look()
(folder / "ballast").unlink()
bill_to_the_end("2026-11-02")
send("2026-11-02")
send("2026-11-02")
report(2, full=full, empty=look())
"""


def namespace():
    """The words before a command that let it mount what nobody else sees."""
    for words in (
        ["unshare", "--mount", "--propagation", "private"],
        ["unshare", "--user", "--map-root-user", "--mount"],
    ):
        probe = [*words, "sh", "-c", "mount -t tmpfs none /mnt"]
        if subprocess.run(probe, capture_output=True).returncode == 0:
            return words
    raise AssertionError(
        "neither root nor a user namespace can mount a file system here"
    )


@pytest.fixture
def on_a_small_disk(contracts_database, odoo_env, odoo_shell, tmp_path):
    """`(code)`: run it in `odoo shell`, its data folder on a disk of its own."""
    name = contracts_database(CONTRACTS)
    odoo_shell(name, PREPARE)
    disk = tmp_path / "disk"
    disk.mkdir()
    store = databases.filestore(name)

    def run(code):
        command = odoo.command(
            *("shell", "-d", name, "--no-http", "--log-level=info"),
            f"--data-dir={disk}",
        )
        steps = [
            ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(disk)],
            ["mkdir", "-p", str(disk / "filestore")],
            ["cp", "-r", str(store), str(disk / "filestore" / name)],
            ["exec", *command],
        ]
        # Where programs keep their temporary files there is room.
        return subprocess.run(
            [*namespace(), "sh", "-ec", "\n".join(map(shlex.join, steps))],
            input=code,
            env={**odoo_env, "TMPDIR": os.environ.get("TMPDIR", "/tmp")},
            capture_output=True,
            text=True,
            cwd=paths.ROOT,
        )

    return run


def test_nothing_is_lost_and_the_next_run_completes(on_a_small_disk, check_report):
    done = on_a_small_disk(f"{CODE}\n{STEPS}")
    assert done.returncode == 0, done.stderr[-8000:]
    report = read_report(done.stdout)
    full, empty = report["full"], report["empty"]
    # Posted they are; those that are to be sent wait, and their contracts say why.
    assert full["documents"] == [0, 0, 0]
    assert full["queued"] == 2 * SENT
    assert full["upload"] == "No space left on device"
    assert len(full["sending_errors"]) == SENT
    assert all("No space left on device" in text for text in full["sending_errors"])
    # So does the log, where the run could not be remembered in the data folder.
    assert "is not remembered in the data folder" in done.stderr
    # With room again all of them are made, whole, and none is made twice.
    assert empty["queued"] == 0
    assert empty["documents"] == [2 * SENT, 4 * SENT, 4 * SENT]
    assert empty["upload"] == 140_000
    check_report(report, CONTRACTS, full=full, empty=empty)
