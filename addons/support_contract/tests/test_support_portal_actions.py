# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import SupportContractCommon
from .registry import OurRegistry

# Nor does a button that needs a record say anything without one.
REFUSALS = (UserError, TypeError, ValueError)


@tagged("post_install", "-at_install")
class TestSupportPortalActions(OurRegistry, SupportContractCommon, HttpCase):
    """No window of ours is opened to customers: neither by its number nor by what a
    button answers.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "customer", groups="base.group_portal")

    def _find_our_actions(self):
        data = self.env["ir.model.data"].search(
            [
                ("module", "in", list(self._find_our_addons())),
                ("model", "=like", "ir.actions.%"),
            ]
        )
        return [(each.complete_name, each.res_id) for each in data]

    def test_windows_are_not_loaded(self):
        actions = self._find_our_actions()
        self.assertTrue(actions)
        self.authenticate("customer", "customer")
        for name, number in actions:
            for url in ("/web/action/load", "/web/action/run"):
                with self.subTest(name, url=url), mute_logger("odoo.http"):
                    with self.assertRaisesRegex(Exception, "rror"):
                        self.make_jsonrpc_request(url, {"action_id": number})
        # Consultants still get them.
        self.authenticate("support_user", "support_user")
        action = self.env.ref("support_contract.support_contract_action")
        answer = self.make_jsonrpc_request("/web/action/load", {"action_id": action.id})
        self.assertEqual(answer["res_model"], "support.contract")

    def test_buttons_answer_nothing(self):
        for model in self._find_our_models():
            own = model.with_user(self.portal)
            names = {name for name in dir(type(model)) if name.startswith("action_")}
            # Odoo's own on every model: they do nothing to what is not archived.
            names -= {"action_archive", "action_unarchive"}
            if own.has_access("read"):
                continue
            number = model.sudo().search([], limit=1).id or 1
            for name in sorted(names):
                for ids in ([], [number]):
                    with self.subTest(f"{model._name}.{name}", ids=ids):
                        try:
                            with self.env.cr.savepoint():
                                answer = call_kw(own, name, [ids], {})
                        except REFUSALS:
                            continue
                        self.assertNotIsInstance(answer, dict)
