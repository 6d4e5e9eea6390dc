# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What should have been invoiced, month by month, against what was."""

from odoo.exceptions import UserError
from odoo.tools import format_date, groupby

from odoo.addons.support_contract.periods import ONE_DAY, Period, calendar_month
from odoo.addons.support_contract.read_once import read_once

from .agreement_differences import AgreementCorrection, get_changed_charges
from .crediting import CreditNotes
from .due import prefetch_pieces


class Reconciliation:
    """Differences between services, charges and invoices of these contracts and days.

    Each is a dict: kind (a key of ``support.reconciliation``), contract, service, type,
    charge, move (each may be empty), period, expected, found, note.

    :param start: first day to look at
    :param end: last day; what is not due yet today is no difference
    """

    def __init__(self, contracts, start, end):
        self.contracts = read_once(contracts)
        self.env = self.contracts.env
        self.start, self.end = start, end

    def get_differences(self):
        """All of them, by contract; those that only an invoice has come last."""
        differences = []
        charges = self._get_charges()
        missing = {
            service: self._find_missing(service)
            for service in self.contracts.service_ids
            if service.type_id.basis != "usage"
        }
        prefetch_pieces(
            self.env,
            {
                one: [part for due in own for part in due]
                for one, own in missing.items()
            },
        )
        evidence = self._find_evidence()
        for contract in self.contracts:
            for service in contract.service_ids:
                if service in missing:
                    differences += self._get_period_differences(
                        service, missing[service]
                    )
            if own := evidence.get(contract):
                differences += self._get_evidence_differences(contract, own)
        for charge in charges:
            differences += _get_invoice_differences(charge)
        differences += self._get_agreement_differences(charges)
        return differences + self._get_lines_without_charge()

    def _get_charges(self):
        """Charges for days among these or, without days of their own, made on one."""
        return self.env["support.charge"].search(
            [
                ("contract_id", "in", self.contracts.ids),
                "|",
                "&",
                ("period_start", "<=", self.end),
                ("period_end", ">=", self.start),
                "&",
                ("period_start", "=", False),
                "&",
                ("date", ">=", self.start),
                ("date", "<=", self.end),
            ],
            order="contract_id, service_id, period_start, id",
        )

    def _get_period_differences(self, service, missing):
        """Days that were never charged, or charged twice.

        :param missing: as `_find_missing` returns it
        """
        charges = self._get_recurring(service)
        found = self._get_double_differences(service, charges)
        found += [
            {
                "kind": "missing",
                "contract": service.contract_id,
                "service": service,
                "period": Period(due[0].covered.start, due[-1].covered.end),
                "expected": _get_missing_amount(service, due),
            }
            for due in missing
        ]
        return found

    def _get_recurring(self, service):
        """The charges of its periods, in order."""
        return service.charge_ids.filtered(
            lambda charge: charge.kind == "recurring" and charge.period_start
        ).sorted("period_start")

    def _find_missing(self, service):
        """Stretches of due days that no charge covers.

        :return: list of lists of :class:`.periods.BillingPeriod`, each with one price
        """
        contract = service.contract_id
        today = contract.company_id._support_today()
        charges = self._get_recurring(service)
        found = []
        for whole in service._get_periods(
            service._get_first_day_here(), service.date_end, min(self.end, today)
        ):
            if whole.due > today or whole.covered.end < self.start:
                continue
            for gap in _gaps(whole.covered, charges):
                # In advance its later days, of another price, can be due later.
                due = [
                    piece
                    for piece in service._split(whole.cut(gap))
                    if piece.due <= today
                ]
                if due:
                    found.append(due)
        return found

    def _get_double_differences(self, service, charges):
        """Charges that begin before the one before them has ended."""
        found = []
        for index, charge in enumerate(charges[1:], start=1):
            before = charges[index - 1]
            if (
                charge.period_start > before.period_end
                or charge.period_start > self.end
            ):
                continue
            if charge.period_end >= self.start:
                found.append(
                    {
                        "kind": "double",
                        "contract": service.contract_id,
                        "service": service,
                        "charge": charge,
                        "move": charge.move_id,
                        "period": Period(charge.period_start, charge.period_end),
                        "found": charge.amount,
                        "note": before.name,
                    }
                )
        return found

    def _get_agreement_differences(self, charges):
        """Charged days that cost something else by what was agreed since.

        Each amendment has them corrected at once; here is what could not be computed.
        """
        # sudo: what was agreed does not depend on who asks.
        amendments_sudo = self.contracts.sudo().amendment_ids
        changed = (
            self.env["support.charge"]
            .sudo()
            .union(
                *(
                    charge
                    for amendment in amendments_sudo
                    for charge, _span in get_changed_charges(amendment)
                    # What was agreed before is in the charge.
                    if charge in charges and charge.create_date <= amendment.create_date
                )
            )
        )
        found = []
        for root in changed:
            correction = AgreementCorrection(root._get_correction_chain())
            difference = {
                "kind": "agreement",
                "contract": root.contract_id,
                "service": root.service_id,
                "charge": root,
                "move": root.move_id,
                "period": Period(root.period_start, root.period_end),
                "found": correction.charged_or_waived,
            }
            try:
                expected = correction.find_expected()
            except UserError as error:
                found.append({**difference, "kind": "uncomputed", "note": str(error)})
                continue
            credited, _left = CreditNotes(correction.chain).get_credited_by_hand()
            if expected and root.currency_id.is_zero(credited):
                found.append({**difference, "expected": float(expected.amount)})
        return found

    def _find_evidence(self):
        """{contract: usage of months that are over and that no charge has}."""
        evidence = []
        for company, own in self.contracts.grouped("company_id").items():
            last = min(self.end, company._support_today().replace(day=1) - ONE_DAY)
            evidence += own._get_uncharged_evidence(self.start, last)
        return dict(groupby(evidence, lambda one: one.contract_id))

    def _get_evidence_differences(self, contract, evidence):
        """Usage of months that are over and that no charge has."""
        differences = []
        unowed = self.env["support.charge"]._get_unowed_states() | {"waived"}
        for kind, vals, _own, error in contract._prepare_evidence_groups_vals(evidence):
            difference = {"kind": "usage", "contract": contract, "type": kind}
            if error:
                differences.append({**difference, "note": error})
            elif vals.get("state") not in unowed:
                charge = self.env["support.charge"]._new_to_come([vals])
                difference |= {
                    "period": Period(vals["period_start"], vals["period_end"]),
                    "expected": vals["amount"],
                    "note": charge._get_reader_calculation(),
                }
                differences.append(difference)
        return differences

    def _get_lines_without_charge(self):
        """Lines for our services, on invoices to these customers, with no charge.

        Invoices in arrears are dated after the days that they charge: those of the
        month after the last day are looked at as well.
        """
        products = self.contracts.service_ids.type_id._get_products(
            self.contracts.company_id
        )
        until = calendar_month(self.end + ONE_DAY).end
        lines = self.env["account.move.line"].search(
            [
                ("move_id.move_type", "in", ("out_invoice", "out_refund")),
                # What takes back a charged line is a difference of that charge; what
                # takes back a credit note asks for the money again.
                "|",
                ("move_id.reversed_entry_id", "=", False),
                ("move_id.move_type", "=", "out_invoice"),
                ("parent_state", "=", "posted"),
                ("company_id", "in", self.contracts.company_id.ids),
                ("display_type", "=", "product"),
                ("product_id", "in", products.ids),
                ("move_id.invoice_date", ">=", self.start),
                ("move_id.invoice_date", "<=", until),
                (
                    "move_id.commercial_partner_id",
                    "in",
                    self.contracts.partner_id.commercial_partner_id.ids,
                ),
            ]
        )
        Charge = self.env["support.charge"]
        known = Charge.search(
            [
                "|",
                ("move_line_id", "in", lines.ids),
                ("former_line_ids", "in", lines.ids),
            ]
        )
        unknown = lines - known.move_line_id - known.former_line_ids
        return [
            {
                "kind": "line_without_charge",
                "contract": contract,
                "move": line.move_id,
                "found": -line.move_id.direction_sign * line.price_subtotal,
                "note": line.name,
            }
            for line in unknown
            if (contract := self._get_contract_of_line(line))
        ]

    def _get_contract_of_line(self, line):
        """The contract that a line without a charge is most likely for; or none."""
        own = self.contracts.filtered(
            lambda contract: contract.company_id == line.company_id
            and contract.partner_id.commercial_partner_id
            == line.move_id.commercial_partner_id
            and line.product_id
            in contract.service_ids.type_id._get_products(contract.company_id)
        )
        named = own.filtered(
            lambda contract: contract.name
            in (line.move_id.invoice_origin or "").split(", ")
        )
        return (named or own)[:1]


