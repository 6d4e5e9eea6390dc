# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Windows that buttons open, and the numbers on buttons.

A button that does no more than open a window has its method made in a line::

    action_view_counts = opens("count_ids")
    action_view_charges = lists("my_module.support_charge_action")
    action_give_notice = asks(_lt("Give Notice"), "support.contract.notice")

Records that are at hand open with Odoo's own ``records._get_records_action(name=…)``,
in a dialog with ``target="new"``. The number on a button::

    @api.depends("charge_ids")
    def _compute_charge_count(self):
        fill_count(self, "charge_count", "support.charge")
"""


def opens(path, **values):
    """A method that opens the records of a field, in a window with the field's name.

    :param path: the field, after those that lead to it, with dots between
    :param values: what else the action has, such as a ``context``
    """

    def action(self):
        self.ensure_one()
        self.check_access("read")
        records = self
        for name in path.split("."):
            field, records = records._fields[name], records[name]
        title = field._description_string(self.env)
        return records._get_records_action(name=title, **values)

    return action


def lists(xmlid, link="contract_id", **values):
    """A method that opens the window action ``xmlid`` with what belongs to a record.

    What is new there belongs to it as well; ``link`` and ``values`` as for
    :func:`get_linked_action`.
    """

    def action(self):
        self.check_access("read")
        context = {"context": {f"default_{link}": self.id}}
        return get_linked_action(self, xmlid, link, **context | values)

    return action


def asks(title, model, link="contract_id", **defaults):
    """A method that opens a dialog with a new record of ``model`` for a record.

    :param title: made with `LazyTranslate`
    :param defaults: what its other fields begin with
    """

    def action(self):
        self.ensure_one()
        self.check_access("read")
        return get_dialog(self.env._(title), model, **{link: self.id}, **defaults)

    return action


def fill_count(records, field_name, model, link="contract_id", domain=()):
    """Set the field to the number of records of ``model`` whose ``link`` leads here.

    :param domain: which of them; all by default
    """
    counts = dict(
        records.env[model]._read_group(
            [(link, "in", records.ids), *domain], [link], ["__count"]
        )
    )
    for record in records:
        record[field_name] = counts.get(record._origin, 0)


def get_linked_action(record, xmlid, link="contract_id", **values):
    """The window action ``xmlid`` with those records alone whose ``link`` leads here.

    :param values: what else of the action differs, such as its ``context``
    """
    record.ensure_one()
    record.check_access("read")
    action = record.env["ir.actions.act_window"]._for_xml_id(xmlid)
    return action | {"domain": [(link, "=", record.id)], **values}


def get_list_action(name, model, domain, view_mode="list,form", **values):
    """A list of the records of ``model`` that the domain finds.

    :param values: what else the action has, such as a ``context``
    """
    return {
        "type": "ir.actions.act_window",
        "name": name,
        "res_model": model,
        "view_mode": view_mode,
        "domain": domain,
        **values,
    }


def get_dialog(name, model, /, **defaults):
    """A dialog with the form of a new record of ``model``.

    :param defaults: what its fields begin with
    """
    return {
        "type": "ir.actions.act_window",
        "name": name,
        "res_model": model,
        "view_mode": "form",
        "target": "new",
        "context": {f"default_{field}": value for field, value in defaults.items()},
    }


def get_notification(message, kind="success", **params):
    """A message in the corner of the screen.

    :param params: what else it has, such as a ``title``, or ``next``: the action after
        it
    """
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {"type": kind, "message": message, **params},
    }
