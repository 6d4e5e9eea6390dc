# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Every way in which somebody can ask for a field by RPC, and every method."""

import inspect
from collections import defaultdict

OURS = ("support_scope", "support_helpdesk_scope")
FILES = tuple(f"odoo.addons.{name}." for name in OURS)


def find_fields(env):
    """{model: names of the fields that this half of the suite adds}, all of them."""
    found = defaultdict(list)
    for name, model in env.registry.items():
        if model._abstract:
            continue
        for field in model._fields.values():
            if field._module in OURS:
                found[name].append(field.name)
    return dict(found)


def find_methods(env, model):
    """{name: number of arguments} of our methods that a browser may call."""
    found = {}
    for cls in type(env[model]).__mro__:
        if not cls.__module__.startswith(FILES):
            continue
        for name, value in vars(cls).items():
            method = getattr(value, "__func__", value)
            if name.startswith("_") or not inspect.isfunction(method):
                continue
            if not getattr(method, "_api_private", False):
                found[name] = inspect.signature(method)
    return found


def find_ways(env):
    """(model, field, model it leads to) of all fields that lead to records with
    fields of ours.
    """
    targets = find_fields(env)
    for name, model in env.registry.items():
        if model._abstract or model._transient:
            continue
        for field in model._fields.values():
            if field.comodel_name in targets and field._description_searchable:
                yield name, field.name, field.comodel_name


def ask(field, ids):
    """(method, arguments) of every call that could tell something about a field."""
    known = [("id", "in", ids)]
    some = [*known, (field, "!=", False)]
    yield "read", [ids, [field]]
    yield "web_read", [ids, {field: {}}]
    yield "export_data", [ids, [field]]
    yield "search", [some]
    yield "search", [[*known, (field, "=", False)]]
    yield "search", [known, 0, None, field]
    yield "search_count", [some]
    yield "search_read", [some, [field]]
    yield "web_search_read", [known, {field: {}}]
    yield "name_search", ["", some]
    yield "formatted_read_group", [known, [field], ["__count"]]
    yield "formatted_read_group", [known, [], [f"{field}:count_distinct"]]
    yield "formatted_read_group", [some, [], ["__count"]]
    yield "web_read_group", [known, [field], ["__count"]]


def is_nothing(answer):
    """Whether an answer tells nothing."""
    if isinstance(answer, list):
        return all(isinstance(one, dict) and is_nothing(one) for one in answer)
    if isinstance(answer, dict):
        told = (
            value
            for name, value in answer.items()
            if name == "__count" or not name.startswith("__")
        )
        return all(map(is_nothing, told))
    return not answer
