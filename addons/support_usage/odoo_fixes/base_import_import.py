# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo import models

from odoo.addons.base_import.models.base_import import ImportValidationError


class BaseImportImport(models.TransientModel):
    """A decimal comma in a file of metered usage is never read as a thousand mark.

    Odoo deletes whatever is chosen to part thousands, wherever it stands: 12,5 becomes
    125, and the customer pays ten times as much. Upstream: `_parse_float_from_data` in
    addons/base_import/models/base_import.py.
    """

    _inherit = "base_import.import"

    def _parse_float_from_data(self, data, index, name, options):
        if self.res_model == "support.usage":
            for line in data:
                self._check_usage_number(line[index].strip(), name, options)
        return super()._parse_float_from_data(data, index, name, options)

    def _check_usage_number(self, text, name, options):
        """Refuse a number whose thousands are not groups of three digits.

        :raise ImportValidationError: with what to choose
        """
        thousand, decimal = self._infer_separators(text, options)
        if not thousand or thousand not in text:
            return
        mark, point = re.escape(thousand), re.escape(decimal or "")
        groups = rf"\D?[1-9]\d{{0,2}}({mark}\d{{3}})+"
        if re.fullmatch(rf"{groups}({point}\d*)?\D?" if point else groups, text):
            return
        raise ImportValidationError(
            self.env._(
                "“%(number)s” is not a number with “%(mark)s” between thousands. "
                "Choose the file's decimal and thousands separators beside the list.",
                number=text,
                mark=thousand,
            ),
            field=name,
        )
