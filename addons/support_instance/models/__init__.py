# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from . import res_company
from . import res_config_settings
from . import support_cloc_report
from . import support_contract
from . import support_contract_checklist
from . import support_contract_service
from . import support_count
from . import support_count_flag
from . import support_count_growth
from . import support_count_line
from . import support_count_module
from . import support_count_run
from . import support_credential
from . import support_event
from . import support_evidence_mixin
from . import support_instance
from . import support_instance_module
from . import support_secret_log
from . import support_source
from . import support_terms
