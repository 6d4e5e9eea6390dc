# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2 import IntegrityError

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import SupportContractCommon


class SupportGuardCase(SupportContractCommon):
    """What somebody with SQL tries on what proves an invoice."""

    def _refused(self, query, *arguments):
        self.env.flush_all()
        with (
            self.subTest(query, arguments=arguments),
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(flush=False),
        ):
            self.env.cr.execute(SQL(query, *arguments))

    def _refused_columns(self, record, **columns):
        """Neither are these columns changed nor is the row deleted."""
        table = SQL.identifier(record._table)
        for name, value in columns.items():
            column = SQL.identifier(name)
            self._refused(
                "UPDATE %s SET %s = %s WHERE id = %s", table, column, value, record.id
            )
        self._refused("DELETE FROM %s WHERE id = %s", table, record.id)

    def _passes(self, query, *arguments):
        self.env.flush_all()
        with self.env.cr.savepoint(flush=False):
            self.env.cr.execute(SQL(query, *arguments))


@tagged("post_install", "-at_install")
class TestSupportGuards(SupportGuardCase):
    def test_event(self):
        contract = self._create_contract()
        contract._log_event("override", "Because")
        other = self.consultant.id
        self._refused_columns(
            contract.event_ids[0],
            id=0,
            user_id=other,
            create_uid=other,
            create_date="2020-01-01",
            date="2020-01-01",
            note="Something else",
        )

    def test_amendment_and_its_lines(self):
        contract = self._create_contract()
        contract._set_state("active")
        amendment = contract._amend(
            self.company._support_today(),
            "Agreed",
            [(contract.service_ids, {"user_count": 3})],
        )
        self._refused_columns(
            amendment,
            date_effective="2020-01-01",
            reason="Other",
            user_id=self.consultant.id,
            date_decided="2020-01-01",
        )
        self._refused_columns(
            amendment.line_ids[0],
            amendment_id=0,
            before="1",
            after="1",
            res_id=0,
            field_name="x",
        )

    def test_published_terms(self):
        kind = self.type_maintenance
        draft = self.terms.copy({"version": "tiers"})
        price = draft.price_ids.filtered(lambda price: price.type_id == kind)
        price.tier_ids = [Command.create({"above": 1000, "price_unit": 150.0})]
        self._passes(
            "UPDATE support_terms_price SET price_unit = 2 WHERE id = %s", price.id
        )
        draft.action_publish()
        self._refused_columns(price, price_unit=1, minimum=1, step=1, terms_id=0)
        self._refused_columns(price.tier_ids, price_unit=1, above=1)
        self._refused_columns(draft, timing="advance", hourly_discount=0, version="x")
        self._refused_columns(draft.scope_ids[:1], verdict="billed", clause="R99")
        self._refused(
            "INSERT INTO support_terms_price (terms_id, type_id, price_unit, step)"
            " SELECT %s, id, 1, 1 FROM support_service_type LIMIT 1",
            draft.id,
        )
        self._refused(
            "INSERT INTO support_terms_price_tier (price_id, above, price_unit)"
            " VALUES (%s, 5000, 1)",
            price.id,
        )
        draft.action_retire()
        self._refused_columns(price, price_unit=1)
        other = self.terms.copy({"version": "4"})
        other.unlink()  # a draft goes with all of it
