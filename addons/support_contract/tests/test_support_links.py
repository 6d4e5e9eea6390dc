# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import new_test_user, tagged

from ..models.mixins.support_protected_mixin import ODOO_S_LINKS
from .common import SupportContractCommon
from .registry import OurRegistry

# Who did something may lose the company later, and scheduled actions have none.
NO_COMPANY = {"res.company", "res.users"}
REFUSALS = (AccessError, MissingError)


@tagged("post_install", "-at_install")
class TestSupportLinks(OurRegistry, SupportContractCommon):
    """Whoever writes a link has business where it leads, and stays in the company.

    Goes through every stored model of ours that is installed.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.models = [
            model
            for model in cls._find_our_models()
            if model._auto and not model.is_transient()
        ]
        access = cls.env["ir.model.access"].search(
            ["|", ("perm_write", "=", True), ("perm_create", "=", True)]
        )
        names = set(access.model_id.mapped("model"))
        cls.written = [model for model in cls.models if model._name in names]

    def _get_links(self, model):
        return [
            field
            for name, field in model._fields.items()
            if field.type in ("many2one", "many2many")
            and field.store
            and not field.related
            and name not in ODOO_S_LINKS
        ]

    def test_every_model_that_people_write_is_protected(self):
        for model in self.written:
            with self.subTest(model._name):
                self.assertTrue(hasattr(model, "_get_parent_links"))

    def test_every_link_between_companies_is_checked(self):
        for model in self.models:
            if "company_id" not in model:
                continue
            for field in self._get_links(model):
                comodel = self.env[field.comodel_name]
                if comodel._name in NO_COMPANY or comodel._name.startswith("ir."):
                    continue
                if "company_id" in comodel:
                    with self.subTest(str(field)):
                        self.assertTrue(field.check_company)
                        self.assertTrue(model._check_company_auto)

    def test_every_part_names_what_it_is_a_part_of(self):
        ours = {model._name for model in self.models}
        for model in self.written:
            for field in self._get_links(model):
                if (
                    field.type == "many2one"
                    and field.ondelete == "cascade"
                    and field.comodel_name in ours
                    and field.name not in model._get_system_fields()
                    and field.required
                    and not field.readonly
                ):
                    with self.subTest(str(field)):
                        self.assertIn(field.name, model._get_parent_links())

    def test_no_link_leads_to_what_is_closed_to_its_writer(self):
        user = self._create_user_with_everything()
        tried = {}
        for model in self.written:
            for field in self._get_links(model):
                checked = model._get_checked_links() - model._get_system_fields()
                if field.name in checked:
                    tried.setdefault(field.comodel_name, []).append((model, field))
        for name, led_by in tried.items():
            if name in NO_COMPANY:
                continue
            comodel = self.env[name]
            record_id = comodel.search([], limit=1).id or 1
            message = f"{comodel._description}|does not exist"
            self.env["ir.rule"].create(
                {
                    "name": "closed to everybody",
                    "model_id": self.env["ir.model"]._get_id(name),
                    "domain_force": "[(0, '=', 1)]",
                }
            )
            for model, field in led_by:
                value = record_id
                if field.type == "many2many":
                    value = [Command.set([record_id])]
                for way, context, vals in (
                    ("values", {}, {field.name: value}),
                    ("defaults", {f"default_{field.name}": value}, {}),
                ):
                    own = model.with_user(user).with_context(**context)
                    with self.subTest(str(field), way=way):
                        with self.assertRaisesRegex(REFUSALS, message):
                            with self.env.cr.savepoint():
                                own.create(vals)

    def test_onchange_with_what_is_closed_is_answered_in_words(self):
        """Neither a figure of another company nor an error of the program."""
        company = self.env["res.company"].create({"name": "Another Consultancy AB"})
        user = self._create_user_with_everything()
        user.write({"company_ids": [Command.link(company.id)]})
        contract = self._create_contract()
        contract._set_state("active")
        user.write(
            {"company_id": company.id, "company_ids": [Command.set(company.ids)]}
        )
        foreign = {
            "support.contract": contract,
            "support.contract.service": contract.service_ids,
        }
        for model in self.written:
            spec = {name: {} for name in model._fields if name != "id"}
            for field in self._get_links(model):
                record = foreign.get(field.comodel_name)
                if not record or field.type != "many2one":
                    continue
                for value in (record.id, str(record.id), "x", 2**40, [record.id]):
                    context = {f"default_{field.name}": value}
                    own = model.with_user(user).with_context(
                        **context, allowed_company_ids=company.ids
                    )
                    with self.subTest(str(field), value=value):
                        with self.assertRaises(UserError):
                            with self.env.cr.savepoint():
                                own.onchange({}, [], spec)

    def _create_rival(self):
        company = self.env["res.company"].create({"name": "Another Consultancy AB"})
        both = new_test_user(
            self.env,
            "both",
            groups="support_contract.group_support_manager",
            company_id=company.id,
            company_ids=[Command.set([company.id, self.company.id])],
        )
        rival = new_test_user(
            self.env,
            "rival",
            groups="support_contract.group_support_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        return company, both, rival

    def _create_parts(self, contract):
        """A record of each kind that is a part of a contract, and where that stands."""
        person = self.env["res.partner"].create(
            {"name": "Person", "parent_id": contract.partner_id.id}
        )
        return [
            contract.service_ids,
            self.env["support.contract.condition"].create(
                {"contract_id": contract.id, "key": "discount", "value": 5.0}
            ),
            self.env["support.contract.contact"].create(
                {"contract_id": contract.id, "partner_id": person.id}
            ),
            self.env["support.contract.checklist"].create(
                {"contract_id": contract.id, "code": "data"}
            ),
        ]

    def test_parts_are_not_moved_to_another_company(self):
        company, both, rival = self._create_rival()
        foreign = self._create_contract()
        own = foreign.copy({"company_id": company.id})
        for part in self._create_parts(own):
            with self.subTest(part._name):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    part.with_user(rival).write({"contract_id": foreign.id})
                # Who may see both does not either.
                companies = {"allowed_company_ids": [company.id, self.company.id]}
                mine = part.with_user(both).with_context(**companies)
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    mine.write({"contract_id": foreign.id})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env["support.contract.condition"].with_user(rival).create(
                {"contract_id": foreign.id, "key": "discount", "value": 50.0}
            )

    def test_parts_need_a_contract_that_may_be_written(self):
        draft, other = self._create_contract(), self._create_contract()
        parts = self._create_parts(draft)
        self.env["ir.rule"].create(
            {
                "name": "others only",
                "model_id": self.env["ir.model"]._get_id("support.contract"),
                "domain_force": f"[('id', '!=', {other.id})]",
                "perm_read": False,
            }
        )
        for part in parts:
            with self.subTest(part._name):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    part.with_user(self.manager).write({"contract_id": other.id})

    def test_consultants_tick_and_do_not_move(self):
        draft, other = self._create_contract(), self._create_contract()
        item = self._create_parts(draft)[-1].with_user(self.consultant)
        item.write({"done": True})
        self.assertTrue(item.done)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            item.write({"contract_id": other.id})
