# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager

from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon


class SupportContractCommon(BaseCommon):
    """Terms, users and factories; every figure is set here, none comes from demo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.type_maintenance = cls.env.ref("support_contract.service_type_maintenance")
        cls.type_operations = cls.env.ref("support_contract.service_type_operations")
        cls.type_patch = cls.env.ref("support_contract.service_type_patch")
        cls.terms = cls.env["support.terms"].create(
            {
                "name": "Test terms",
                "version": "1",
                "price_ids": [
                    Command.create(
                        {"type_id": cls.type_maintenance.id, "price_unit": 180.0}
                    ),
                    Command.create(
                        {"type_id": cls.type_operations.id, "price_unit": 2400.0}
                    ),
                    Command.create({"type_id": cls.type_patch.id, "price_unit": 495.0}),
                ],
            }
        )
        cls.terms.action_publish()
        cls.customer = cls.env["res.partner"].create(
            {"name": "Björkdal Snickeri AB", "is_company": True}
        )
        cls.consultant = new_test_user(
            cls.env, "support_user", groups="support_contract.group_support_user"
        )
        cls.approver = new_test_user(
            cls.env,
            "support_approver",
            groups="support_contract.group_support_approver",
        )
        cls.manager = new_test_user(
            cls.env, "support_manager", groups="support_contract.group_support_manager"
        )

    @classmethod
    def _create_contract(cls, services=(("maintenance", "2026-09-01"),), **vals):
        """A signed draft with (type code, first day) services."""
        types = {
            "maintenance": cls.type_maintenance,
            "operations": cls.type_operations,
            "patch": cls.type_patch,
        }
        return cls.env["support.contract"].create(
            {
                "partner_id": cls.customer.id,
                "terms_id": cls.terms.id,
                "date_signed": "2026-08-20",
                # Nothing was billed elsewhere.
                "billed_through": "2026-08-31",
                "service_ids": [
                    Command.create({"type_id": types[code].id, "date_start": start})
                    for code, start in services
                ],
                **vals,
            }
        )

    @contextmanager
    def _unguarded(self):
        """As the owner of the database, who can switch its guards off."""
        self.env.flush_all()
        self.env.cr.execute("SET session_replication_role = replica")
        yield
        self.env.flush_all()
        self.env.cr.execute("SET session_replication_role = origin")
        self.env.invalidate_all()

    def _run_amendments(self):
        """What takes effect by itself, as Odoo's scheduler runs it."""
        cron = self.env.ref("support_contract.ir_cron_amend_and_end")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
