# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Faults of OCA's `helpdesk_mgmt` 19.0.1.3.2 that customers would meet, mended for
whoever installs this add-on. A file goes when OCA has mended it; `docs/upstream.md` has
the text for them.
"""

from . import mail_thread
from . import submitted_ticket
from . import ticket_close
