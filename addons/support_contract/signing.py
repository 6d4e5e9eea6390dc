# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The customer signs the agreement in the portal."""

from odoo import fields
from odoo.exceptions import UserError

from .portal import PortalAccess


class Signing:
    """One signature under a contract.

    :param contract: ``support.contract`` in superuser mode
    :param name: of the person who signs
    :param signature: base64 of the picture
    :param user: who is logged in, or the public user
    :param address: network address of the signer, for the record
    """

    def __init__(self, contract, name, signature, user, address):
        self.contract = contract
        self.env = contract.env
        self.name = (name or "").strip()
        self.signature = signature
        self.user = user
        self.address = address

    def sign(self):
        """Take the signature and activate the contract, if the terms say so.

        :raise UserError: when there is nothing to sign, or something is missing
        """
        self._check_complete()
        self._write()
        self._keep_copy()
        if self.contract._get_agreed("sign_activates").value:
            self._activate()
        # Whoever has signed sees afterwards what was signed.
        if not self.user._is_public():
            signer = self.user.partner_id
            PortalAccess(self.contract).give(signer, "administrator")

    def _check_complete(self):
        if not self.contract._has_to_be_signed():
            raise UserError(self.env._("This agreement is signed already."))
        if not self.name:
            raise UserError(self.env._("Write your name."))
        if not self.signature:
            raise UserError(self.env._("Sign in the field before you send it."))

    def _write(self):
        self.contract.write(
            {
                "signed_by": self.name[:100],
                "signed_on": fields.Datetime.now(),
                "signature": self.signature,
                "date_signed": self.contract.company_id._support_today(),
            }
        )
        self.env.flush_all()
        self.contract._log_event(
            "state",
            self.env._(
                "Signed by %(name)s from %(address)s",
                name=self.name,
                address=self.address,
            ),
            field_name="signed_by",
            after=self.name[:100],
        )

    def _keep_copy(self):
        """What was signed, as a document in the chatter."""
        contract, report = self.contract, self.env["ir.actions.report"]
        pdf = report._render_qweb_pdf(
            "support_contract.action_report_agreement", contract.ids
        )[0]
        public = self.user._is_public()
        author = contract.partner_id if public else self.user.partner_id
        contract.message_post(
            body=self.env._("Agreement signed by %s", self.name),
            attachments=[(f"{contract.name}.pdf", pdf)],
            author_id=author.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _activate(self):
        contract = self.contract
        if obstacles := contract._get_activation_obstacles():
            contract.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Signed, but it cannot become active yet"),
                note="\n".join(obstacles),
                user_id=(contract.user_id or self.env.user).id,
            )
        else:
            contract._set_state("active", self.env._("Signed by the customer"))
