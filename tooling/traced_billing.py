# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What bin/trace runs inside `odoo shell`: a contract, counted and billed.

`env` is that of the shell. The last line of the script that it gets calls trace().
"""

# The shell's own name.
# ruff: noqa: F821

import inspect
import json
import os
import subprocess
import sys
import threading
from collections import Counter
from datetime import date, timedelta

from odoo import Command

# The month that is billed: the last whole one.
LAST = date.today().replace(day=1) - timedelta(days=1)
FIRST = LAST.replace(day=1)


class Recorder:
    """Counts calls of functions by their file, in this process and in workers."""

    def __init__(self, folder, worker):
        self.folder = f"{folder}/"
        self.worker = worker
        self.phases = [Counter(), Counter(), Counter()]  # before, on the way, after
        self.phase = 0
        self.fetched = False
        self.names = {}
        self.readers = []
        self.popen = subprocess.Popen

    def __call__(self, frame, event, argument):
        code = frame.f_code
        # Bodies of modules and classes are imported, not called.
        if event == "call" and code.co_flags & inspect.CO_OPTIMIZED:
            if name := self.name(code.co_filename):
                self.phases[self.phase][name] += 1

    def name(self, path):
        if path not in self.names:
            full = os.path.abspath(path)
            inside = full.startswith(self.folder)
            self.names[path] = full.removeprefix(self.folder) if inside else None
        return self.names[path]

    def start_process(self, command, *arguments, **options):
        """subprocess.Popen, but for our own scripts: those are watched."""
        command = list(command)
        if self.fetched:
            self.phase = max(self.phase, 1)
        # Git's last word before the repository is here.
        self.fetched = self.fetched or "fetch" in command
        scripts = [
            index
            for index, part in enumerate(command)
            if str(part).startswith(self.folder) and str(part).endswith(".py")
        ]
        if not scripts:
            return self.popen(command, *arguments, **options)
        read, write = os.pipe()
        command[scripts[0] : scripts[0]] = [self.worker, str(write), self.folder]
        process = self.popen(command, *arguments, pass_fds=[write], **options)
        os.close(write)
        reader = threading.Thread(target=self.read, args=(read,))
        reader.start()
        self.readers.append(reader)
        return process

    def read(self, pipe):
        sys.setprofile(None)
        with open(pipe, encoding="utf-8") as file:
            for line in file:
                self.phases[1][self.name(line.strip())] += 1

    def run(self, work):
        subprocess.Popen = self.start_process
        threading.setprofile(self)
        sys.setprofile(self)
        try:
            work()
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
            subprocess.Popen = self.popen
        for reader in self.readers:
            reader.join()


def trace(url, folder, worker):
    contract = prepare(url)
    recorder = Recorder(folder, worker)
    Move = type(env["account.move"])
    post = Move._post

    def posted(moves, *arguments, **options):
        result = post(moves, *arguments, **options)
        recorder.phase = 2
        return result

    Move._post = posted
    try:
        recorder.run(env["support.contract"]._cron_count_and_bill)
    finally:
        Move._post = post
    lines = env["account.move.line"].search(
        [
            ("move_id.partner_id", "=", contract.partner_id.id),
            ("parent_state", "=", "posted"),
        ]
    )
    if not lines:
        raise AssertionError(f"Nothing was invoiced: {contract.billing_error}")
    print("RESULT", json.dumps(recorder.phases))


def prepare(url):
    terms = env.ref("support_contract.terms_default")
    if terms.state == "draft":
        terms.action_publish()
    kind = env["support.service.type"].search([("code", "=", "maintenance")])
    kind.product_id.taxes_id = env.company.account_sale_tax_id
    partner = env["res.partner"].create(
        {
            "name": "Björkvik AB",
            "country_id": env.ref("base.se").id,
            "is_company": True,
        }
    )
    before = FIRST - timedelta(days=1)
    contract = env["support.contract"].create(
        {
            "partner_id": partner.id,
            "terms_id": terms.id,
            "date_signed": before,
            "billed_through": before,
            "service_ids": [Command.create({"type_id": kind.id, "date_start": FIRST})],
            "instance_ids": [
                Command.create(
                    {
                        "name": "Production",
                        "source_ids": [Command.create({"url": url, "branch": "main"})],
                    }
                )
            ],
        }
    )
    contract.action_activate()
    env.cr.commit()
    return contract
