# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class SupportContract(models.Model):
    _name = "support.contract"
    _inherit = ["support.contract", "portal.mixin"]

    signed_by = fields.Char(readonly=True, copy=False)
    signed_on = fields.Datetime(readonly=True, copy=False)
    signature = fields.Image(max_width=1024, max_height=1024, readonly=True, copy=False)

    def _compute_access_url(self):
        for contract in self:
            contract.access_url = f"/my/support/{contract.id}"

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.name

    def action_preview(self):
        """See the agreement as the customer does."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "target": "self",
            "url": self.get_portal_url(),
        }

    def action_send(self):
        """Write to the customer, with the link to read and sign."""
        self.ensure_one()
        template = self.env.ref("support_contract.mail_template_agreement")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send to Sign"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": template.id,
                "default_composition_mode": "comment",
                "force_email": True,
                "support_mark_sent": True,
            },
        }

    def _has_to_be_signed(self):
        self.ensure_one()
        return self.state == "draft" and not self.signature

    def _sign(self, name, signature, user, address):
        """Take the customer's signature and activate the contract, if the terms say so.

        :param name: of the person who signs
        :param signature: base64 of the picture
        :param user: who is logged in, or the public user
        :param address: network address of the signer, for the record
        :raise UserError: when there is nothing to sign, or something is missing
        """
        self.ensure_one()
        if not self._has_to_be_signed():
            raise UserError(self.env._("This agreement is signed already."))
        name = (name or "").strip()
        if not name:
            raise UserError(self.env._("Write your name."))
        if not signature:
            raise UserError(self.env._("Sign in the field before you send it."))
        self.write(
            {
                "signed_by": name[:100],
                "signed_on": fields.Datetime.now(),
                "signature": signature,
                "date_signed": self.company_id._support_today(),
            }
        )
        self.env.flush_all()
        self._log_event(
            "state",
            self.env._(
                "Signed by %(name)s from %(address)s", name=name, address=address
            ),
            field_name="signed_by",
            after=name[:100],
        )
        report = self.env["ir.actions.report"]
        pdf = report._render_qweb_pdf(
            "support_contract.action_report_agreement", self.ids
        )[0]
        author = self.partner_id if user._is_public() else user.partner_id
        self.message_post(
            body=self.env._("Agreement signed by %s", name),
            attachments=[(f"{self.name}.pdf", pdf)],
            author_id=author.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        if self._get_agreed("sign_activates").value:
            if obstacles := self._get_activation_obstacles():
                self.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Signed, but it cannot become active yet"),
                    note="\n".join(obstacles),
                    user_id=(self.user_id or self.env.user).id,
                )
            else:
                self._set_state("active", self.env._("Signed by the customer"))
