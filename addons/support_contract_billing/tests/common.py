# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import csv
import io
import zipfile
from contextlib import contextmanager

from freezegun import freeze_time

from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.support_instance.tests.common import SupportInstanceCommon

from .. import stamp


class SupportBillingCommon(SupportInstanceCommon, AccountTestInvoicingCommon):
    """Contracts, accounts and the scheduled action as it runs at night."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("support_contract_billing.ir_cron_count_and_bill")
        # Runs of a test are never committed, so what the data folder remembers of the
        # last one is not written: it says here that there was none.
        stamp.write(
            cls.env.cr.dbname,
            cls.env["support.billing.run"]._get_database_uuid(),
            0,
            "",
        )
        # Somebody has looked and pressed; what is sent is a test's own.
        cls.env["res.company"].search([]).write(
            {"support_billing_since": "2020-01-01", "support_billing_policy": "post"}
        )
        cls.accountant = new_test_user(
            cls.env,
            "support_accountant",
            groups="support_contract.group_support_billing",
        )

    @classmethod
    def get_default_groups(cls):
        groups = super().get_default_groups()
        return groups | cls.quick_ref("support_contract.group_support_manager")

    @classmethod
    def _create_active_contract(cls, services=(("operations", "2026-09-01"),), **vals):
        contract = cls._create_contract(services, **vals)
        if "maintenance" not in dict(services):
            contract.action_activate()
        return contract

    def _open_evidence(self, move):
        """The file with everything behind an invoice, as an accountant gets it."""
        content = move.with_user(self.accountant)._make_support_evidence()
        return zipfile.ZipFile(io.BytesIO(content))

    def _read_table(self, file, path):
        """The rows of one of its tables: {title of the column: text}."""
        text = file.read(path).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    @contextmanager
    def _on(self, day):
        """Early in the morning of `day` in Sweden."""
        with freeze_time(f"{day} 03:00:00"):
            yield

    def _run_cron(self, day, agreed=False):
        """Run the scheduled action on `day`, as Odoo's scheduler does.

        :param agreed: somebody has said yes to charging more than one missed month
        """
        if agreed:
            contracts = self.env["support.contract"].sudo().search([])
            contracts.backlog_approved = True
        with self._on(day), self.enter_registry_test_mode():
            self.cron.sudo().method_direct_trigger()
