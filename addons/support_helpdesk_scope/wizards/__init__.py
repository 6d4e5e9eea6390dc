# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import support_overview
from . import support_ticket_split
from . import support_work_setup
