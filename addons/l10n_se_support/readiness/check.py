# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""One line of the page "Ready to Invoice?"."""

from dataclasses import dataclass
from functools import cached_property

from odoo.fields import Domain


@dataclass(frozen=True)
class Finding:
    """What is not right.

    :param found: how it is now, in a sentence
    :param expected: what it should be
    :param note: what the button does not reach
    :param is_choice: it can be so on purpose; nothing is wrong then
    """

    found: str
    expected: str = ""
    note: str = ""
    is_choice: bool = False


class Look:
    """What several checks of one look at the page read, each of it read once.

    :param company: `res.company`, with itself as the company of its environment
    """

    def __init__(self, company):
        self.company, self.env = company, company.env
        self.known = {}

    def ref(self, xmlid):
        """Record of the company's chart by template xmlid, or None."""
        if xmlid not in self.known:
            self.known[xmlid] = self.company._l10n_se_find(xmlid)
        return self.known[xmlid]

    @cached_property
    def contracts_sudo(self):
        """The running contracts of the company, as superuser."""
        # sudo: an accounting administrator need not see contracts; what is looked at
        # is how their customers are invoiced.
        return (
            self.env["support.contract"]
            .sudo()
            .search(
                Domain("state", "in", ("active", "notice"))
                & Domain("company_id", "=", self.company.id)
            )
        )

    @cached_property
    def customers_sudo(self):
        """Whom they are invoiced to, as superuser."""
        return self.contracts_sudo.partner_id.commercial_partner_id

    @cached_property
    def accounts_sudo(self):
        """The company's bank accounts, as superuser."""
        # sudo: a company's accounts belong to its contact, which the user may not read.
        return self.company.sudo().partner_id.bank_ids


class Check:
    """What is looked at for one line, and how it is put right.

    :param look: the :class:`Look` that it belongs to
    """

    # A line keeps it: unique among the checks.
    code = ""
    # Nothing can be said of it before the company has a Swedish chart of accounts.
    needs_chart = True
    # The button asks nothing.
    is_automatic = False

    def __init__(self, look):
        self.look, self.company, self.env = look, look.company, look.env

    def get_name(self):
        """What the line is about, in a few words."""
        raise NotImplementedError

    def find(self):
        """The :class:`Finding`, or None where all is right. Writes nothing."""
        raise NotImplementedError

    def describe(self):
        """How it is where all is right; may be empty."""
        return ""

    def correct(self):
        """Put it right.

        :return: an action where a person has to answer, else nothing
        """
        raise NotImplementedError

    def ref(self, xmlid):
        """Record of the company's chart by template xmlid, or None."""
        return self.look.ref(xmlid)

    def ask(self, section):
        """The dialog that asks for details of the company."""
        details = self.env["l10n_se.support.setup.details"]
        return details._get_action(self.company, section)


class CompanySetting(Check):
    """A setting of the company that has one right value."""

    is_automatic = True
    field, value = "", True

    def is_right(self):
        return self.company[self.field] == self.value

    def correct(self):
        # sudo: an accounting administrator decides on it without Settings rights.
        self.company.sudo()[self.field] = self.value
