# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import SupportContractCommon
from .registry import OurRegistry

MOST_MENUS = 6
MOST_DESTINATIONS = 24


@tagged("post_install", "-at_install")
class TestSupportMenus(OurRegistry, SupportContractCommon):
    """Few menus, whatever is installed; the others take developer mode."""

    def _get_menus(self):
        """(menus in the bar, paths of the destinations)"""
        user = self._create_user_with_everything()
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        root = self.env.ref("support_contract.support_contract_menu_root").id
        bar = menus[root]["children"]

        def walk(menu, path):
            path = f"{path}/{menus[menu]['name']}"
            children = menus[menu]["children"]
            if not children:
                yield path
            for child in children:
                yield from walk(child, path)

        return bar, [path for menu in bar for path in walk(menu, "")]

    def test_menus_are_few(self):
        bar, found = self._get_menus()
        self.assertLessEqual(len(bar), MOST_MENUS)
        self.assertLessEqual(len(found), MOST_DESTINATIONS, "\n".join(found))
        self.assertEqual(len(found), len(set(found)))
        self.assertEqual(found[0], "/Overview")
