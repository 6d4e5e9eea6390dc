# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The rules of the house: where code of an add-on lies and what it may reach.

Plain Python over the syntax trees of the add-ons, so that nothing is imported. A rule
is a function from the add-ons to its complaints; RULES lists them.
"""

import ast
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

MAXIMUM_LINES = 900
# What else of an add-on names models and external ids.
TEXT_SUFFIXES = {".xml", ".csv", ".js"}

# Collections that Odoo itself reads from the class.
ODOOS_COLLECTIONS = {
    "_depends",
    "_inherit",
    "_inherits",
    "_rec_names_search",
}
LITERALS = (
    ast.Set,
    ast.Dict,
    ast.List,
    ast.Tuple,
    ast.SetComp,
    ast.DictComp,
    ast.ListComp,
    ast.GeneratorExp,
)
COLLECTION_CALLS = {"set", "frozenset", "dict", "list", "tuple", "defaultdict"}


@dataclass
class Module:
    """A Python file of an add-on."""

    addon: str
    path: Path  # below the folder of all add-ons
    text: str

    @cached_property
    def tree(self):
        return ast.parse(self.text)

    @property
    def inside(self):
        """The path below the add-on, as names: ("models", "res_partner")."""
        parts = self.path.with_suffix("").parts[1:]
        return parts[:-1] if parts[-1] == "__init__" else parts

    @property
    def is_test(self):
        return "tests" in self.path.parts

    def at(self, node, text):
        return f"addons/{self.path}:{node.lineno}: {text}"

    @cached_property
    def model_classes(self):
        classes = (node for node in self.tree.body if isinstance(node, ast.ClassDef))
        found = (ModelClass(self, node, _model_name(node)) for node in classes)
        return [each for each in found if each.model]


@dataclass
class ModelClass:
    """A class that makes or extends a model."""

    module: Module
    node: ast.ClassDef
    model: str

    @property
    def methods(self):
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return [node for node in self.node.body if isinstance(node, kinds)]


def _assignments(body):
    """(name, value, node) of the plain assignments of a class or a module."""
    for node in body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value, node
        elif isinstance(node, ast.AnnAssign) and node.value:
            if isinstance(node.target, ast.Name):
                yield node.target.id, node.value, node


def _model_name(node):
    """The model that a class is about, or None."""
    attributes = {name: value for name, value, _node in _assignments(node.body)}
    for name in ("_name", "_inherit"):
        value = attributes.get(name)
        if isinstance(value, ast.List | ast.Tuple) and len(value.elts) == 1:
            value = value.elts[0]
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return value.value
    return None


class Addons:
    """All add-ons in a folder."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.modules = []
        for manifest in sorted(self.folder.glob("*/__manifest__.py")):
            for path in sorted(manifest.parent.rglob("*.py")):
                if "static" not in path.relative_to(manifest.parent).parts:
                    self.modules.append(self._module(path))

    def _module(self, path):
        below = path.relative_to(self.folder)
        return Module(below.parts[0], below, path.read_text(encoding="utf-8"))

    @property
    def own(self):
        """Without the tests and the manifests."""
        return [
            module
            for module in self.modules
            if not module.is_test and module.path.name != "__manifest__.py"
        ]

    @cached_property
    def pairs(self):
        """{(add-on, model): classes}"""
        result = defaultdict(list)
        for module in self.own:
            for each in module.model_classes:
                result[module.addon, each.model].append(each)
        return result

    @cached_property
    def depends(self):
        """{add-on: the add-ons that it depends on, directly or not, and itself}"""
        named = {
            module.addon: ast.literal_eval(module.tree.body[-1].value).get("depends")
            for module in self.modules
            if module.path.name == "__manifest__.py"
        }
        return {addon: _reachable(addon, named) for addon in named}


def _reachable(start, edges):
    seen, todo = set(), [start]
    while todo:
        each = todo.pop()
        if each not in seen:
            seen.add(each)
            todo += edges.get(each) or []
    return seen


# -- the rules ----------------------------------------------------------------


