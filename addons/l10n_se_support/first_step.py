# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.addons.support_contract_billing.first_steps import Standing, Step

# What a person has to tell; the rest is corrected without a question.
ASKED = ("identity", "seat", "f_tax", "giro")


class Ready(Step):
    """Whether a Swedish company can send correct invoices."""

    code = "l10n_se_ready"

    def get_name(self):
        return self.env._("Ready to invoice?")

    def _get_page(self):
        """The page as it would be, in memory."""
        # sudo: whoever starts to bill need not be an accounting administrator.
        pages_sudo = self.env["l10n_se.support.setup"].sudo()
        return pages_sudo.new({"company_id": self.company.id})

    def _may_press(self):
        return self.env.user.has_group("account.group_account_manager")

    def find(self):
        checks = self._get_page()._find_checks()
        missing = [
            check
            for check in checks.values()
            if (not check.needs_chart or self.company._l10n_se_has_bas_chart())
            and (finding := check.find())
            and not finding.is_choice
        ]
        text = self._get_page()._describe_missing(
            [check.get_name() for check in missing], len(checks)
        )
        if not self._may_press():
            return Standing(text, done=not missing)
        is_asked = any(check.code in ASKED for check in missing)
        is_ready = self.company._l10n_se_has_bas_chart()
        if is_asked and is_ready:
            return Standing(
                text, button=self.env._("Fill In"), other=self.env._("Open")
            )
        return Standing(text, done=not missing, button=self.env._("Open"))

    def press(self):
        if self.find().other:
            details = self.env["l10n_se.support.setup.details"]
            return details._get_action(self.company, "first")
        return self.press_other()

    def press_other(self):
        return self.env["l10n_se.support.setup"].action_open()
