# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""The facts that verdicts are made of, gathered for many pieces of work at once."""

from dataclasses import dataclass
from datetime import date

from odoo.addons.support_contract.rights import RightJudge

from . import rules


@dataclass(frozen=True)
class WorkCase:
    """One question: is this work included, on that day?

    :param day: in the company's time zone
    :param contract: `support.contract`, or none
    :param undecided: whether a person has to choose the contract
    :param category: `support.scope.category`, or none
    :param instance: `support.instance`, or none
    :param module: `support.instance.module`, or none
    :param reproduction: `support.reproduction`, or none
    :param linked: the day on which it was chosen for the work, if that is known
    :param logged: whether it is about time that was logged, not about work to come
    :param upgrade: ``right`` or ``extra`` for work on an upgrade, else None
    """

    day: date
    contract: object
    undecided: bool = False
    category: object = None
    instance: object = None
    module: object = None
    reproduction: object = None
    linked: date | None = None
    logged: bool = False
    upgrade: str | None = None


class FactFinder:
    """Finds the facts of many cases in a number of queries that is that of one case.

    In superuser mode: a verdict does not depend on who asks, and says nothing about
    the contract but its clause.

    :param cases: list of :class:`WorkCase`
    """

    def __init__(self, env, cases):
        self.env = env(su=True)
        self.cases = cases
        contracts = {case.contract.id for case in cases if case.contract}
        # One recordset, so that what is read of one is read for all of them.
        self.contracts = self.env["support.contract"].browse(sorted(contracts))
        self.rights = {
            right.code: right for right in self.env["support.right"].search([])
        }
        # Read at once: asked of one by one, each amendment would be.
        amendments = self.contracts.amendment_ids
        amendments.mapped("undone_by_ids.undone_by_ids")
        amendments.undoes_id.mapped("undone_by_ids")
        self.known = {}
        self.modules = self._find_modules()

    def judge(self):
        """[(:class:`..rules.Facts`, :class:`..rules.ScopeVerdict`)], as the cases."""
        found = [self._get_facts(case) for case in self.cases]
        return [(facts, rules.judge(facts)) for facts in found]

    def _get_facts(self, case):
        if not case.contract:
            state = "undecided" if case.undecided else "none"
            return rules.Facts(case.day, state, category=self._get_code(case))
        contract = case.contract.sudo().with_prefetch(self.contracts._prefetch_ids)
        if not self._once(self._runs, contract, case.day):
            return rules.Facts(case.day, "none", category=self._get_code(case))
        scope = self._once(self._get_scopes, contract, case.day).get(case.category)
        instances = case.instance and case.instance.sudo()
        instances = instances or self._once(self._get_instances, contract, case.day)
        return rules.Facts(
            day=case.day,
            contract="running",
            suspension=self._once(self._get_suspension, contract, case.day),
            category=self._get_code(case),
            scope=scope,
            upgrade=case.upgrade,
            granted=tuple(
                code
                for code in (scope.rights if scope else ())
                if self._is_granted(contract, case, code)
            ),
            in_pool=self._is_in_pool(instances, case.day),
            module_covered=self._is_covered(case, instances),
            reproduction=self._get_reproduction(case, contract, instances),
        )

    def _once(self, find, *arguments):
        """What many cases of the same contract and day ask for."""
        key = (find.__name__, *arguments)
        if key not in self.known:
            self.known[key] = find(*arguments)
        return self.known[key]

    def _get_code(self, case):
        return case.category.sudo().code if case.category else None

    def _runs(self, contract, day):
        """Whether a service of a signed contract runs on the day."""
        if contract.state in ("draft", "cancelled"):
            return False
        return any(
            service.date_start
            and service.date_start <= day
            and (not service.date_end or day <= service.date_end)
            for service in contract.service_ids
        )

    def _get_scopes(self, contract, day):
        """{category: :class:`..rules.Scope`} by the terms of the day."""
        return self._once(self._read_terms, contract._get_terms(day))

    def _read_terms(self, terms):
        """The same of a version of the terms, which many contracts share."""
        return {
            line.category_id: rules.Scope(
                verdict=line.verdict,
                clause=line.clause or "",
                rights=tuple(
                    sorted((line.right_id | line.also_right_ids).mapped("code"))
                )
                if line.right_id
                else (),
                charged_by=line.charged_by,
                pool_only=line.pool_only,
                covered_only=line.covered_only,
                upgrade_clause=line.upgrade_clause or "",
            )
            for line in terms.scope_ids
        }

    def _get_suspension(self, contract, day):
        if suspension := contract._right_suspension(day):
            rights = suspension.rights
            return rules.Suspension(
                suspension.clause, None if rights is None else tuple(sorted(rights))
            )
        return None

    def _is_granted(self, contract, case, code):
        """Whether a right is granted, apart from suspensions: those are a rule."""
        # The right that an upgrade uses is taken, and its own.
        reserved = code == "upgrade" and case.upgrade == "right"
        return self._once(self._answer, contract, code, reserved, case.day)

    def _answer(self, contract, code, reserved, day):
        return self._once(self._get_right_case, contract, code, reserved).answer(day)

    def _get_right_case(self, contract, code, reserved):
        judge, right = RightJudge(contract), self.rights[code]
        return judge.grant(right) if reserved else judge.get_case(right, {})

    def _get_instances(self, contract, day):
        """The instances that were in use, for work that names none of them."""
        everything = contract.with_context(active_test=False).instance_ids
        return everything.filtered(
            lambda one: one._value_on("active", day) and not one._is_closed_on(day)
        )

    def _is_in_pool(self, instances, day):
        pool = {instance._is_in_pool_on(day) for instance in instances}
        return None if len(pool) > 1 else pool != {False}

    def _find_modules(self):
        """{name: modules} of reproductions, for work that names no module itself."""
        names = {
            case.reproduction.sudo().module_name
            for case in self.cases
            if case.reproduction and not case.module
        }
        if not names:
            return {}
        found = self.env["support.instance.module"].search(
            [
                ("instance_id.contract_id", "in", self.contracts.ids),
                ("name", "in", list(names)),
            ]
        )
        return found.grouped("name")

    def _is_covered(self, case, instances):
        """Whether the contract covered the module on the day.

        Odoo's own modules are not billed, and are maintained all the same. A bug is in
        the module that it was reproduced in.
        """
        modules = case.module and case.module.sudo()
        if not modules and case.reproduction:
            modules = self.modules.get(case.reproduction.sudo().module_name)
            modules = modules and modules.filtered(
                lambda one: one.instance_id in instances
            )
        return not modules or any(
            one.origin == "core" or one._value_on("covered", case.day)
            for one in modules
        )

    def _get_reproduction(self, case, contract, instances):
        """What was found out about the bug; nothing by the trial of another bug."""
        if not case.reproduction:
            return None
        tried = case.reproduction.sudo()
        series = {instance._get_series_on(case.day) for instance in instances}
        name = case.module and case.module.sudo().name
        own = tried.company_id == contract.company_id
        if not own or not tried._is_about(name, series):
            return None
        result = tried._get_result()
        if result == "not_reproducible" and case.logged:
            if case.day <= tried._get_last_free_day(case.linked):
                return "analysis"
        return result