def one_file_for_a_model(addons):
    """A model is found by one search: an add-on has one class and one file for it."""
    for (_addon, model), classes in addons.pairs.items():
        first = classes[0]
        for other in classes[1:]:
            yield other.module.at(
                other.node,
                f"{model} is in addons/{first.module.path} of this add-on, too",
            )


def file_named_after_model(addons):
    """A file is called like one of its models; a long name may end earlier."""
    for module in addons.own:
        names = [each.model.replace(".", "_") for each in module.model_classes]
        if names and not any(
            f"{name}_".startswith(f"{module.path.stem}_") for name in names
        ):
            listed = ", ".join(names)
            yield f"addons/{module.path}:1: is named after none of its models: {listed}"


def one_method_of_a_name(addons):
    """`super()` leads to another add-on, a mixin or Odoo; never to a class beside.

    Nor is a method written twice in one class, where the second hides the first.
    """
    for (_addon, model), classes in addons.pairs.items():
        first = {}
        for each in classes:
            for method in each.methods:
                before = first.setdefault(method.name, (each, method))
                if before[1] is not method:
                    where = f"addons/{before[0].module.path}:{before[1].lineno}"
                    yield each.module.at(
                        method,
                        f"{model}.{method.name} is in this add-on twice: {where}",
                    )


def sets_are_methods(addons):
    """A set that add-ons extend is a method with super().

    Of two add-ons that extend a class attribute, the one that is loaded last wins, and
    what the other has added is lost without a word.
    """
    for module in addons.own:
        constants = {
            name: value for name, value, _node in _assignments(module.tree.body)
        }
        for each in module.model_classes:
            for name, value, node in _assignments(each.node.body):
                if name not in ODOOS_COLLECTIONS and _is_collection(value, constants):
                    what = f"{each.model}.{name} is a collection of the class"
                    yield module.at(node, f"{what}: make it a method")


def _is_collection(value, constants, depth=5):
    if isinstance(value, LITERALS):
        return True
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in COLLECTION_CALLS
    if isinstance(value, ast.BinOp):
        return any(
            _is_collection(side, constants, depth) for side in (value.left, value.right)
        )
    if isinstance(value, ast.Name) and depth and value.id in constants:
        return _is_collection(constants[value.id], constants, depth - 1)
    return False


def models_in_alphabetical_order(addons):
    """The order of imports carries no meaning, so it is the alphabet's."""
    for module in addons.own:
        if module.path.parts[1:] != ("models", "__init__.py"):
            continue
        imports = [
            (alias.name, node)
            for node in module.tree.body
            if isinstance(node, ast.ImportFrom) and node.level == 1
            for alias in node.names
        ]
        for (before, _node), (name, node) in zip(imports, imports[1:], strict=False):
            if name < before:
                yield module.at(node, f"{name} stands behind {before}")


def no_long_file(addons):
    """At 900 lines a file is split by procedure or by add-on."""
    for module in addons.modules:
        lines = len(module.text.splitlines())
        if lines > MAXIMUM_LINES:
            yield f"addons/{module.path}:1: has {lines} lines, {MAXIMUM_LINES} at most"


def imports_point_down(addons):
    """An add-on imports only from what it depends on."""
    for module in addons.modules:
        for node in ast.walk(module.tree):
            for parts in _imported_names(node):
                if parts[:2] != ("odoo", "addons") or len(parts) < 3:
                    continue
                other = parts[2]
                if (
                    other in addons.depends
                    and other not in addons.depends[module.addon]
                ):
                    yield module.at(node, f"{module.addon} does not depend on {other}")