def _get_missing_amount(service, pieces):
    """What the missing days would cost today, as far as that is known."""
    try:
        total = sum(
            service._prepare_recurring_charge_vals(piece)["amount"] for piece in pieces
        )
    except UserError:
        return 0.0
    return service.currency_id.round(total)


def _get_invoice_differences(charge):
    """What is wrong between this charge and its invoice; mostly nothing."""
    move, line = charge.move_id, charge.move_line_id
    common = {
        "contract": charge.contract_id,
        "service": charge.service_id,
        "charge": charge,
        "move": move,
        "expected": charge.amount,
    }
    if charge.period_start and charge.period_end:
        common["period"] = Period(charge.period_start, charge.period_end)

    def differs(kind, **vals):
        return {**common, "kind": kind, **vals}

    today = charge.company_id._support_today()
    if charge.state == "waived" or charge.state in charge._get_unowed_states():
        return []
    if not line and charge.date > today:
        return []
    if charge.state == "held":
        return [differs("held", note=charge.decision_reason or "")]
    if not line:
        former = charge.former_line_ids.move_id
        note = ", ".join(
            charge.env._(
                "was on %(invoice)s of %(day)s",
                invoice=one.display_name,
                day=format_date(charge.env, one.date),
            )
            for one in former
        )
        return [differs("no_line", note=note)]
    found = []
    # A credit note has positive lines.
    subtotal = line._support_sign() * line.price_subtotal
    if move.state == "cancel":
        found.append(differs("cancelled"))
    elif move.state != "posted":
        found.append(differs("draft", found=subtotal))
    elif credited := charge._get_credited():
        found.append(differs("credited", found=subtotal - credited))
    customer = move.commercial_partner_id
    if move.state == "posted" and customer != charge.partner_id.commercial_partner_id:
        found.append(differs("customer", found=subtotal, note=customer.display_name))
    for old in charge.former_line_ids - line:
        reversals = old.move_id.reversal_move_ids
        if old.parent_state == "posted" and not reversals.filtered(
            lambda credit: credit.state == "posted"
        ):
            together = subtotal + old.price_subtotal
            found.append(
                differs("double", found=together, note=old.move_id.display_name)
            )
    other = line.currency_id != charge.currency_id
    if other or charge.currency_id.compare_amounts(subtotal, charge.amount):
        note = line.currency_id.name if other else ""
        found.append(differs("amount", found=subtotal, note=note))
    return found


def _gaps(period, charges):
    """The stretches of a period that no charge covers."""
    gaps, first = [], period.start
    for charge in charges:
        if charge.period_end < first or charge.period_start > period.end:
            continue
        if charge.period_start > first:
            gaps.append(Period(first, charge.period_start - ONE_DAY))
        first = charge.period_end + ONE_DAY
    if first <= period.end:
        gaps.append(Period(first, period.end))
    return gaps
