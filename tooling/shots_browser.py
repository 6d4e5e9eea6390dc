# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The part of bin/shots that drives the browser; runs in the environment's Python."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Error, sync_playwright

from . import shots_screens as screens

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
READY = ".o_action_manager .o_action .o_content, .modal .o_form_view, .o_portal_wrap"
QUIET = """() => !document.querySelector(".o_loading_indicator")
    && [...document.images].every((image) => image.complete)"""
# Milliseconds; the first page waits until Odoo has made its scripts and styles.
PATIENCE = 60_000


class Photographer:
    """One user with one device."""

    def __init__(self, browser, address, folder, view):
        login, device = screens.VIEWS[view]
        self.address = address
        self.folder = folder
        self.view = view
        self.login = login
        language = "sv-SE" if view.endswith("sv") else "en-GB"
        self.context = browser.new_context(
            **device,
            locale=language,
            timezone_id="Europe/Stockholm",
            reduced_motion="reduce",
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.complaints = []
        self.taken = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)
        self._log_in()

    def _hear(self, message):
        if message.type == "error":
            self.complaints.append(message.text)

    def _log_in(self):
        self.page.goto(f"{self.address}/web/login")
        self.page.fill("input[name=login]", self.login)
        self.page.fill("input[name=password]", self.login)
        self.page.click("form.oe_login_form button[type=submit]")
        self.page.wait_for_selector(".o_web_client, .o_portal_wrap")

    def _call(self, path, **params):
        """Ask the server as the user that is logged in."""
        response = self.context.request.post(
            f"{self.address}{path}",
            data=json.dumps({"jsonrpc": "2.0", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return response.json()["result"]

    def find(self, model, record):
        """The id of a record."""
        found = self._call(
            "/web/dataset/call_kw",
            model=model,
            method="search",
            args=[list(record.domain)],
            kwargs={"order": record.order, "limit": 1},
        )
        if not found:
            raise Error(f"no {model} to look at")
        return found[0]

    def try_to_shoot(self, screen):
        """A screen that fails is a complaint; the others are taken all the same."""
        try:
            self.shoot(screen)
        except Error as error:
            self.complaints.append(f"{screen.name}: {error}")

    def shoot(self, screen, tabs=True):
        path, model, number = f"/odoo/action-{screen.action}", "", 0
        if screen.record:
            action = self._call("/web/action/load", action_id=screen.action)
            model = action["res_model"]
            number = self.find(model, screen.record)
            path += f"/{number}"
        elif screen.view:
            path += f"?view_type={screen.view}"
        if screen.page:
            path = screen.page.format(id=number)
        self.page.goto(f"{self.address}{path}")
        self._settle()
        if screen.button:
            self._open(model, screen.button, number)
        for selector in screen.press:
            self._press(selector)
        self._save(screen.name, full_page=bool(screen.page))
        if screen.record and tabs and not (screen.button or screen.press):
            self._shoot_tabs(screen)

    def _open(self, model, method, number):
        """Open what a button of the record opens, wherever the screen has put it."""
        self.page.evaluate(
            """async ([model, method, id]) => {
                const {action} = odoo.__WOWL_DEBUG__.root.env.services;
                const {user} = odoo.loader.modules.get("@web/core/user");
                await action.doActionButton({
                    type: "object", name: method, resModel: model, resId: id,
                    resIds: [id], context: user.context,
                });
            }""",
            [model, method, number],
        )
        self._settle()

    def _settle(self):
        self.page.wait_for_selector(READY)
        self.page.wait_for_function(QUIET)
        # The bubbles of a first visit are not part of a screen.
        self.page.evaluate(
            "document.querySelectorAll('.o_tour_pointer').forEach(e => e.remove())"
        )
        self.page.wait_for_timeout(600)
        if self.page.query_selector(".o_error_dialog"):
            self.complaints.append(self.page.inner_text(".o_error_dialog"))

    def _press(self, selector):
        button = self.page.locator(selector).first
        if not button.is_visible():
            # On a telephone buttons are behind one that unfolds them.
            self.page.locator(".o_statusbar_buttons .dropdown-toggle").first.click()
            selector = selector.rpartition(" ")[2]
            button = self.page.locator(f".o-dropdown--menu {selector}").first
        button.scroll_into_view_if_needed()
        button.click()
        self._settle()

    def _shoot_tabs(self, screen):
        tabs = self.page.locator(".o_form_sheet > .o_notebook .nav-link")
        for index in range(tabs.count()):
            tab = tabs.nth(index)
            name = tab.get_attribute("name") or str(index)
            tab.scroll_into_view_if_needed()
            tab.click()
            self._settle()
            if index or screens.is_phone(self.view):
                tab.evaluate("tab => tab.scrollIntoView({block: 'start'})")
            self._save(f"{screen.name}-tab-{name}")

    def _save(self, name, full_page=False):
        path = self.folder / f"{name}-{self.view}.png"
        self.page.screenshot(path=str(path), full_page=full_page)
        self.taken.append(path)

    def print_document(self, name, report, model, record):
        number = self.find(model, screens.Record.parse(record))
        response = self.context.request.get(
            f"{self.address}/report/pdf/{report}/{number}", timeout=120_000
        )
        body = response.body()
        if not body.startswith(b"%PDF"):
            self.complaints.append(f"{name}: the report is no PDF: {body[:200]!r}")
            return
        (self.folder / f"{name}.pdf").write_bytes(body)
        document = pypdfium2.PdfDocument(body)
        for index in range(len(document)):
            suffix = f"-{index + 1}" if index else ""
            path = self.folder / f"{name}{suffix}.png"
            document[index].render(scale=1.6).to_pil().save(path)
            self.taken.append(path)


def shrink(path, target, width):
    """A small copy for a README: narrower, and with 128 colours."""
    image = Image.open(path).convert("RGB")
    if image.width > width:
        height = round(image.height * width / image.width)
        image = image.resize((width, height), Image.Resampling.LANCZOS)
    image.quantize(128, dither=Image.Dither.NONE).save(target, optimize=True)


def take_all(browser, options):
    complaints, taken = [], []

    def wanted(name):
        return not options.names or name.startswith(tuple(options.names))

    for view in options.view or screens.VIEWS:
        photographer = Photographer(browser, options.address, options.folder, view)
        for screen in screens.SCREENS:
            if wanted(screen.name) and photographer.login in screen.logins:
                print(f"{screen.name}, {view}", flush=True)
                photographer.try_to_shoot(screen)
        if view == "desktop-sv":
            for name, *document in screens.DOCUMENTS:
                if wanted(name):
                    print(name, flush=True)
                    photographer.print_document(name, *document)
        complaints += [f"{view}: {text}" for text in photographer.complaints]
        taken += photographer.taken
        photographer.context.close()
    return complaints, taken


def take_docs(browser, options):
    """The pictures of README.md."""
    with tempfile.TemporaryDirectory() as folder:
        photographer = Photographer(
            browser, options.address, Path(folder), "desktop-en"
        )
        photographer.page.set_viewport_size(screens.DOCS_SIZE)
        for screen in screens.SCREENS:
            if screen.name in screens.DOCS:
                photographer.shoot(screen, tabs=False)
        for name, *document in screens.DOCUMENTS:
            if name in screens.DOCS:
                photographer.print_document(name, *document)
        taken = {path.stem: path for path in reversed(photographer.taken)}
        kept = []
        for name, (target, width) in screens.DOCS.items():
            path = taken.get(f"{name}-desktop-en") or taken[name]
            kept.append(options.folder / f"{target}.png")
            shrink(path, kept[-1], width)
    return photographer.complaints, kept


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("browser")
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--view", action="append")
    parser.add_argument("--docs", action="store_true")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=options.browser, args=list(ARGUMENTS)
        )
        take = take_docs if options.docs else take_all
        complaints, taken = take(browser, options)
        browser.close()
    for complaint in complaints:
        print(f"The browser complains: {complaint}")
    print(f"{len(taken)} pictures, {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
