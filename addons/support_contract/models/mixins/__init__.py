# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

# Others of these are built on it.
from . import support_protected_mixin

from . import support_amendable_mixin
from . import support_customer_pages_mixin
from . import support_history_mixin
from . import support_link_mixin
from . import support_rights_mixin
from . import support_shared_mixin
from . import support_status_mixin
from . import support_thread_mixin
from . import support_window_mixin
