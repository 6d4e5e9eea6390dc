# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from odoo import models
from odoo.tools import format_date, formatLang

# How many modules a sentence names.
NAMED_MODULES = 3


@dataclass(frozen=True)
class ChargeBasis:
    """What a service costs in a period is computed from this.

    :param counts: `support.count`, the line counts, if it is charged by lines
    :param quantity: how many units of the price
    :param day: on which the price holds
    """

    counts: models.BaseModel
    quantity: float
    day: date


class SupportContractService(models.Model):
    """Why a service costs something else than before, in the reader's words."""

    _inherit = "support.contract.service"

    def _describe_difference(self, before, after):
        """Sentences on what changed from one period to another.

        :param before: :class:`ChargeBasis`
        :param after: :class:`ChargeBasis`
        """
        self.ensure_one()
        env, sentences = self.env, []
        if after.counts:
            if sum(before.counts.mapped("billed_lines")) != sum(
                after.counts.mapped("billed_lines")
            ):
                sentences.append(self._describe_lines(before.counts, after.counts))
        elif self.type_id.basis != "fixed" and after.quantity != before.quantity:
            sentences.append(
                env._(
                    "%(service)s: %(before)s → %(after)s",
                    service=self.type_id.name,
                    before=f"{before.quantity:g}",
                    after=f"{after.quantity:g}",
                )
            )
        was = self._get_term_figures(before.day)
        now = self._get_term_figures(after.day)
        if was != now:
            sentences.append(
                env._(
                    "%(service)s: price %(before)s → %(after)s",
                    service=self.type_id.name,
                    before=self._describe_price(was),
                    after=self._describe_price(now),
                )
            )
        return sentences

    def _describe_begin(self, day):
        """That the service was not charged before ``day``."""
        return self.env._(
            "%(service)s: new from %(day)s",
            service=self.type_id.name,
            day=format_date(self.env, day),
        )

    def _describe_end(self):
        """That the service is over."""
        return self.env._(
            "%(service)s: ended on %(day)s",
            service=self.type_id.name,
            day=format_date(self.env, self.date_end),
        )

    def _describe_lines(self, old, new):
        """More or fewer lines, and because of which modules.

        :param old: the counts of the month before
        :param new: those of now
        """
        env = self.env

        def number(value, sign=False):
            text = formatLang(env, abs(value) if sign else value, digits=0)
            return text if not sign else f"{'+' if value > 0 else '−'}{text}"

        was, now = old._get_lines_by_module(), new._get_lines_by_module()
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
        total = old._get_billed_lines(), new._get_billed_lines()
        return env._(
            "%(service)s: %(before)s → %(after)s lines, %(change)s (%(modules)s)",
            service=self.type_id.name,
            before=number(total[0]),
            after=number(total[1]),
            change=number(total[1] - total[0], sign=True),
            modules="; ".join(parts),
        )

    def _get_term_figures(self, day):
        """(price, discount, minimum) that hold on a day."""
        return tuple(
            self._get_agreed(key, day).value or 0.0
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
            once.setdefault(module._get_code_key(), module.code_lines)
        lines = defaultdict(int)
        for (name, _code), number in once.items():
            lines[name] += number
        return dict(lines)
