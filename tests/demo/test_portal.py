# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The customer's pages on a telephone: three screens at most, parts folded."""

import json
import textwrap

from playwright.sync_api import sync_playwright

from tooling import odoo, paths, system
from tooling.shots_browser import ARGUMENTS
from tooling.shots_screens import PHONE

HIGHEST = 3 * PHONE["viewport"]["height"]

# Every running contract of the demo, with the link that opens all of it.
LINKS = """
    import json
    from odoo.addons.support_contract.links import make_token
    contracts = env["support.contract"].search([("state", "in", ("active", "notice"))])
    links = {
        f"{contract.partner_id.name}, {page}": contract._get_page_link(
            page, make_token(contract, contract.partner_id)
        )
        for contract in contracts
        for page in contract._get_portal_pages()
    }
    env.cr.commit()
    print("\\n" + json.dumps(links))
"""


def test_pages_are_three_screens_high_at_most(pg, shown):
    browser = system.needed_browser()
    output = odoo.shell(pg, shown[0], textwrap.dedent(LINKS))
    links = json.loads(output.strip().splitlines()[-1])
    heights, wide = {}, []
    log = paths.LOGS / "demo-portal.log"
    with (
        odoo.serving(pg, shown[0], log=log) as address,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(
            executable_path=str(browser), args=list(ARGUMENTS)
        )
        page = chromium.new_context(**PHONE).new_page()
        page.set_default_timeout(60_000)
        for name, link in links.items():
            page.goto(f"{address}{link}")
            page.wait_for_selector("#support_contract_content")
            width, heights[name] = page.evaluate(
                """() => {
                    document.querySelectorAll("details").forEach(e => e.open = false);
                    const {scrollWidth, scrollHeight} = document.documentElement;
                    return [scrollWidth, scrollHeight];
                }"""
            )
            if width > PHONE["viewport"]["width"]:
                wide.append(name)
        chromium.close()
    assert heights and max(heights.values()) <= HIGHEST, heights
    assert not wide
