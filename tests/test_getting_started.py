# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""docs/getting-started.md, done as it says: bold is clicked, code is typed.

The test has no steps of its own. What the page calls by an example address is where the
test has it; in the part of the customer the browser is theirs, with their mail open.
"""

import re
import time
from datetime import date

import pytest
from dateutil.relativedelta import relativedelta

from tooling import odoo, paths, tracing

playwright = pytest.importorskip("playwright.sync_api")

PAGE = paths.ROOT / "docs/getting-started.md"
MOST = 35
CUSTOMER = "The customer"
RECEIVER = "ekonomi@bjorkdal.example.com"
STEP = re.compile(r"\*\*(?P<click>[^*]+)\*\*|\*(?P<field>[^*]+)\*\s+`(?P<text>[^`]+)`")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 90

# Country, VAT number and chart, and nothing else.
PREPARE = """
company = env.company
company.country_id = env.ref("base.se")
env["account.chart.template"].try_loading("se_K2", company, install_demo=False)
company.vat = "SE559999001601"
env["ir.config_parameter"].set_param("web.base.url", {address!r})
env["ir.config_parameter"].set_param("web.base.url.freeze", "True")
env.cr.commit()
"""
# What Odoo's scheduler does in the night to the day.
NIGHT = """
from freezegun import freeze_time
with freeze_time({moment!r}, tick=True):
    env["support.contract"]._cron_count_and_bill()
    env["account.move"]._cron_account_move_send()
    env.cr.commit()
    env["mail.mail"].process_email_queue()
    env.cr.commit()
    move = env["support.contract"].search([]).invoice_ids
    print("RESULT", len(move), move.state, move.is_move_sent, move.amount_untaxed)
"""


def read_steps(text):
    """[(whether the customer does it, field or None, what is clicked or typed)]."""
    steps, customer, item = [], False, []
    for line in [*text.splitlines(), ""]:
        if item and not line.startswith("   "):
            for found in STEP.finditer(" ".join(item)):
                name = found["click"]
                steps.append((customer, found["field"], name or found["text"]))
            item = []
        if line.startswith("## "):
            customer = line[3:].startswith(CUSTOMER)
        if re.match(r"\d+\. ", line) or item:
            item.append(line.strip())
    return steps


class Reader:
    """Somebody in front of a page who does what a line says."""

    def __init__(self, page):
        self.page, self.asked = page, set()
        page.on("request", self._ask)
        page.on("requestfinished", lambda request: self.asked.discard(request))
        page.on("requestfailed", lambda request: self.asked.discard(request))

    def _ask(self, request):
        if request.resource_type in ("document", "fetch", "xhr"):
            self.asked.add(request)

    def click(self, label):
        self._find(self._get_clickable, label).click()
        self._settle()

    def fill(self, label, text):
        self._find(self._get_fields, label).fill(text)
        self._settle()

    def _settle(self):
        """What it asked the server for is there."""
        until = time.monotonic() + PATIENCE
        self.page.wait_for_timeout(300)
        while self.asked and time.monotonic() < until:
            self.page.wait_for_timeout(100)

    def _find(self, get, label):
        """The one that is seen, in the dialog if there is one."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            dialogs = self.page.locator(".modal.d-block, .modal.show")
            root = dialogs.last if dialogs.count() else self.page
            for found in get(root, label):
                for one in found.all():
                    if one.is_visible() and one.is_enabled():
                        return one
            self.page.wait_for_timeout(200)
        raise AssertionError(f"“{label}” is not on the page:\n{self._read()}")

    def _read(self):
        return self.page.inner_text("body")[:3000]

    def _get_clickable(self, root, label):
        for role in ("button", "link", "menuitem", "option", "tab", "checkbox"):
            yield root.get_by_role(role, name=label, exact=True)
        yield root.get_by_label(label, exact=True)
        yield root.get_by_title(label, exact=True)
        # An icon beside the words is part of a name.
        yield root.get_by_text(label, exact=True)

    def _get_fields(self, root, label):
        # Odoo marks labels that have a help.
        yield root.get_by_label(re.compile(rf"^{re.escape(label)}\s*\??$"))
        yield root.get_by_placeholder(re.compile(rf"^(e\.g\. )?{re.escape(label)}"))


@pytest.fixture
def world(database, odoo_shell, odoo_server, tmp_path):
    """(address of Odoo, name of its database, mail server, address of the code)."""
    from billing.smtp_server import SmtpServer

    name = database("l10n_se_support", start_billing=False)
    port = odoo.free_port()
    smtp = SmtpServer()
    repository = tracing.make_repository(tmp_path / "code")
    odoo_shell(name, PREPARE.format(address=f"http://127.0.0.1:{port}"))
    with odoo_server(name, port=port) as address, smtp.up():
        yield address, name, smtp, repository.as_uri()


def test_the_page_leads_to_the_first_invoice(world, odoo_shell):
    address, name, smtp, code = world
    examples = {
        "mail.example.com:587": f"127.0.0.1:{smtp.port}",
        "https://git.example.com/bjorkdal/odoo.git": code,
    }
    steps = read_steps(PAGE.read_text(encoding="utf-8"))
    assert 0 < len(steps) <= MOST, f"{len(steps)} clicks and fields"
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium", args=ARGUMENTS
        )
        staff = _log_in(browser, address)
        customer = None
        for by_customer, field, text in steps:
            if by_customer and not customer:
                customer = _open_mail(browser, smtp)
            reader = customer if by_customer else staff
            if field:
                reader.fill(field, examples.get(text, text))
            else:
                reader.click(text)
        browser.close()
    # Maintenance began with the next month, and is charged when that is over.
    first = date.today().replace(day=1) + relativedelta(months=2)
    output = odoo_shell(name, NIGHT.format(moment=f"{first} 03:00:00"))
    assert "RESULT 1 posted True" in output
    files = [
        file.get_content_type() for file in _get_mails(smtp)[-1].iter_attachments()
    ]
    assert len(_get_mails(smtp)) > 1 and "application/pdf" in files


def _log_in(browser, address):
    page = browser.new_context(
        locale="en-GB",
        timezone_id="Europe/Stockholm",
        viewport={"width": 1400, "height": 900},
        reduced_motion="reduce",
    ).new_page()
    # The first page waits until Odoo has made its scripts and styles.
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(f"{address}/web/login")
    page.fill("input[name=login]", "admin")
    page.fill("input[name=password]", "admin")
    page.click("form.oe_login_form button[type=submit]")
    page.wait_for_selector(".o_web_client")
    return Reader(page)


def _get_mails(smtp):
    """What the customer got."""
    return [message for to, message in smtp.messages if RECEIVER in to]


def _open_mail(browser, smtp):
    """The last mail that reached the customer, in their own browser."""
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    page.set_default_timeout(PATIENCE * 1000)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and not _get_mails(smtp):
        page.wait_for_timeout(200)
    message = _get_mails(smtp)[-1]
    page.set_content(message.get_body(("html",)).get_content())
    return Reader(page)
