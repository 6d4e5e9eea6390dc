# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.support_contract.periods import ONE_DAY
from odoo.addons.support_contract.transactions import describe, work_alone

from ..price_change import PriceChange


class SupportPriceRunLine(models.Model):
    """What a price change does to one contract, and what became of it."""

    _name = "support.price.run.line"
    _description = "Price Change of a Contract"
    _inherit = ["support.link.mixin"]
    _order = "run_id, id"
    _check_company_auto = True

    run_id = fields.Many2one(
        "support.price.run", required=True, ondelete="cascade", check_company=True
    )
    contract_id = fields.Many2one(
        "support.contract", required=True, index=True, check_company=True
    )
    partner_id = fields.Many2one(related="contract_id.partner_id", store=True)
    company_id = fields.Many2one(related="run_id.company_id", store=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    date_effective = fields.Date(related="run_id.date_effective")
    fee_before = fields.Monetary(
        string="Old Fee", help="Of a whole month, without tax."
    )
    fee_after = fields.Monetary(string="New Fee", help="Of a whole month, without tax.")
    difference = fields.Monetary(compute="_compute_difference", store=True)
    percent = fields.Float(
        string="Change (%)", compute="_compute_difference", store=True, digits=(16, 2)
    )
    state = fields.Selection(
        [
            ("waiting", "To Simulate"),
            ("ready", "To Change"),
            ("unchanged", "Nothing to Change"),
            ("refused", "Left as It Is"),
            ("applied", "Changed"),
            ("failed", "Failed"),
        ],
        required=True,
        default="ready",
        index=True,
    )
    note = fields.Text(help="Why it is left, or what failed.")
    amendment_id = fields.Many2one(
        "support.contract.amendment", ondelete="restrict", check_company=True
    )

    _contract_uniq = models.UniqueIndex(
        "(run_id, contract_id)", "That contract is in the list already."
    )

    @api.depends("fee_before", "fee_after")
    def _compute_difference(self):
        for line in self:
            line.difference = line.fee_after - line.fee_before
            line.percent = (
                100 * line.difference / line.fee_before if line.fee_before else 0.0
            )

    @api.depends("contract_id", "run_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.contract_id.name}: {line.run_id.name}"

    def action_leave_out(self):
        """Leave these contracts as they are; a button."""
        self.run_id._check_manager()
        for line in self:
            if line.state != "ready" or line.run_id.state != "simulated":
                raise UserError(
                    self.env._("Only a contract that waits can be left out.")
                )
            # sudo: the lines are written by the system alone.
            line.sudo().write(
                {
                    "state": "refused",
                    "note": self.env._("Left out by %s.", self.env.user.name),
                    "fee_after": line.fee_before,
                }
            )

    def _apply(self):
        """Change one contract and write to its customer: both or neither.

        :raise UserError: when it cannot be changed any more
        """
        self.ensure_one()
        run = self.run_id
        if self.state != "ready" or run.state != "applying":
            return
        run._check_date()
        # The amendment is made by whoever confirmed the run, with their rights.
        contract = self.contract_id.with_user(run.applied_by_id).with_company(
            run.company_id
        )
        amendment, figures, notes = PriceChange(contract, run).make()
        if not amendment:
            self.write({"state": "unchanged", "note": "\n".join(notes) or False})
            return
        self._check_as_simulated(figures)
        self.write({**figures, "state": "applied", "amendment_id": amendment.id})
        if run.send_letter:
            if not self.partner_id.email:
                notes.append(
                    self.env._("The customer has no e-mail address: print the letter.")
                )
            else:
                self._mail_link(self.partner_id)
        self.note = "\n".join(notes) or False

    def _check_as_simulated(self, figures):
        """Nothing is applied that nobody has looked at."""
        same = all(
            self.currency_id.compare_amounts(self[name], fee) == 0
            for name, fee in figures.items()
        )
        if not same:
            money = self.currency_id.format
            raise UserError(
                self.env._(
                    "Simulated was %(before)s → %(after)s, and it would be "
                    "%(now_before)s → %(now_after)s by now: look at it again.",
                    before=money(self.fee_before),
                    after=money(self.fee_after),
                    now_before=money(figures["fee_before"]),
                    now_after=money(figures["fee_after"]),
                )
            )

    def _apply_unattended(self):
        """Change one contract; a failure stays with its line."""
        self.ensure_one()

        def note(error):
            self.write({"state": "failed", "note": describe(self.env, error)})

        work_alone(self, self._apply, note, "prices could not be changed")

    # === LINKS === #

    def _may_have_link(self, person):
        """Whoever has the contract, as long as they have it."""
        return bool(
            self.state == "applied"
            and person
            and person.active
            and person == self.partner_id
        )

    def _get_link_receiver(self):
        return self.partner_id

    def _get_link_page(self, token):
        return None

    def _get_link_template(self):
        return "support_price_change.portal_price_change", {"line": self}

    def _mail_link(self, person):
        """The letter, again or for the first time."""
        self.ensure_one()
        template = self.env.ref("support_price_change.mail_template_price_change")
        self._mail_template_with_link(template, person)

    def _get_prices_in_letter(self):
        """Prices that change, for the customer's letter.

        :return: list of dicts with the service's name and its price, before and after
        """
        self.ensure_one()
        contract = self.contract_id.with_context(lang=self.partner_id.lang)
        days, prices = (self.date_effective - ONE_DAY, self.date_effective), []
        for service in contract._get_services_on(self.date_effective):
            steps = [service._get_agreed("step", day).value or 1 for day in days]
            before, after = map(service._describe_price_on, days)
            if steps[0] != steps[1] and service.basis == "lines":
                # Two rows: what was paid for each of the old steps, and of the new.
                old, new = map(service._get_price_label, steps)
                prices.append({"name": old, "before": before, "after": ""})
                prices.append({"name": new, "before": "", "after": after})
            elif before != after:
                name = service._get_price_label(steps[1])
                prices.append({"name": name, "before": before, "after": after})
        return prices
