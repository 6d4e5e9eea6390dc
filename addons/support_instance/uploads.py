# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A customer's own server sends its reports: with a token, and not too often."""

import hmac
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import fields

from .cloc.addresses import is_loopback
from .evidence import fingerprint

# Calls with a right token; a server that reports every night needs one.
UPLOADS_PER_HOUR = 20


def find_source(env, source_id, token):
    """The source that a token opens, with the rights of the system; else none.

    Takes the same way and time for a wrong token and a source that is not there.
    """
    # sudo: the caller is a server that has no user here.
    source = env["support.source"].sudo().browse(source_id).exists()
    known = source.token_hash or token_hash(secrets.token_urlsafe(32))
    is_right = hmac.compare_digest(known, token_hash(token))
    if is_right and source._is_upload_open():
        return source
    return source.browse()


def token_hash(token):
    """Tokens are long and random: one round is enough, and salt adds nothing."""
    return fingerprint(token)


class Uploads:
    """What a customer's server sends to one source.

    :param source: `support.source` of the kind “upload”
    """

    def __init__(self, source):
        source.ensure_one()
        self.env = source.env
        self.source = source

    def make_token(self):
        """Make a new token; the one before opens nothing any more.

        :return: the action that shows it, with the lines to enter on the server
        """
        source = self.source
        token = secrets.token_urlsafe(32)
        # sudo: nobody has access to the field.
        source.sudo().write(
            {"token_hash": token_hash(token), "token_date": fields.Date.today()}
        )
        url = f"{source.instance_id.get_base_url()}/support/count/{source.id}"
        # In a file, not in the line that runs every night: processes are listed with
        # their arguments, and cron notes its lines in the system's log.
        file = f'"$HOME/support_token_{source.id}"'
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Upload Token"),
            "res_model": "support.upload.token",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_token": token,
                "default_unencrypted": _is_unencrypted(url),
                "default_preparation": (
                    f"(umask 077; echo 'Authorization: Bearer {token}' > {file})"
                ),
                "default_command": (
                    f"odoo cloc -d DATABASE -v | curl --data-binary @- -H @{file} "
                    '-H "Content-Type: text/plain" '
                    f'-H "Odoo-Version: $(odoo --version)" {url}'
                ),
            },
        }

    def is_allowed(self):
        """Note one call and tell whether it is within the limit; waits for others."""
        source = self.source
        source._wait_for_uploads()
        now = fields.Datetime.now()
        number = source.upload_number + 1
        hour = source.upload_hour
        if not hour or hour < now - timedelta(hours=1):
            number, hour = 1, now
        source.write({"upload_number": number, "upload_hour": hour})
        return number <= UPLOADS_PER_HOUR


def _is_unencrypted(url):
    """Whether everybody on the way can read what is sent there."""
    parts = urlsplit(url)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")
