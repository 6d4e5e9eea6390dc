# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""How a fix is delivered: at once, or with the next planned update. Clause R10.

The delivery never changes what a fix costs. At once takes a patch service that is valid
on the day of the delivery.
"""

from odoo.addons.support_contract.windows import get_dialog, get_notification


class Delivery:
    """The delivery of one piece of work.

    :param work: a record of `support.work.mixin`
    """

    def __init__(self, work):
        work.ensure_one()
        # sudo: who works need not see the contract.
        self.work, self.contract = work, work.sudo().support_contract_id
        self.env = work.env

    @property
    def day(self):
        """The day of the delivery, in the company's time zone; today by default."""
        company = self.work._get_support_company()
        return self.work.date_delivered or company._support_today()

    def get_right(self):
        """The right to a hot-fix on that day: a verdict, or None without contract."""
        return self.contract._right("hotfix", self.day) if self.contract else None

    def describe(self):
        """How it goes into production, and why, in a sentence or two."""
        right = self.get_right()
        if right is None or self.work.delivery != "hotfix":
            return ""
        if right:
            return self.env._("Goes into production at once. %s", right.reason)
        return self.env._(
            "Comes with the next planned update: a hot-fix needs a patch service. %s",
            right.reason,
        )

    def get_patch_type(self):
        """The service that could be offered: one with the right, and a price."""
        kinds = (
            self.env["support.service.type"]
            .sudo()
            .search([("grant_ids.code", "=", "hotfix")])
        )
        priced = kinds.filtered(
            lambda kind: self.contract._get_agreed(
                "price", self.day, service_type=kind
            ).value
            is not None
        )
        return (priced or kinds)[:1]

    def offer_patch(self):
        """An amendment that adds a patch service, prepared; or a to-do for whoever may
        amend.
        """
        env, contract = self.env, self.contract
        if env["support.contract.amend"].has_access("create"):
            return get_dialog(
                env._("Amend Contract"),
                "support.contract.amend",
                contract_id=contract.id,
                change="add",
                type_id=self.get_patch_type().id,
                date_effective=self.day,
                reason=env._("Hot-fixes: %s", self.work._get_time_label()),
            )
        # Elevated already: who works need not be able to change contracts.
        contract.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=contract._get_responsible_user().id,
            summary=env._("Offer a patch service"),
            note=env._(
                "A hot-fix was asked for: %(work)s. %(reason)s",
                work=self.work._get_time_label(),
                reason=self.get_right().reason,
            ),
        )
        return get_notification(env._("The account manager was asked to offer it."))
