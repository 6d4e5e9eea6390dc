# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import contextlib
import os

from odoo import api, models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _file_write(self, bin_value, checksum):
        """What a full disk cut off is taken away again.

        The file's name says what is in it. Odoo leaves it, and would refuse a report
        or a document with the same content ever after: "collides with an existing
        file". Odoo's own remedy, proposed as odoo/odoo#257274, is not in 19.0 of March
        2026.
        """
        path = self._full_path(f"{checksum[:2]}/{checksum}")
        known = os.path.exists(path)
        try:
            return super()._file_write(bin_value, checksum)
        except OSError:
            if not known:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path)
            raise
