# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import secrets

from werkzeug.urls import url_encode

from odoo import api, fields, models

from ...links import DAYS, PAGE, hide_tokens, make_token, read_token


class SupportLinkMixin(models.AbstractModel):
    """What is mailed to a customer with a link that opens it alone; see `links`.

    First among what a model inherits, before Odoo's own portal and chatter: their
    token never expires, and stands in no mail of ours.
    """

    _name = "support.link.mixin"
    _description = "Mailed With a Link"
    _mail_post_token_field = "support_link_token"
    # Whether its page shows the chatter, which a link opens too then.
    _has_link_chatter = False

    support_link_token = fields.Char(
        compute="_compute_support_link_token", compute_sudo=True
    )

    @api.depends_context("support_link_token", "uid")
    def _compute_support_link_token(self):
        """The token that this request came with, if it opens the record."""
        token = self.env.context.get("support_link_token")
        link = self._read_link(token)
        for record in self:
            if not record._has_own_links():
                # Of others Odoo's own, as ever.
                own = "access_token" in record and record.access_token
                record.support_link_token = own or ""
            else:
                opens = (
                    record._has_link_chatter and link and link.record.id == record.id
                )
                record.support_link_token = token if opens else ""

    # === WHAT A MODEL SAYS OF ITS LINKS: EXTEND === #

    def _has_own_links(self):
        """Whether it is a record of ours, on a model that others have records on."""
        return bool(self)

    def _may_have_link(self, person):
        """Whether a person of the customer may see it today by a link.

        :param person: `res.partner`, in superuser mode; may be empty
        """
        raise NotImplementedError

    def _get_link_receiver(self):
        """Who gets a new link where the person of the old one is no more."""
        return self.env["res.partner"]

    def _get_link_until(self):
        """Until when a link that is made now opens it."""
        return fields.Datetime.now() + DAYS

    def _get_link_page(self, token):
        """The address that a link leads to, or none: `_render_link` then."""
        self.ensure_one()
        return f"{self.access_url}?{url_encode({'access_token': token})}"

    def _get_link_template(self):
        """(name of a page, its values) for what has no address of its own."""
        raise NotImplementedError

    def _mail_link(self, person):
        """Mail a new link to a person who has asked for it."""
        self.ensure_one()
        company = self.company_id.partner_id
        self.message_notify(
            subject=self.env._("A new link: %s", self.display_name),
            body=self.env._(
                "Somebody asked for a new link, with one that we mailed before. It "
                "opens %s and nothing else. If it was not you, do nothing.",
                self.display_name,
            ),
            author_id=company.id,
            email_from=company.email_formatted,
            partner_ids=person.ids,
            subtype_xmlid="support_contract.mt_link",
            # To the person even where they read their messages in Odoo.
            email_layout_xmlid="mail.mail_notification_layout",
        )

    def _mail_template_with_link(self, template, person):
        """Mail something that has no chatter; it goes with Odoo's next e-mails."""
        template.with_context(support_link_reader=person.id).send_mail(
            self.id,
            force_send=False,
            email_values={
                "recipient_ids": [fields.Command.set(person.ids)],
                "partner_ids": [fields.Command.set(person.ids)],
                "subtype_id": self.env.ref("support_contract.mt_link").id,
            },
            email_layout_xmlid="mail.mail_notification_layout",
        )

    # === LINKS === #

    def _make_link_in_mail(self):
        """The same, in a template that is written to one person; else nothing."""
        reader = self.env.context.get("support_link_reader")
        # sudo: who writes need not see every contact.
        person_sudo = self.env["res.partner"].sudo().browse(reader or ())
        return person_sudo and self._make_link(person_sudo)

    def _make_link(self, person):
        """The address that stands in a person's mail."""
        self.ensure_one()
        query = url_encode({"access_token": make_token(self, person)})
        return f"{self.get_base_url()}{PAGE}?{query}"

    @api.model
    def _read_link(self, token, user=None):
        """What a token opens for a visitor: a `Link`, or None.

        :param user: who is logged in; of the environment by default
        """
        link = read_token(self.env, token) if token else None
        if link and link.record._name == self._name:
            return link if link.opens_for(user or self.env.user) else None
        return None

    def _get_link_person(self, token, user=None):
        """Who of the customer got the link that a visitor came with, or nobody."""
        link = self._read_link(token, user)
        same = link and link.record.id == self.id
        return link.person if same else self.env["res.partner"]

    # === INSTEAD OF ODOO'S TOKEN === #

    def _portal_ensure_token(self):
        if not self._has_own_links():
            return super()._portal_ensure_token()
        return self.support_link_token

    def _sign_token(self, pid):
        """What Odoo lets write in the portal's chatter for ever: of ours nothing."""
        if not self._has_own_links():
            return super()._sign_token(pid)
        return secrets.token_hex()

    def _get_share_url(
        self, redirect=False, signup_partner=False, pid=None, share_token=True
    ):
        if self._has_own_links():
            # What staff shares by hand opens with a role: it is shown to them.
            pid = share_token = None
        return super()._get_share_url(redirect, signup_partner, pid, share_token)

    @api.model
    def _get_thread_with_access(self, thread_id, *, token=None, **kwargs):
        link = self._has_link_chatter and self._read_link(token)
        if link and link.record.id == thread_id:
            return link.record.with_context(support_link_token=token)
        return super()._get_thread_with_access(thread_id, token=token, **kwargs)

    def _mail_get_partners(self, introspect_fields=False):
        """Whoever came by a link writes in their own name."""
        result = super()._mail_get_partners(introspect_fields=introspect_fields)
        if token := self.env.context.get("support_link_token"):
            for record in self:
                if person := record._get_link_person(token):
                    result[record.id] = person.with_env(self.env)
        return result

    def message_post(self, *, body="", **kwargs):
        return super().message_post(body=hide_tokens(self.env, body), **kwargs)

    def _notify_get_recipients_classify(
        self, message, recipients_data, model_description, msg_vals=False
    ):
        """Each person of the customer gets a mail of their own, with their own link."""
        groups = super()._notify_get_recipients_classify(
            message, recipients_data, model_description, msg_vals=msg_vals
        )
        if not self or not self._has_own_links():
            return groups
        plain = self._notify_get_action_link("view", model=self._name, res_id=self.id)
        # sudo: who writes need not see every contact.
        people = self.env["res.partner"].sudo()
        result = []
        for group in groups:
            others = []
            button = group["button_access"]
            for data in group["recipients_data"]:
                person = people.browse(data["id"] or ())
                if data["type"] == "user" or not self._may_have_link(person):
                    others.append(data)
                    continue
                result.append(
                    group
                    | {
                        "recipients_data": [data],
                        "recipients_ids": person.ids,
                        "recipients_emails": [],
                        "has_button_access": True,
                        "button_access": button | {"url": self._make_link(person)},
                    }
                )
            if others:
                ids = [data["id"] for data in others if data["id"]]
                result.append(
                    group
                    | {
                        "recipients_data": others,
                        "recipients_ids": ids,
                        # Without the token that Odoo puts there.
                        "button_access": button | {"url": plain},
                    }
                )
        return result
