# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Contacts become one: what was agreed with each stays, and whoever owes it is known.

Odoo merges contacts by SQL: no method of ours sees a contract change its customer.
"""

from odoo.exceptions import UserError


class ContactMerge:
    """Contacts that somebody makes one, looked at before and after.

    :param partners: `res.partner`
    """

    def __init__(self, partners):
        self.env = partners.env
        # sudo: whoever merges contacts need not see them all, nor contracts.
        self.partners_sudo = partners.sudo()
        self.entities_sudo = self.partners_sudo.commercial_partner_id
        self.names = ", ".join(self.entities_sudo.mapped("display_name"))
        self.contracts_sudo = self.env["support.contract"].sudo()
        if self.is_of_several():
            contracts_sudo = self.contracts_sudo.with_context(active_test=False)
            self.contracts_sudo = contracts_sudo.search(
                contracts_sudo._get_owed_domain(self.entities_sudo)
            )

    def is_of_several(self):
        """Whether they belong to different legal entities."""
        return len(self.entities_sudo) > 1

    def check(self, by_itself):
        """Refuse contacts of different legal entities that have agreements with us.

        :param by_itself: nobody looks at these contacts, so nobody may
        :raise UserError: unless a manager of all companies concerned merges them
        """
        if self.contracts_sudo and (by_itself or not self._is_allowed()):
            raise UserError(
                self.env._(
                    "%(customers)s are different legal entities, and %(contract)s is "
                    "of one of them. Only a manager of support contracts can merge "
                    "these contacts, one group at a time.",
                    customers=self.names,
                    contract=self.contracts_sudo[0].name,
                )
            )

    def _is_allowed(self):
        if self.env.su:
            return True
        mine = self.env.user.company_ids
        return self.contracts_sudo.company_id <= mine and all(
            contract._may_amend() for contract in self.contracts_sudo
        )

    def note(self):
        """Write it down on every contract concerned."""
        left = self.partners_sudo.exists()
        if len(left) == len(self.partners_sudo):
            return
        self.partners_sudo.invalidate_recordset()
        for contract_sudo in self.contracts_sudo:
            contract_sudo._log_event(
                "merge",
                self.env._("Contacts of different legal entities became one."),
                before=self.names,
                after=left.display_name,
            )


def join_roles(sources, target):
    """Leave a person one role of each kind on a contract, before they become one.

    Those of ``target`` stay. Access goes with the person; what changes is in the log.
    """
    # sudo: whoever merges contacts need not see contracts.
    contacts_sudo = target.env["support.contract.contact"].sudo()
    contacts_sudo = contacts_sudo.search(
        [("partner_id", "in", (sources | target).ids)], order="id"
    ).sorted(lambda contact: contact.partner_id != target)
    for same in contacts_sudo.grouped(
        lambda contact: (contact.contract_id, contact.role)
    ).values():
        same[1:].unlink()
        kept = same[0]
        if kept.partner_id != target:
            before = kept.display_name
            after = before.replace(kept.partner_id.name or "", target.name or "", 1)
            kept._log_access(before, after)
