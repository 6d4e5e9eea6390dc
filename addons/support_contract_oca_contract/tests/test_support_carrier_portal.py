# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import html

from odoo.tests import HttpCase, tagged

from odoo.addons.support_contract.links import make_token

from .common import SupportCarrierCommon


@tagged("post_install", "-at_install")
class TestSupportCarrierPortal(SupportCarrierCommon, HttpCase):
    """Two kinds of contracts in one portal."""

    def test_breadcrumbs_say_where_a_page_is(self):
        own = make_token(self.contract, self.contract.partner_id)
        for contract, token, where in (
            (self.contract, own, ["", "Support agreements", self.contract.name]),
            (
                self.carrier,
                self.carrier._portal_ensure_token(),
                ["", "Contracts", self.carrier.name],
            ),
        ):
            link = f"{contract.access_url}?access_token={token}"
            page = html.fromstring(self.url_open(link).content)
            crumbs = page.cssselect("ol.breadcrumb li")
            self.assertEqual([crumb.text_content().strip() for crumb in crumbs], where)