def _imported_names(node):
    """The absolute names of an import, as tuples."""
    if isinstance(node, ast.Import):
        return [tuple(alias.name.split(".")) for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        package = tuple(node.module.split("."))
        return [(*package, alias.name) for alias in node.names]
    return []


def names_point_down(addons):
    """An add-on names models and external ids only of what it depends on.

    What only an add-on above can know comes from there, by a method that it extends.
    """
    owners = _owners(addons)
    for module in addons.modules:
        if module.path.name == "__manifest__.py":
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for name in _named_above(addons, owners, module.addon, node.value):
                    yield module.at(node, f"{module.addon} does not depend on {name}")
    for path in sorted(addons.folder.rglob("*")):
        below = path.relative_to(addons.folder)
        addon = below.parts[0]
        if path.suffix not in TEXT_SUFFIXES or addon not in addons.depends:
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            for word in re.findall(r"@?[\w.]+", line):
                for name in _named_above(addons, owners, addon, word):
                    where = f"addons/{below}:{number}"
                    yield f"{where}: {addon} does not depend on {name}"


def _owners(addons):
    """{model, or the id of its record: the add-on that makes it}"""
    result = {}
    for (addon, model), classes in addons.pairs.items():
        for each in classes:
            names = {name for name, _value, _node in _assignments(each.node.body)}
            if "_name" in names and not _extends(each.node, model):
                result[model] = result[f"model_{model.replace('.', '_')}"] = addon
    return result


def _extends(node, model):
    """The class has the model among what it inherits, too."""
    for name, value, _node in _assignments(node.body):
        if name == "_inherit":
            return any(
                isinstance(part, ast.Constant) and part.value == model
                for part in ast.walk(value)
            )
    return False


def _named_above(addons, owners, addon, text):
    """The add-on above, if a text is a model, an external id or a script of it."""
    owner = owners.get(text)
    if not owner and re.fullmatch(r"\w+\.\w+|@\w+", text):
        owner = text.lstrip("@").partition(".")[0]
    if owner in addons.depends and owner not in addons.depends[addon]:
        yield f"{owner}: {text}"


def no_circle_of_imports(addons):
    """What imports each other is one thing in two files."""
    by_addon = defaultdict(dict)
    for module in addons.modules:
        by_addon[module.addon][module.inside] = module
    for addon, modules in sorted(by_addon.items()):
        edges = {
            name: {
                (target, node)
                for node in ast.walk(module.tree)
                for target in _imports_within(addon, module, node, modules)
                if target != name
            }
            for name, module in modules.items()
        }
        for circle in _circles(edges):
            path = " -> ".join(".".join(name) or "__init__" for name, _node in circle)
            name, node = circle[0]
            first = ".".join(name) or "__init__"
            yield modules[name].at(node, f"imports in a circle: {path} -> {first}")


def _imports_within(addon, module, node, modules):
    """The modules of the same add-on that an import leads to, as names."""
    targets = []
    if isinstance(node, ast.ImportFrom) and node.level:
        is_package = module.path.name == "__init__.py"
        up = node.level - (1 if is_package else 0)
        base = module.inside[: len(module.inside) - up] if up else module.inside
        package = (*base, *(node.module.split(".") if node.module else ()))
        targets = [(*package, alias.name) for alias in node.names]
    else:
        own = ("odoo", "addons", addon)
        targets = [name[3:] for name in _imported_names(node) if name[:3] == own]
    for target in targets:
        # The longest beginning that is a module; the rest is a name inside it.
        while target and target not in modules:
            target = target[:-1]
        yield target


def _circles(edges):
    """One circle for each group of modules that lead to each other."""
    reported = set()
    for start in sorted(edges):
        if start in reported:
            continue
        circle = _way_back(start, edges)
        if circle:
            reported.update(name for name, _node in circle)
            yield circle


def _way_back(start, edges):
    """The shortest way from a module to itself: [(module, its import)], or None."""
    ways = [[(start, None)]]
    seen = set()
    while ways:
        longer = []
        for way in ways:
            here = way[-1][0]
            for target, node in sorted(edges[here], key=lambda edge: edge[0]):
                done = [*way[:-1], (here, node)]
                if target == start:
                    return done
                if target not in seen:
                    seen.add(target)
                    longer.append([*done, (target, None)])
        ways = longer
    return None


RULES = {
    "one file for a model": one_file_for_a_model,
    "a file is named after its model": file_named_after_model,
    "one method of a name": one_method_of_a_name,
    "sets are methods": sets_are_methods,
    "models in alphabetical order": models_in_alphabetical_order,
    f"at most {MAXIMUM_LINES} lines": no_long_file,
    "imports point down": imports_point_down,
    "names point down": names_point_down,
    "no circle of imports": no_circle_of_imports,
}
