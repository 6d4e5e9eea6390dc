# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import html

from odoo.tests import HttpCase, tagged

from .common import SupportCarrierCommon


@tagged("post_install", "-at_install")
class TestSupportCarrierPortal(SupportCarrierCommon, HttpCase):
    """Two kinds of contracts in one portal."""

    def test_breadcrumbs_say_where_a_page_is(self):
        self.contract._portal_ensure_token()
        self.carrier._portal_ensure_token()
        for contract, where in (
            (self.contract, ["", "Support agreements", self.contract.name]),
            (self.carrier, ["", "Contracts", self.carrier.name]),
        ):
            # Ours has its token in the customer's mail alone.
            token = contract.sudo().access_token
            link = f"{contract.access_url}?access_token={token}"
            page = html.fromstring(self.url_open(link).content)
            crumbs = page.cssselect("ol.breadcrumb li")
            self.assertEqual([crumb.text_content().strip() for crumb in crumbs], where)
