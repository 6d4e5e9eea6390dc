# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import SupportContractCommon

REFUSED = "is published and cannot change"


@tagged("post_install", "-at_install")
class TestSupportTermsFrozen(SupportContractCommon):
    """A published version is read-only in every field and line, for everybody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("sv_SE")
        cls.env["ir.module.module"]._load_module_terms(["support_contract"], ["sv_SE"])
        draft = cls.terms.copy({"version": "2"})
        draft._get_price(cls.type_maintenance).tier_ids = [
            Command.create({"above": 10_000, "price_unit": 150.0})
        ]
        draft.suspend_right_ids = cls.env.ref("support_contract.right_upgrade")
        draft.action_publish()
        cls.published = draft
        cls.retired = draft.copy()
        cls.retired.action_publish()
        cls.retired.action_retire()
        cls.everybody = (
            cls.published.with_user(cls.manager),
            cls.published.sudo(),
            cls.retired.with_user(cls.manager),
            cls.retired.sudo(),
        )

    @contextmanager
    def _refused(self, words=REFUSED):
        """A UserError, after which the transaction goes on as if nothing had been."""
        with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
            yield

    def _lines(self, terms):
        return (
            terms.price_ids[0],
            terms.price_ids.tier_ids[0],
            terms.scope_ids[0],
        )

    def test_every_field_of_a_version_is_read_only(self):
        ours = {
            name: field
            for name, field in self.env["support.terms"]._fields.items()
            if field.store and name not in self.env["mail.thread"]._fields
        }
        self.assertIn("upgrade_fee", ours)
        for terms in self.everybody:
            for name, field in ours.items():
                with self.subTest(state=terms.state, field=name):
                    # Not even the value that it has already.
                    value = field.convert_to_write(terms[name], terms)
                    with self._refused(""):
                        terms.write({name: value})

    def test_every_field_of_a_line_is_read_only(self):
        for terms in self.everybody:
            for line in self._lines(terms):
                for name, field in line._fields.items():
                    if not field.store or name in ("id", "create_uid", "write_uid"):
                        continue
                    with self.subTest(model=line._name, field=name):
                        value = field.convert_to_write(line[name], line)
                        with self._refused():
                            line.write({name: value})

    def test_values_of_a_version_cannot_be_assigned(self):
        with self._refused():
            self.published.upgrade_fee = 0.0
        with self._refused():
            self.published.price_ids[0].price_unit = 1.0

    def test_lines_cannot_be_added(self):
        for terms in self.everybody:
            env = terms.env
            for model, vals in (
                ("price", {"type_id": self._new_type().id, "price_unit": 1.0}),
                ("scope", {"category_id": self._new_category().id}),
            ):
                with self.subTest(model=model), self._refused():
                    env[f"support.terms.{model}"].create({"terms_id": terms.id, **vals})
            with self._refused():
                env["support.terms.price.tier"].create(
                    {
                        "price_id": terms.price_ids[0].id,
                        "above": 20_000,
                        "price_unit": 1.0,
                    }
                )

    def test_lines_cannot_come_with_a_default_of_the_context(self):
        with self._refused():
            self.env["support.terms.scope"].with_context(
                default_terms_id=self.published.id
            ).create({"category_id": self._new_category().id})

    def test_lines_cannot_be_moved_in(self):
        draft = self.published.copy()
        with self._refused():
            draft.price_ids[0].terms_id = self.published
        with self._refused():
            draft.price_ids.tier_ids.price_id = self.published.price_ids[0]

    def test_lines_cannot_be_deleted(self):
        for terms in self.everybody:
            for line in self._lines(terms):
                with self.subTest(model=line._name), self._refused():
                    line.unlink()

    def test_commands_of_the_version_are_refused(self):
        price, scope = self.published.price_ids[0], self.published.scope_ids[0]
        right = self.env.ref("support_contract.right_patch")
        for vals in (
            {"price_ids": [Command.update(price.id, {"price_unit": 1.0})]},
            {"price_ids": [Command.delete(price.id)]},
            {"price_ids": [Command.clear()]},
            {"price_ids": [Command.set([])]},
            {"price_ids": [Command.unlink(price.id)]},
            {"scope_ids": [Command.update(scope.id, {"verdict": "billed"})]},
            {"scope_ids": [Command.create({"category_id": self._new_category().id})]},
            {"suspend_right_ids": [Command.link(right.id)]},
            {"suspend_right_ids": [Command.clear()]},
        ):
            for terms in self.everybody:
                with self.subTest(vals=vals), self._refused():
                    terms.write(vals)

    def test_commands_of_another_record_are_refused(self):
        price = self.published.price_ids[0]
        with self._refused():
            price.write({"tier_ids": [Command.clear()]})
        draft = self.published.copy()
        with self._refused():
            draft.write({"price_ids": [Command.link(price.id)]})

    def test_translations_are_refused(self):
        swedish = {"sv_SE": "Något annat"}
        for terms in self.everybody:
            with self._refused():
                terms.update_field_translations("name", swedish)
            with self._refused():
                terms.scope_ids[0].update_field_translations("wording", swedish)
            with self._refused():
                terms.scope_ids[0].web_override_translations({"wording": "Else"})
            with self._refused("kan inte ändras"):
                terms.scope_ids[0].with_context(lang="sv_SE").wording = "Något annat"
        self.env.invalidate_all()
        line = self.published.scope_ids[0].with_context(lang="sv_SE")
        self.assertNotEqual(line.wording, "Något annat")

    def test_import_is_refused(self):
        scope = self.published.scope_ids[0]
        export = self.published.export_data(["id"])["datas"][0][0]
        for model, fields, row in (
            ("support.terms", ["id", "upgrade_fee"], [export, "1"]),
            ("support.terms", [".id", "upgrade_fee"], [str(self.published.id), "1"]),
            ("support.terms.scope", [".id", "verdict"], [str(scope.id), "billed"]),
            (
                "support.terms",
                [".id", "price_ids/type_id/.id", "price_ids/price_unit"],
                [str(self.published.id), str(self._new_type().id), "1"],
            ),
        ):
            with self.subTest(fields=fields), mute_logger("odoo.sql_db"):
                result = self.env[model].with_user(self.manager).load(fields, [row])
                self.assertFalse(result["ids"])
                self.assertIn(REFUSED, result["messages"][0]["message"])

    def test_state_changes_by_the_buttons_alone(self):
        draft = self.published.copy()
        for terms in (draft.sudo(), draft.with_user(self.manager)):
            with self._refused("their buttons"):
                terms.write({"state": "published"})
            with self._refused("their buttons"):
                terms.date_published = "2026-01-01"
        with self._refused("their buttons"):
            self.published.state = "draft"
        with self._refused("their buttons"):
            self.retired.state = "published"
        vals = {"name": "New", "version": "1"}
        Terms = self.env["support.terms"]
        for attempt in (
            lambda: Terms.create({**vals, "state": "published"}),
            lambda: Terms.create({**vals, "state": "published", "scope_ids": []}),
            lambda: Terms.create({**vals, "date_published": "2026-01-01"}),
            lambda: Terms.with_context(default_state="published").create(vals),
            lambda: self.published.copy({"state": "published"}),
        ):
            with self._refused(""):
                attempt()

    def test_nothing_in_the_context_opens_a_version(self):
        for value in (True, 1, "STEP", {"step": True}):
            terms = self.published.with_context(support_permission=value)
            with self._refused(""):
                terms.write({"upgrade_fee": 0.0, "state": "draft"})

    def test_versions_cannot_be_deleted(self):
        for terms in self.everybody:
            with self._refused("Retire"):
                terms.unlink()

    def test_what_a_version_refers_to_cannot_be_deleted(self):
        right = self.env["support.right"].create({"name": "Own", "code": "own"})
        category = self._new_category()
        draft = self.published.copy()
        draft.suspend_right_ids = right
        draft.action_add_categories()
        draft.action_publish()
        for record in (right, category, self.type_patch):
            with (
                self.subTest(model=record._name),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                record.unlink()
                self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(draft.suspend_right_ids, right)
        self.assertIn(category, draft.scope_ids.category_id)

    def test_changes_of_what_it_was_made_from_do_not_reach_it(self):
        line = self.published.scope_ids[0]
        wording = line.wording
        line.category_id.write({"wording": "Something else", "verdict": "billed"})
        self.env.flush_all()
        line.invalidate_recordset()
        self.assertEqual((line.wording, line.verdict), (wording, "included"))

    def test_form_of_a_published_version_is_read_only(self):
        form = Form(self.published.with_user(self.manager))
        for name in ("name", "version", "currency_id", "upgrade_fee", "count_day"):
            with self.subTest(field=name), self.assertRaises(AssertionError):
                setattr(form, name, form[name])

    def test_people_still_talk_about_a_published_version(self):
        message = self.published.with_user(self.manager).message_post(body="Signed.")
        self.published.message_subscribe(self.manager.partner_id.ids)
        self.assertIn(message, self.published.message_ids)

    def _new_type(self):
        return self.type_patch.copy()

    def _new_category(self):
        return self.env["support.scope.category"].create(
            {
                "name": "New",
                "code": f"new_{self.env['support.scope.category'].search_count([])}",
                "wording": "New.",
            }
        )
