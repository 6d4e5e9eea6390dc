# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import test_helpdesk_fixes
from . import test_support_access_matrix
from . import test_support_helpdesk_access
from . import test_support_helpdesk_intake
from . import test_support_helpdesk_mail
from . import test_support_helpdesk_time
from . import test_support_helpdesk_tour
from . import test_support_ticket_contacts
