# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_date, formatLang

# Longer than the longest month, so that the one before is always seen.
LOOK_BACK = timedelta(days=62)
# How many modules a note names.
NAMED_MODULES = 3


class SupportCharge(models.Model):
    """What is different from the month before, in words, on the invoice."""

    _inherit = "support.charge"

    def _get_history(self):
        """Recurring charges of these contracts, from two months before on.

        :return: {contract: charges in the order of their periods}
        """
        recurring = self.filtered(lambda charge: charge.kind == "recurring")
        if not recurring:
            return {}
        first = min(recurring.mapped("period_start")) - LOOK_BACK
        return self.search(
            [
                ("contract_id", "in", recurring.contract_id.ids),
                ("kind", "=", "recurring"),
                ("period_start", ">=", first),
            ],
            order="period_start, id",
        ).grouped("contract_id")

    def _get_previous(self, history):
        """The charge of the same service before this one, or none.

        :param history: the charges of its contract, in order
        """
        self.ensure_one()
        return history.filtered(
            lambda other: other.service_id == self.service_id
            and other.period_start < self.period_start
        )[-1:]

    def _get_change_notes(self):
        """What changed since the month before, for the customer.

        :return: {contract: list of sentences}, in the customer's language; nothing for
            a contract without a month before
        """
        notes = {}
        for contract, history in self._get_history().items():
            own = self.filtered(lambda one, mine=contract: one.contract_id == mine)
            before = history - own
            if sentences := before and own._describe_changes(history):
                notes[contract] = sentences
        return notes

    def _describe_changes(self, history):
        """Sentences for charges of one contract."""
        env = self.with_context(lang=self.partner_id[:1].lang).env
        recurring = self.filtered(lambda charge: charge.kind == "recurring")
        sentences = []
        for charge in recurring.with_env(env):
            if previous := charge._get_previous(history):
                sentences += charge._describe_change(previous)
            else:
                sentences.append(
                    env._(
                        "%(service)s: new from %(day)s",
                        service=charge.service_id.type_id.name,
                        day=format_date(env, charge.period_start),
                    )
                )
        earlier = history - self
        last = max(earlier.mapped("period_end"))
        for service in (earlier.service_id - self.service_id).with_env(env):
            end = service.date_end
            if end and (end.year, end.month) == (last.year, last.month):
                sentences.append(
                    env._(
                        "%(service)s: ended on %(day)s",
                        service=service.type_id.name,
                        day=format_date(env, end),
                    )
                )
        return sentences

    def _describe_change(self, previous):
        """Sentences on one charge and the one before it."""
        self.ensure_one()
        service, env = self.service_id, self.env
        sentences = []
        if self.count_ids:
            old = previous._get_correction_chain()._get_evidence()
            if sum(old.mapped("billed_lines")) != sum(
                self.count_ids.mapped("billed_lines")
            ):
                sentences.append(self._describe_lines(old))
        elif service.type_id.basis != "fixed" and self.quantity != previous.quantity:
            sentences.append(
                env._(
                    "%(service)s: %(before)s → %(after)s",
                    service=service.type_id.name,
                    before=f"{previous.quantity:g}",
                    after=f"{self.quantity:g}",
                )
            )
        was = service._get_term_figures(previous.period_start)
        now = service._get_term_figures(self.period_start)
        if was != now:
            sentences.append(
                env._(
                    "%(service)s: price %(before)s → %(after)s",
                    service=service.type_id.name,
                    before=service._describe_price(was),
                    after=service._describe_price(now),
                )
            )
        return sentences

    def _describe_lines(self, old):
        """More or fewer lines, and because of which modules.

        :param old: the counts of the month before
        """
        env = self.env

        def number(value, sign=False):
            text = formatLang(env, abs(value) if sign else value, digits=0)
            return text if not sign else f"{'+' if value > 0 else '−'}{text}"

        was, now = old._get_lines_by_module(), self.count_ids._get_lines_by_module()
        changes = {
            name: now.get(name, 0) - was.get(name, 0)
            for name in was.keys() | now.keys()
        }
        ordered = sorted(
            (name for name, change in changes.items() if change),
            key=lambda name: (-abs(changes[name]), name),
        )
        parts = [
            env._(
                "%(module)s %(change)s, new",
                module=name,
                change=number(changes[name], sign=True),
            )
            if name not in was
            else f"{name} {number(changes[name], sign=True)}"
            for name in ordered[:NAMED_MODULES]
        ]
        if more := len(ordered) - NAMED_MODULES:
            if more > 0:
                parts.append(env._("and %s more modules", more))
        total = old._get_billed_lines(), self.count_ids._get_billed_lines()
        return env._(
            "%(service)s: %(before)s → %(after)s lines, %(change)s (%(modules)s)",
            service=self.service_id.type_id.name,
            before=number(total[0]),
            after=number(total[1]),
            change=number(total[1] - total[0], sign=True),
            modules="; ".join(parts),
        )


class SupportContractService(models.Model):
    _inherit = "support.contract.service"

    def _get_term_figures(self, day):
        """(price, discount, minimum) that hold on a day."""
        return tuple(
            self._get_term(key, day).value or 0.0
            for key in ("price", "discount", "minimum")
        )

    def _describe_price(self, figures):
        """Those figures in words, as far as there are any."""
        price, discount, minimum = figures
        contract = self.contract_id.with_env(self.env)
        text = contract._format_figure("price", price)
        if discount:
            text += self.env._(
                ", discount %s", contract._format_figure("discount", discount)
            )
        if minimum:
            text += self.env._(
                ", at least %s", contract._format_figure("minimum", minimum)
            )
        return text


class SupportCount(models.Model):
    _inherit = "support.count"

    def _get_lines_by_module(self):
        """{module: billed lines} of these counts together, as they enter the fee."""
        once = {}
        for module in self.module_ids.filtered("billed"):
            once.setdefault((module.name, module.digest), module.code_lines)
        lines = defaultdict(int)
        for (name, _digest), number in once.items():
            lines[name] += number
        return dict(lines)


class SupportContract(models.Model):
    _inherit = "support.contract"

    def _prepare_invoice_vals(self, charges):
        """A note at the end says what changed since the month before."""
        vals = super()._prepare_invoice_vals(charges)
        notes = charges._get_change_notes()
        if not notes:
            return vals
        env = self[:1].with_context(lang=self[:1].partner_id.lang).env
        lines = [env._("Since the month before:")]
        for contract, sentences in notes.items():
            prefix = f"{contract.name}: " if len(notes) > 1 else ""
            lines += [f"– {prefix}{sentence}" for sentence in sentences]
        vals["invoice_line_ids"].append(
            fields.Command.create(
                {
                    "display_type": "line_note",
                    "name": "\n".join(lines),
                    "sequence": len(charges) + 1,
                }
            )
        )
        return vals
