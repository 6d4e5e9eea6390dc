# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The part of bin/shots that drives the browser; runs in the environment's Python."""

import json
import sys
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Error, sync_playwright

from . import paths
from .shots_screens import DOCS, LOGINS, SCREENS, VIEWS, parse_record

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
READY = ".o_action_manager .o_action .o_content, .modal .o_form_view, .o_portal_wrap"
QUIET = """() => !document.querySelector(".o_loading_indicator")
    && [...document.images].every((image) => image.complete)"""
# What a button of the record opens, wherever the screen has put it.
PRESS = """async ([model, method, id]) => {
    const {action} = odoo.__WOWL_DEBUG__.root.env.services;
    const {user} = odoo.loader.modules.get("@web/core/user");
    await action.doActionButton({
        type: "object", name: method, resModel: model, resId: id,
        resIds: [id], context: user.context,
    });
}"""
# Texts of heads and cells of lists that do not fit.
CUT = """() => [...document.querySelectorAll(
    ".o_list_renderer :is(th, td), .o_list_renderer :is(th, td) *"
)].filter((one) => one.scrollWidth > one.clientWidth && one.offsetParent
    && one.innerText?.trim() && getComputedStyle(one).overflowX !== "visible"
).map((one) => one.closest("th, td").innerText.trim()).filter(
    (text, index, all) => all.indexOf(text) === index)"""
# Milliseconds; the first page waits until Odoo has made its scripts and styles.
PATIENCE = 60_000


class Photographer:
    """One user with one device."""

    def __init__(self, browser, address, folder, view):
        self.address = address
        self.folder = folder
        self.view = view
        self.login, device = VIEWS[view]
        self.context = browser.new_context(
            **device,
            locale="sv-SE" if view.endswith("sv") else "en-GB",
            timezone_id="Europe/Stockholm",
            reduced_motion="reduce",
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.complaints = []
        self.taken = 0
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)
        self.page.goto(f"{address}/web/login")
        self.page.fill("input[name=login]", self.login)
        self.page.fill("input[name=password]", self.login)
        self.page.click("form.oe_login_form button[type=submit]")
        self.page.wait_for_selector(".o_web_client, .o_portal_wrap")

    def _hear(self, message):
        if message.type == "error":
            self.complaints.append(message.text)

    def _call(self, path, **params):
        """Ask the server as the user that is logged in."""
        response = self.context.request.post(
            f"{self.address}{path}",
            data=json.dumps({"jsonrpc": "2.0", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return response.json()["result"]

    def _find(self, model, record):
        """The id of a record."""
        domain, order = parse_record(record)
        found = self._call(
            "/web/dataset/call_kw",
            model=model,
            method="search",
            args=[domain],
            kwargs={"order": order, "limit": 1},
        )
        if not found:
            raise Error(f"no {model} to look at")
        return found[0]

    def shoot(self, screen):
        if screen.page.startswith("/report/"):
            self._print(screen)
            return
        path, model, number = f"/odoo/action-{screen.action}", "", 0
        if screen.record:
            action = self._call("/web/action/load", action_id=screen.action)
            model = action["res_model"]
            number = self._find(model, screen.record)
            path += f"/{number}"
        elif screen.view:
            path += f"?view_type={screen.view}"
        if screen.page:
            path = screen.page.format(id=number)
        self.page.goto(f"{self.address}{path}")
        self._settle()
        if screen.button:
            self.page.evaluate(PRESS, [model, screen.button, number])
            self._settle()
        for selector in filter(None, screen.press.split(" ; ")):
            self._press(selector)
        self._save(screen.name, full_page=bool(screen.page))
        if screen.record and not (screen.button or screen.press):
            self._shoot_tabs(screen)

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
            if index or self.view.startswith("phone"):
                tab.evaluate("tab => tab.scrollIntoView({block: 'start'})")
            self._save(f"{screen.name}-tab-{name}")

    def _save(self, name, full_page=False):
        path = self.folder / f"{name}-{self.view}.png"
        self.page.screenshot(path=str(path), full_page=full_page)
        if self.view.startswith("desktop"):
            cut = self.page.evaluate(CUT)
            self.complaints += [f"{name}: “{text}” is cut" for text in cut]
        self.taken += 1

    def _print(self, screen):
        """Every page of a document."""
        number = self._find(screen.action, screen.record)
        address = self.address + screen.page.format(id=number)
        body = self.context.request.get(address, timeout=120_000).body()
        if not body.startswith(b"%PDF"):
            raise Error(f"the report is no PDF: {body[:200]!r}")
        (self.folder / f"{screen.name}.pdf").write_bytes(body)
        for index, page in enumerate(pypdfium2.PdfDocument(body)):
            suffix = f"-{index + 1}" if index else ""
            path = self.folder / f"{screen.name}-{self.view}{suffix}.png"
            page.render(scale=1.6).to_pil().save(path)
            self.taken += 1


def shrink(path, target, width, height):
    """A small copy for a README: narrower, not as high, and with 128 colours."""
    image = Image.open(path).convert("RGB")
    image = image.resize((width, round(image.height * width / image.width)))
    image = image.crop((0, 0, width, min(height, image.height)))
    image.quantize(128, dither=Image.Dither.NONE).save(target, optimize=True)


def main():
    options = json.loads(sys.argv[1])
    folder = Path(options["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    views, names = options["view"] or VIEWS, tuple(options["names"])
    if options["docs"]:
        views, names = ["desktop-en"], ("contract", "pdf-invoice", "pdf-agreement")
    taken, complaints = 0, []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=options["browser"], args=list(ARGUMENTS)
        )
        for view in views:
            photographer = Photographer(browser, options["address"], folder, view)
            for screen in SCREENS:
                if photographer.login not in LOGINS[screen.who]:
                    continue
                if names and not screen.name.startswith(names):
                    continue
                print(f"{screen.name}, {view}", flush=True)
                try:
                    photographer.shoot(screen)
                except Error as error:
                    # The others are taken all the same.
                    photographer.complaints.append(f"{screen.name}: {error}")
            complaints += [f"{view}: {text}" for text in photographer.complaints]
            taken += photographer.taken
            photographer.context.close()
        browser.close()
    if options["docs"]:
        for name, (target, *size) in DOCS.items():
            shrink(folder / f"{name}.png", paths.ROOT / f"docs/{target}.png", *size)
    for complaint in complaints:
        print(f"The browser complains: {complaint}")
    print(f"{taken} pictures, {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
