# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import Command
from odoo.exceptions import AccessError, MissingError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import new_test_user, tagged

from .common import SupportContractCommon
from .registry import OurRegistry

REFUSALS = (AccessError, MissingError)
# A rule that closes these to everybody would close Odoo itself.
ALWAYS_OPEN = {"res.company", "res.users"}


@tagged("post_install", "-at_install")
class TestSupportWindows(OurRegistry, SupportContractCommon):
    """A wizard belongs to who opened it and leads nowhere that is closed to them.

    Goes through every wizard of ours that is installed, those of the add-ons above too.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.windows = [
            model for model in cls._find_our_models() if model.is_transient()
        ]

    @classmethod
    def _find_sent_fields(cls):
        """{name of a model: [(wizard, field that a caller leads to it by)]}"""
        found = defaultdict(list)
        for window in cls.windows:
            for name, field in window._fields.items():
                if field.compute and field.readonly or name in MAGIC_COLUMNS:
                    continue
                if field.type == "many2one_reference":
                    found["support.contract"].append((window, field))
                elif field.type in ("many2one", "many2many"):
                    found[field.comodel_name].append((window, field))
        return found

    def test_every_window_has_an_own_record_rule(self):
        self.assertTrue(self.windows)
        for model in self.windows:
            with self.subTest(model._name):
                rules = self.env["ir.rule"].search(
                    [
                        ("model_id.model", "=", model._name),
                        ("domain_force", "=", "[('create_uid', '=', user.id)]"),
                    ]
                )
                self.assertEqual(len(rules), 1)
                self.assertTrue(rules["global"])
                self.assertTrue(rules.perm_read and rules.perm_write)

    def test_no_window_leads_to_what_is_closed_to_its_owner(self):
        user = self._create_user_with_everything()
        for name, led_by in self._find_sent_fields().items():
            if name in ALWAYS_OPEN:
                continue
            self.env["ir.rule"].create(
                {
                    "name": "closed to everybody",
                    "model_id": self.env["ir.model"]._get_id(name),
                    "domain_force": "[(0, '=', 1)]",
                }
            )
            for window, field in led_by:
                with self.subTest(str(field)):
                    self._try_closed(window.with_user(user), field, self.env[name])

    def _try_closed(self, window, field, comodel):
        record_id = comodel.search([], limit=1).id or 1
        message = f"{comodel._description}|does not exist"
        values = [record_id]
        if field.type == "many2many":
            values = [
                [Command.link(record_id)],
                [Command.set([record_id])],
                [record_id],
                [Command.update(record_id, {})],
            ]
        for value in values:
            vals = {field.name: value}
            if field.type == "many2one_reference":
                vals[field.model_field] = comodel._name
            default = {f"default_{key}": each for key, each in vals.items()}
            for name, action in {
                "create": lambda vals=vals: window.create(vals),
                "onchange": lambda vals=vals: window.onchange(dict(vals), [], {}),
                "changed": lambda vals=vals: window.onchange(
                    dict(vals), [field.name], {}
                ),
                "default": lambda default=default: window.with_context(
                    **default
                ).create({}),
                "opened": lambda default=default: window.with_context(
                    **default
                ).onchange({}, [], {field.name: {}}),
            }.items():
                with self.subTest(name, value=value):
                    with self.assertRaisesRegex(REFUSALS, message):
                        action()

    def test_the_window_of_another_is_neither_read_nor_written(self):
        contract = self._create_contract()
        window = self.env["support.contract.amend"].with_user(self.manager)
        window = window.create(
            {
                "contract_id": contract.id,
                "service_id": contract.service_ids.id,
                "reason": "Agreed",
                "price_unit": 200.0,
            }
        )
        rival = self._create_rival()
        theirs = window.with_user(rival)
        for action in (
            lambda: theirs.write({"price_unit": 1.0}),
            lambda: theirs.read(["price_unit"]),
            lambda: theirs.onchange({}, ["price_unit"], {"price_unit": {}}),
            lambda: theirs.action_confirm(),
        ):
            self.env.invalidate_all()
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                action()
        colleague = new_test_user(
            self.env, "colleague", groups="support_contract.group_support_manager"
        )
        with self.assertRaises(AccessError):
            window.with_user(colleague).write({"price_unit": 1.0})
        self.assertEqual(window.price_unit, 200.0)

    def test_a_window_is_not_moved_to_what_is_closed(self):
        rival = self._create_rival()
        foreign = self._create_contract()
        own = foreign.copy({"company_id": rival.company_id.id})
        theirs = self.env["support.contract.notice"].with_user(rival)
        spec = {"explanation": {}, "service_ids": {"fields": {"display_name": {}}}}
        for values in (
            {"contract_id": foreign.id},
            {"service_ids": [Command.link(foreign.service_ids.id)]},
            {"service_ids": [Command.set(foreign.service_ids.ids)]},
            {
                "service_ids": [
                    Command.update(foreign.service_ids.id, {"price_unit": 1})
                ]
            },
            {"service_ids": [[4, str(foreign.service_ids.id), 0]]},
            {"service_ids": [[4, float(foreign.service_ids.id), 0]]},
        ):
            for names in ([], list(values)):
                with self.subTest(values=values, names=names):
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        theirs.onchange(dict(values), names, spec)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env["ir.default"].with_user(rival).set(
                "support.contract.notice", "contract_id", foreign.id, user_id=True
            )
            theirs.create({})
        theirs = theirs.create({"contract_id": own.id})
        for values in (
            {"contract_id": foreign.id},
            {"service_ids": [Command.link(foreign.service_ids.id)]},
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                theirs.write(values)

    def test_what_is_computed_is_not_checked(self):
        """A form sends back names that its owner sees there and nowhere else."""
        contract = self._create_contract()
        window = self.env["support.contract.on.day"].with_user(self.consultant)
        self.env["ir.rule"].create(
            {
                "name": "closed to everybody",
                "model_id": self.env["ir.model"]._get_id("support.terms"),
                "domain_force": "[(0, '=', 1)]",
                "groups": [self.env.ref("support_contract.group_support_user").id],
            }
        )
        values = {
            "contract_id": contract.id,
            "terms_id": contract.terms_id.id,
            "day": "2026-09-01",
        }
        found = window.onchange(values, ["day"], {"description": {}})
        self.assertIn("value", found)

    def _create_rival(self):
        company = self.env["res.company"].create({"name": "Another Consultancy AB"})
        return new_test_user(
            self.env,
            "rival",
            groups="support_contract.group_support_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
