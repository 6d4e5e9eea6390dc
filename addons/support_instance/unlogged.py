# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Secrets that people enter stay out of the log, at its level "debug" too.

There Odoo notes every call with its arguments. What was called by name remains.
"""

import logging

MODELS = frozenset({"support.credential", "support.upload.token"})


class _WithoutArguments(logging.Filter):
    def filter(self, record):
        # Of odoo.service.model.call_kw: "call %s.%s(%s)"
        if isinstance(record.args, tuple) and len(record.args) == 3:
            records, method, _arguments = record.args
            if getattr(records, "_name", "") in MODELS:
                record.args = (records, method, "…")
        return True


logging.getLogger("odoo.service.model").addFilter(_WithoutArguments())
