# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Links in mails to customers: each opens one thing, for one person, until a day.

Nothing is stored: a link is signed with the secret of the database, and whether it
opens is decided each time by what the person and the thing are then.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import hash_sign, str2bool, verify_hash_signed

PAGE = "/my/support/link"
DAYS = timedelta(days=60)
# A new link is mailed once in so long for one thing, and so often in an hour to one
# person: who has an old link cannot fill their mailbox.
PAUSE = timedelta(minutes=10)
MOST = 5
# What a token of ours looks like, before it is checked.
TOKEN = re.compile(r"A[Q-f][\w-]{60,}", re.ASCII)


@dataclass(frozen=True)
class Link:
    """What a token says, which we have signed once.

    :param record: in superuser mode; a `support.link.mixin`
    :param person: `res.partner` who got it, in superuser mode; empty if there is no
        such contact any more
    :param is_over: it is too late to use it
    """

    record: models.BaseModel
    person: models.BaseModel
    is_over: bool

    def opens_for(self, user):
        """Whether it opens for a visitor: a customer's own person, or anybody who is
        not logged in.

        Staff sees what their rights say, with a customer's link and without.
        """
        if self.is_over or not self.record._may_have_link(self.person):
            return False
        if user._is_public():
            return True
        if user._is_internal():
            return self.record.with_user(user).sudo(False).has_access("read")
        mine, theirs = user.partner_id, self.person
        return mine.commercial_partner_id == theirs.commercial_partner_id

    def renew(self):
        """Mail a new one to the address on file, unless that was done lately."""
        receiver = self.person
        if not self.record._may_have_link(receiver):
            receiver = self.record._get_link_receiver()
        if not (receiver.email and self.record._may_have_link(receiver)):
            return
        if not self._was_mailed_lately(receiver):
            self.record.with_context(lang=receiver.lang)._mail_link(receiver)

    def _was_mailed_lately(self, receiver):
        env, now = receiver.env, fields.Datetime.now()
        # Who asks twice at once is answered once.
        receiver.lock_for_update(allow_referencing=True)
        mailed = Domain("partner_ids", "in", receiver.ids) & Domain(
            "subtype_id", "=", env.ref("support_contract.mt_link").id
        )
        own = Domain("model", "=", self.record._name) & Domain(
            "res_id", "=", self.record.id
        )
        messages = env["mail.message"]
        lately = Domain("date", ">", now - PAUSE)
        hour = Domain("date", ">", now - timedelta(hours=1))
        return bool(
            messages.search_count(mailed & own & lately, limit=1)
            or messages.search_count(mailed & hour, limit=MOST) >= MOST
        )


def make_token(record, person):
    """What opens a record for a person; see `Link`."""
    until = record._get_link_until()
    values = [record._name, record.id, person.id, int(until.timestamp())]
    # sudo: the secret of the database.
    env_sudo = record.sudo().env
    return hash_sign(env_sudo, _get_scope(env_sudo), values)


def read_token(env, token):
    """A `Link`, or None where the token is none of ours.

    Whether it opens anything is another question.
    """
    # sudo: the secret of the database, and what customers cannot read.
    env_sudo = env(su=True)
    try:
        values = verify_hash_signed(env_sudo, _get_scope(env_sudo), token or "")
    except ValueError:
        return None
    if not values:
        return None
    name, record_id, person_id, until = values
    if name not in env_sudo or not isinstance(
        env_sudo[name], env_sudo.registry["support.link.mixin"]
    ):
        return None
    record = env_sudo[name].browse(record_id).exists()
    person = env_sudo["res.partner"].browse(person_id).exists()
    if not record or not record._has_own_links():
        return None
    return Link(record, person, until <= fields.Datetime.now().timestamp())


def hide_tokens(env, body):
    """A message without what opens links: a reply quotes the mail that it answers."""
    if not body:
        return body
    hidden = TOKEN.sub(
        lambda found: "…" if read_token(env, found[0]) else found[0], str(body)
    )
    return Markup(hidden) if isinstance(body, Markup) else hidden


def _get_scope(env_sudo):
    """Links of the original open nothing in a neutralized copy, nor the other way."""
    parameters = env_sudo["ir.config_parameter"]
    neutralized = parameters.get_param("database.is_neutralized", "False")
    copy = str2bool(neutralized, default=False)
    return "support_contract.link.copy" if copy else "support_contract.link"
