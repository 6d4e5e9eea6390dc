# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
from contextlib import contextmanager

from freezegun import freeze_time

from odoo import Command

from odoo.addons.support_instance.tests.common import SupportInstanceCommon
from odoo.addons.support_instance.tests.repository import module_files


class SupportUpgradeCommon(SupportInstanceCommon):
    """A running contract, code of an old and a new version, and the way between."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terms = cls._publish_terms()

    @classmethod
    def _publish_terms(cls, **vals):
        terms = cls.terms.copy({"version": f"upgrade {len(vals)}", **vals})
        terms.action_publish()
        return terms

    @contextmanager
    def _on(self, day):
        """At noon of `day`, a time that is the same day everywhere it matters."""
        with freeze_time(f"{day} 12:00:00"):
            yield

    @classmethod
    def _create_running(cls, services=(("maintenance", "2026-09-01"),), **vals):
        """An active contract with an uncounted production on version 17.0."""
        contract = cls._create_contract(
            services,
            **{"billed_through": "2026-08-31", "terms_id": cls.terms.id} | vals,
        )
        cls._create_instance(contract, series="17.0")
        contract.action_activate()
        return contract

    @classmethod
    def _create_versions(cls):
        """A repository with the branches 17.0 and 19.0.

        17.0 has acme_base (120 lines), acme_sale (80) and acme_old (50); in 19.0
        acme_base has 110 lines, acme_old is gone.
        """
        repository = cls._create_repository()
        repository.commit(
            {
                **module_files("acme_base", 120),
                **module_files("acme_sale", 80),
                **module_files("acme_old", 50),
            }
        )
        cls._push(repository, "17.0")
        gone = dict.fromkeys(module_files("acme_old", 50))
        repository.commit({**module_files("acme_base", 110), **gone})
        cls._push(repository, "19.0")
        return repository

    @classmethod
    def _push(cls, repository, branch):
        work = str(repository.work)
        repository._git("-C", work, "push", "--quiet", "origin", f"HEAD:{branch}")

    @classmethod
    def _create_counted(cls, services=(("maintenance", "2026-09-01"),), **vals):
        """An active contract whose production runs the branch 17.0 and is counted."""
        repository = cls._create_versions()
        contract = cls._create_contract(
            services,
            **{"billed_through": "2026-08-31", "terms_id": cls.terms.id} | vals,
        )
        production = cls._create_instance(
            contract,
            series="17.0",
            source_ids=[Command.create({"url": repository.url, "branch": "17.0"})],
        )
        contract.action_activate()
        production.action_count()
        return contract

    @classmethod
    def _request(cls, contract, day=None, user=None, **vals):
        """A request of the customer for version 19.0."""
        upgrades = cls.env["support.upgrade"].with_user(user or cls.consultant)
        values = {"contract_id": contract.id, "to_series": "19.0"} | vals
        if day:
            values["date_requested"] = day
        return upgrades.create(values)

    @classmethod
    def _approve(cls, upgrade, kind, **vals):
        """The customer's approval, as a consultant puts it on record."""
        proof = upgrade.env["ir.attachment"].create(
            {"name": "mail.txt", "datas": base64.b64encode(b"We agree.")}
        )
        return upgrade.env["support.upgrade.approval"].create(
            {
                "upgrade_id": upgrade.id,
                "kind": kind,
                "given_by": "Head of finance",
                "how": "mail",
                "attachment_ids": [Command.set(proof.ids)],
                **vals,
            }
        )

    def _get_periods(self, contract, until, on_date=None):
        """The upgrade rights of every period that begins by ``until``."""
        on_date = on_date or contract.company_id._support_today()
        return contract._get_upgrade_ledger().entries(until, on_date)

    def _finish_modules(self, upgrade):
        """Every module gets its outcome: acme_old is dropped, the others migrated."""
        for module in upgrade.module_ids:
            outcome = "dropped" if module.name == "acme_old" else "migrated"
            module.write({"outcome": outcome, "state": "done"})

    def _bring_to_testing(self, contract, **vals):
        """An upgrade whose test instance is counted and with the customer."""
        upgrade = self._request(contract, **vals)
        upgrade.action_accept()
        upgrade.action_start()
        self._finish_modules(upgrade)
        upgrade._get_switch_instance().action_count()
        upgrade.action_test()
        return upgrade
