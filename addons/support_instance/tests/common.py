# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import tempfile
from pathlib import Path

from odoo import Command

from odoo.addons.support_contract.tests.common import SupportContractCommon

from .repository import Repository


class SupportInstanceCommon(SupportContractCommon):
    """Factories of instances and of the repositories that they read."""

    @classmethod
    def _create_instance(cls, contract, repository=None, **vals):
        """An instance of `contract` that reads its code from `repository`."""
        if repository:
            vals.setdefault(
                "source_ids",
                [Command.create({"url": repository.url, "branch": "main"})],
            )
        return cls.env["support.instance"].create(
            {"name": "Production", "contract_id": contract.id, **vals}
        )

    @classmethod
    def _read_from(cls, source, **vals):
        """Read the code of a signed contract from elsewhere, as an amendment does."""
        contract = source.instance_id.contract_id
        contract._amend(
            contract.company_id._support_today(), "Code moved", [(source, vals)]
        )

    @classmethod
    def _create_repository(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        return Repository(Path(folder.name))
