# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The customer signs the agreement in the portal: what they were sent, as it was sent.

A digest of what they are shown goes from the mail to the page, to the signature and to
the activation. Whatever changes it takes the signature away.
"""

import hashlib
import json

from odoo import fields
from odoo.exceptions import AccessError, UserError

from .portal import PortalAccess

# What stands in messages instead of the token, and only in the customer's mail becomes
# it: whoever reads messages does not sign.
LINK = "access_token=of-the-receiver"

DATES = ("date_start", "date_min_end", "date_notice", "date_end")
FIGURES = (
    *("price", "tiers", "minimum", "step", "discount"),
    *("renewal_months", "notice_months", "notice_to_month_end"),
)
SIGNATURE = (
    *("signed_by", "signed_on", "signature", "signed_digest", "date_signed"),
    "signed_document_id",
)
# What says that the agreement was sent, and what exactly.
SENDING = ("date_sent", "sent_fee", "sent_digest", "sent_document_id")
SIGNED = "support_contract.activity_signed"
AGREEMENT = "support_contract.action_report_agreement"
CERTIFICATE = "support_contract.action_report_signature"


def get_digest(contract):
    """Digest of what the customer is shown, whoever asks in which language.

    :param contract: ``support.contract``
    """
    # sudo: what was signed does not depend on who may read all of it.
    values = contract.sudo()._get_shown_values()
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def get_shown_values(contract):
    """See `contract._get_shown_values()`."""
    customer = contract.partner_id.commercial_partner_id
    return {
        "number": contract.name,
        "parties": [
            [one.id, one.name, one.vat or ""] for one in (contract.company_id, customer)
        ],
        "contact": contract.partner_id.id,
        "terms": [contract.terms_id.id, contract.terms_id.version],
        "texts": contract._get_agreement().get_texts_digest(),
        "currency": contract.currency_id.name,
        "estimate": f"{contract.sent_fee:.4f}",
        "services": sorted(
            [
                service.type_id.id,
                service.basis,
                service.user_count,
                *(str(service[name] or "") for name in DATES),
                [_get_figure(service, key) for key in FIGURES],
                sorted(service.type_id.grant_ids.mapped("code")),
            ]
            for service in contract.service_ids
        ),
        "conditions": sorted(
            [
                condition.key,
                condition.type_id.id,
                condition.service_id.id,
                f"{condition.value:.4f}",
                *(str(condition[name] or "") for name in ("date_start", "date_end")),
                condition.note or "",
            ]
            for condition in contract.condition_ids
        ),
    }


def _get_figure(service, key):
    """What is agreed on the first day, which is the same on whichever day one asks."""
    return str(service._get_agreed(key, service.date_start).value)


def mark_sent(contract, receivers):
    """Note what was sent to the customer, and let those sign it who got it.

    :param receivers: `res.partner`; who is not of the customer gets nothing
    :return: list of the id of the document that they sign, for the mail to them
    """
    env = contract.env
    if contract.state != "draft":
        return []
    if contract.terms_id.state == "draft":
        raise UserError(
            env._("Publish its terms before %s is sent.", contract.display_name)
        )
    # sudo: written by the system alone.
    contract_sudo = contract.sudo()._with_permission()
    contract_sudo.write(
        {
            "date_sent": fields.Datetime.now(),
            "sent_fee": contract_sudo._get_known_monthly_fee(),
            "sent_digest": False,
        }
    )
    contract_sudo.sent_digest = get_digest(contract)
    contract_sudo.sent_document_id = _keep_document(contract_sudo)
    PortalAccess(contract.sudo()).give(receivers, "administrator")
    return contract_sudo.sent_document_id.ids


def _keep_document(contract_sudo):
    """The agreement as a file, with the digest that a signature is bound to.

    :return: `ir.attachment`
    """
    report = contract_sudo.env["ir.actions.report"]
    pdf = report._render_qweb_pdf(AGREEMENT, contract_sudo.ids)[0]
    document = contract_sudo.env["ir.attachment"].create(
        {
            "name": f"{contract_sudo.name}.pdf",
            "raw": pdf,
            "mimetype": "application/pdf",
            "description": contract_sudo.sent_digest,
            "res_model": contract_sudo._name,
            "res_id": contract_sudo.id,
        }
    )
    # The file's own digest as well: whoever replaces the file is found out.
    contract_sudo._log_event(
        "state",
        contract_sudo.env._(
            "Sent to sign: %(name)s, SHA-256 %(digest)s",
            name=document.name,
            digest=hashlib.sha256(pdf).hexdigest(),
        ),
    )
    return document


def get_digest_to_sign(contract):
    """The digest of what can be signed now; None where nothing can be."""
    if not contract._has_to_be_signed() or contract.terms_id.state == "draft":
        return None
    digest = get_digest(contract)
    return digest if contract.date_sent and digest == contract.sent_digest else None


def find_changed(contracts):
    """Those among contracts that are not what the customer signed any more."""
    # sudo: the digest is nobody's to read.
    return contracts.filtered(
        lambda contract: contract.state in ("draft", "cancelled")
        and (contract.sudo().signed_digest or contract.signed_by)
        and contract.sudo().signed_digest != get_digest(contract)
    )


def find_outdated(contracts):
    """Those among drafts that are not what the customer was sent any more."""
    # sudo: the digest is nobody's to read.
    return contracts.filtered(
        lambda contract: contract.state in ("draft", "cancelled")
        and contract.sudo().sent_digest
        and contract.sudo().sent_digest != get_digest(contract)
    )


def drop_signatures(contracts):
    """Take signatures away under what is not what was signed, and let what is not what
    was sent be a draft again.
    """
    for contract in find_changed(contracts):
        name = contract.signed_by
        # sudo: written by the system alone.
        contract.sudo()._with_permission().write(dict.fromkeys(SIGNATURE, False))
        contract._log_event(
            "state",
            contract.env._("The agreement changed after it was signed"),
            field_name="signed_by",
            before=name,
        )
        contract.sudo().activity_unlink([SIGNED])
    for contract in find_outdated(contracts):
        # sudo: written by the system alone. The document stays with the message, and
        # its link opens nothing before the agreement is sent again.
        contract.sudo()._with_permission().write(dict.fromkeys(SENDING, False))
        contract._log_event(
            "state",
            contract.env._("The agreement changed after it was sent: send it again."),
        )


class Signing:
    """One signature under a contract.

    :param contract: ``support.contract`` in superuser mode
    :param name: of the person who signs
    :param signature: base64 of the picture
    :param user: who is logged in, or the public user
    :param address: network address of the signer, for the record
    :param digest: of the agreement that they have read
    """

    def __init__(self, contract, name, signature, user, address, digest):
        self.contract = contract
        self.env = contract.env
        self.name = (name or "").strip()
        self.signature = signature
        self.user = user
        self.address = address
        self.digest = digest

    def sign(self):
        """Take the signature and activate the contract, if the terms say so.

        :raise UserError: when there is nothing to sign, or something is missing
        """
        self._check_complete()
        self._write()
        self._keep_copy()
        self._go_on()
        # Whoever has signed sees afterwards what was signed.
        if not self.user._is_public():
            signer = self.user.partner_id
            PortalAccess(self.contract).give(signer, "administrator")

    def _check_complete(self):
        if self.user._is_internal():
            raise AccessError(self.env._("The customer signs, not we."))
        if not self.contract._has_to_be_signed():
            raise UserError(self.env._("This agreement is signed already."))
        if not self.digest or self.digest != get_digest_to_sign(self.contract):
            raise UserError(
                self.env._(
                    "The agreement has changed since it was sent, or since you opened "
                    "this page. Open it anew, or ask us to send it again."
                )
            )
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
                "signed_digest": self.digest,
                "date_signed": self.contract.company_id._support_today(),
                "signed_document_id": self.contract.sent_document_id.id,
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
        """What was signed, as it was sent, and by whom: documents in the chatter."""
        contract, report = self.contract, self.env["ir.actions.report"]
        signed = contract.signed_document_id
        pdf = report._render_qweb_pdf(CERTIFICATE, contract.ids)[0]
        public = self.user._is_public()
        author = contract.partner_id if public else self.user.partner_id
        contract.message_post(
            body=self.env._("Agreement signed by %s", self.name),
            attachments=[
                (signed.name, signed.raw),
                (self.env._("%s signature.pdf", contract.name), pdf),
            ],
            author_id=author.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _go_on(self):
        """Activate the contract where the terms say so; else somebody has to."""
        contract, env = self.contract, self.env
        missing = contract._get_activation_obstacles()
        if contract._get_agreed("sign_activates").value and not missing:
            contract._set_state("active", env._("Signed by the customer"))
            return
        contract.activity_schedule(
            SIGNED,
            summary=env._("Signed, but it cannot become active yet")
            if missing
            else None,
            note="\n".join(missing),
            user_id=contract._get_responsible_user().id,
        )
