# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import support_cloc_report_add
from . import support_contract_amend
from . import support_count_approve
from . import support_count_compare
from . import support_count_reject
from . import support_overview
from . import support_upload_token
