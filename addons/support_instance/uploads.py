# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A customer's own server sends its reports: with a token, and not too often."""

import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import fields

from odoo.addons.support_contract.windows import get_dialog

from .cloc.addresses import is_loopback
from .evidence import fingerprint

# Calls with a right token; a server that reports every night needs one.
UPLOADS_PER_HOUR = 20


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
        return get_dialog(
            self.env._("Upload Token"),
            "support.upload.token",
            token=token,
            unencrypted=_is_unencrypted(url),
            preparation=f"(umask 077; echo 'Authorization: Bearer {token}' > {file})",
            command=(
                f"odoo cloc -d DATABASE -v | curl --data-binary @- -H @{file} "
                '-H "Content-Type: text/plain" '
                f'-H "Odoo-Version: $(odoo --version)" {url}'
            ),
        )

    def wait_for_counts(self):
        """Wait for whoever is counting the instance, and then for other uploads: who
        counts takes them in this order."""
        self.env.cr.execute(
            "SELECT id FROM support_instance WHERE id = %s FOR NO KEY UPDATE",
            [self.source.instance_id.id],
        )
        self.wait_for_uploads()

    def wait_for_uploads(self):
        """One at a time: who waited fails to serialize, and is tried anew by Odoo."""
        self.env.cr.execute(
            "SELECT id FROM support_source WHERE id = %s FOR UPDATE", [self.source.id]
        )

    def is_allowed(self):
        """Note one call and tell whether it is within the limit; waits for others."""
        source = self.source
        self.wait_for_uploads()
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
