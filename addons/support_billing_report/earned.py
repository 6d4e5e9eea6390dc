# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import groupby

from odoo.addons.support_contract.periods import calendar_month
from odoo.addons.support_contract.read_once import read_once
from odoo.addons.support_contract_billing.due import prefetch_pieces
from odoo.addons.support_contract_billing.pricing import Part, Rounding, part_amount


class EarnedRows:
    """What differs between earned and invoiced on a day.

    :param contracts: `support.contract`
    :param day: the end of this day
    """

    def __init__(self, contracts, day):
        self.contracts = read_once(contracts)
        self.day = day
        self.env = self.contracts.env

    def get(self):
        """One row for each charge, or for each service and evidence without a charge.

        :return: list of dicts: contract, charge (may be empty), product, name, earned,
            invoiced (in the contract's currency), estimated (there is no charge yet),
            error (why it is not known)
        """
        rows = self._get_charged()
        contracts = self.contracts.filtered_domain(
            self.contracts._get_running_domain()
        ).with_prefetch(self.contracts._prefetch_ids)
        pieces = {
            service: service._get_uncharged_pieces(self.day)
            for service in contracts.service_ids
            if service.type_id.basis != "usage"
        }
        prefetch_pieces(self.env, pieces)
        evidence = self._get_evidence(contracts)
        for contract in contracts:
            for service in contract.service_ids:
                if own := pieces.get(service):
                    rows += self._get_uncharged(service, own)
            if own := evidence.get(contract):
                rows += self._get_uncharged_evidence(contract, own)
        to_come = [row for row in rows if "vals" in row]
        Charge = self.env["support.charge"]
        charges = Charge._new_to_come([row.pop("vals") for row in to_come])
        for row, charge in zip(to_come, charges, strict=True):
            row["name"] = charge.display_name
        return rows

    def _get_charged(self):
        """Rows of the charges that there are."""
        Charge = self.env["support.charge"]
        charges = Charge.search(
            Domain("contract_id", "in", self.contracts.ids)
            & Charge._get_open_on_domain(self.day),
            order="contract_id, period_start, id",
        )
        rows = []
        for charge in charges:
            earned = charge._get_earned_on(self.day)
            invoiced = charge._get_invoiced_on(self.day)
            if charge.currency_id.compare_amounts(earned, invoiced):
                row = self._prepare_row(
                    charge.contract_id, charge.product_id, charge.display_name
                )
                row |= {"charge": charge, "earned": earned, "invoiced": invoiced}
                rows.append(row | {"estimated": False})
        return rows

    def _get_uncharged(self, service, pieces):
        """Rows of what was earned by the day and has no charge yet."""
        kind = service.type_id
        row = self._prepare_row(
            service.contract_id,
            kind._get_product(service.company_id),
            kind.name,
        )
        try:
            return [
                {**row, "vals": vals, "earned": earned}
                for vals, earned in service._get_earned(pieces, self.day)
                if earned
            ]
        except UserError as error:
            return [{**row, "error": str(error)}]

    def _get_evidence(self, contracts):
        """{contract: what was metered by the day and has no charge yet}."""
        evidence = contracts._get_uncharged_evidence(last=calendar_month(self.day).end)
        return dict(groupby(evidence, lambda one: one.contract_id))

    def _get_uncharged_evidence(self, contract, evidence):
        """Rows of what was metered."""
        currency = contract.currency_id
        unowed = self.env["support.charge"]._get_unowed_states() | {"waived"}
        rows = []
        for kind, vals, own, error in contract._prepare_evidence_groups_vals(evidence):
            row = self._prepare_row(
                contract, kind._get_product(contract.company_id), kind.name
            )
            if error:
                rows.append({**row, "error": error})
            elif vals.get("state") not in unowed:
                part = metered_part(own, vals["amount"], self.day, currency)
                if not currency.is_zero(part):
                    rows.append({**row, "vals": vals, "earned": part})
        return rows

    def _prepare_row(self, contract, product, name):
        """Of what has no charge yet."""
        return {
            "contract": contract,
            "charge": self.env["support.charge"],
            "product": product,
            "name": name,
            "earned": 0.0,
            "invoiced": 0.0,
            "estimated": True,
            "error": "",
        }


def earned_part(amount, start, end, day, currency):
    """The share of the days ``start`` to ``day``; parts add up to the whole."""
    part = Part(1, (day - start).days + 1, (end - start).days + 1)
    return float(part_amount(amount, part, Rounding(currency.rounding)))


def metered_part(evidence, amount, day, currency):
    """How much of the ``amount`` of all of this evidence was earned by ``day``.

    Each is earned on its own day, at the average price of them all.
    """
    if all(one.date <= day for one in evidence):
        return amount
    total = sum(one.quantity for one in evidence)
    through = sum(one.quantity for one in evidence if one.date <= day)
    return currency.round(amount * through / (total or 1.0))
