# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Who cannot see the screen or use a mouse: pages of the portal and main forms, looked
at by axe-core in a browser.

Of the forms, what axe finds on Odoo's own in the same kind of element is Odoo's.
Runs in the environment's Python: `python -m tooling.accessible JSON`.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from . import databases, odoo, paths, system
from .console import Failure
from .shots_browser import ARGUMENTS, Photographer
from .shots_screens import SCREENS, parse_screen

AXE = paths.NODE / "node_modules/axe-core/axe.min.js"
# The frame of an invoice is its paper. An element is named by what it is and what it
# looks like, without what differs from record to record.
RUN = """async () => {
    const {violations} = await axe.run(document, {iframes: false});
    const grave = ["serious", "critical"];
    const bad = violations.filter((one) => grave.includes(one.impact));
    const name = (node) => {
        const element = document.querySelector(node.target[0]);
        const classes = [...(element ? element.classList : [])].sort();
        return [element ? element.localName : "?", ...classes].join(".");
    };
    // Of a contrast what counts is the pair of colours, which are the theme's.
    const colours = ({any: [check]}) => check && check.data && check.data.fgColor
        && `${check.data.fgColor} on ${check.data.bgColor}`;
    const found = bad.flatMap((one) => one.nodes.map((node) => ({
        rule: one.id, what: colours(node) || name(node), html: node.html.slice(0, 300),
        why: (node.any[0] || node.all[0] || node.none[0] || {message: ""}).message,
    })));
    const all = "main :is(h1, h2, h3, h4, h5, h6, [role=heading])";
    const headings = [...document.querySelectorAll(all)].filter(
        (one) => one.offsetParent);
    return {
        found,
        lang: document.documentElement.lang,
        levels: headings.map((one) =>
            Number(one.getAttribute("aria-level") || one.localName.slice(1))),
    };
}"""
PORTAL = ("desktop-portal-sv", "phone-portal-en")
STAFF = ("desktop-en",)
FORMS = ("contract", "contract-draft", "instance", "count", "overview", "upgrade")
# Odoo's own of the same kinds: a form with lists and tabs, one with a chatter.
OWN = (
    "partner,,base.action_partner_form,first is_company = True,,,,",
    "task,,project.action_view_all_task,first,,,,",
    "move,,account.action_move_out_invoice_type,first state = posted,,,,",
    "moves,,account.action_move_out_invoice_type,,list,,,",
    "modules,,base.open_module_tree,,list,,,",
    "currencies,,base.action_currency_form,,list,,,",
)


class Auditor(Photographer):
    """Goes where pictures are taken, and has axe look instead."""

    def __init__(self, *args):
        super().__init__(*args)
        self.faults = []
        self.with_headings = False

    def shoot(self, screen):
        try:
            super().shoot(screen)
        except Error as error:
            # The others are looked at all the same.
            self.complaints.append(f"{screen.name}, {self.view}: {error}")

    def _save(self, name, full_page=False):
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        seen = self.page.evaluate(RUN)
        where = f"{name}, {self.view}"
        self.faults += [{"where": where} | fault for fault in seen["found"]]
        if self.with_headings:
            self.faults += [
                {"where": where, "rule": rule, "what": "", "html": "", "why": why}
                for rule, why in check_outline(seen["lang"], seen["levels"])
            ]


def check_outline(lang, levels):
    """What is wrong with the language and the headings of a page: (rule, why)."""
    if not lang:
        yield "lang", "the page does not say its language"
    if levels.count(1) != 1:
        yield "h1", f"{levels.count(1)} main headings"
    for before, after in zip(levels, levels[1:], strict=False):
        if after > before + 1:
            yield "headings", f"h{after} after h{before}"


def find_faults(pg, origin):
    """What axe finds on a copy of the demo: (in the portal, on our forms)."""
    browser = system.needed_browser()
    name = f"accessible_{os.getpid()}"
    port = odoo.free_port()
    address = f"http://127.0.0.1:{port}"
    try:
        databases.copy_database(pg, origin, name, address)
        with tempfile.TemporaryDirectory() as folder:
            call = f"import sys; sys.path.insert(0, {str(paths.ROOT)!r})\n"
            call += f"from tooling.shots_fill import fill; fill(env, {folder!r})\n"
            odoo.shell(pg, name, call)
            with odoo.serving(pg, name, port):
                call = [paths.PYTHON, "-m", "tooling.accessible"]
                done = subprocess.run(
                    [*call, json.dumps({"address": address, "browser": str(browser)})],
                    env=odoo.environment(pg),
                    cwd=paths.ROOT,
                    capture_output=True,
                    text=True,
                    check=False,
                )
    finally:
        databases.drop_database(pg, name)
    if done.returncode:
        raise Failure("The browser failed", done.stderr[-2000:])
    return json.loads(done.stdout.strip().splitlines()[-1])


def look(browser, address):
    """(faults of the portal, faults of our forms, what could not be opened)."""
    portal, forms, complaints = [], [], []
    for view in PORTAL:
        auditor = Auditor(browser, address, Path(), view)
        auditor.with_headings = True
        for screen in SCREENS:
            if screen.who == "customers":
                auditor.shoot(screen)
        portal += auditor.faults
        complaints += auditor.complaints
        auditor.context.close()
    for view in STAFF:
        auditor = Auditor(browser, address, Path(), view)
        for line in OWN:
            auditor.shoot(parse_screen(line))
        own = {(fault["rule"], fault["what"]) for fault in auditor.faults}
        auditor.faults = []
        for screen in SCREENS:
            if screen.name in FORMS:
                auditor.shoot(screen)
        forms += [
            fault
            for fault in auditor.faults
            if (fault["rule"], fault["what"]) not in own
        ]
        complaints += auditor.complaints
        auditor.context.close()
    return portal, forms, complaints


def main():
    options = json.loads(sys.argv[1])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=options["browser"], args=list(ARGUMENTS)
        )
        print("\n" + json.dumps(look(browser, options["address"])))
        browser.close()


if __name__ == "__main__":
    main()
