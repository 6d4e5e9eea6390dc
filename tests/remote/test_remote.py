# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A second, real Odoo is asked over HTTP, and `odoo cloc -d` on it says the same."""

import json
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "pure"))

from standalone import load  # noqa: E402

from tooling import odoo, paths  # noqa: E402

cloc = load("support_instance.cloc")
addresses = load("support_instance.cloc.addresses")
odoo_client = load("support_instance_remote.odoo_client")
RemoteReader = load("support_instance_remote.customization").RemoteReader
read_report = load("support_instance.cloc.odoo_report").read_report
CUSTOMER, STAFF = addresses.CUSTOMER, addresses.STAFF
Client, Server = odoo_client.Client, odoo_client.Server

SETUP = r'''
import base64, io, json, zipfile

def xmlid(record, module, name):
    env["ir.model.data"].create(
        {"module": module, "name": name, "model": record._name, "res_id": record.id}
    )

def action(name, code, *modules, **vals):
    record = env["ir.actions.server"].create({
        "name": name, "model_id": env.ref("base.model_res_partner").id,
        "state": "code", "code": code, **vals,
    })
    for module in modules:
        xmlid(record, module, f"action_{record.id}")
    return record

def field(name, compute, *modules):
    record = env["ir.model.fields"].create({
        "name": name, "model_id": env.ref("base.model_res_partner").id,
        "ttype": "char", "store": False, **({"compute": compute} if compute else {}),
    })
    for module in modules:
        xmlid(record, module, f"field_{record.id}")
    return record

action("Own code", "a = 1\nb = 2\n# no\nif a:\n    b = 3\n")
action("Räkna 12 rader", 'ö = "å"\nlog(ö)\n')
action("Of Odoo", "x = 1\n", "base")
action("Exported", "x = 1\ny = 1\n", "base", "__export__")
action("Left out", "x = 1\n" * 9, "__cloc_exclude__")
field("x_sum", "for r in self:\n    r['x_sum'] = 'a'\n")
field("x_plain", "")
field("x_studio_yes", "for r in self:\n    r['x_studio_yes'] = 'b'\n    pass\n",
      "studio_customization")
field("x_no", "for r in self:\n    r['x_no'] = 'b'\n", "studio_customization")
field("x_out", "for r in self:\n    r['x_out'] = 'b'\n", "__cloc_exclude__")
# Odoo checks code when it is saved; an older version may have let this pass.
broken = action("Broken", "a = 1\n")
env.flush_all()
env.cr.execute("UPDATE ir_act_server SET code = 'def :' WHERE id = %s", [broken.id])

FILES = {
    "shop/__manifest__.py": "{'name': 'Shop', 'version': '19.0.1.0', 'author': 'A',"
        " 'license': 'LGPL-3', 'depends': ['base'], 'data': ['data.xml']}",
    "shop/data.xml": """<odoo>
  <record id="page" model="ir.ui.view"><field name="name">page</field>
    <field name="type">qweb</field><field name="key">shop.page</field>
    <field name="arch" type="xml"><t t-name="shop.page"><div>
      <!-- no -->
      <p>ä</p>
    </div></t></field></record>
  <record id="page2" model="ir.ui.view"><field name="name">page</field>
    <field name="type">qweb</field><field name="key">shop.page2</field>
    <field name="arch" type="xml"><t t-name="shop.page2"><p>1</p>
      <p>2</p></t></field></record>
  <record id="form" model="ir.ui.view"><field name="name">form</field>
    <field name="model">res.partner</field>
    <field name="arch" type="xml"><form><field name="name"/></form></field></record>
  <record id="act" model="ir.actions.server"><field name="name">Shop act</field>
    <field name="model_id" ref="base.model_res_partner"/>
    <field name="state">code</field><field name="code">a = 1
b = 2</field></record>
  <record id="x_shop" model="ir.model.fields"><field name="name">x_shop</field>
    <field name="model_id" ref="base.model_res_partner"/>
    <field name="ttype">char</field><field name="store" eval="False"/>
    <field name="compute">for r in self:
    r['x_shop'] = 'a'</field></record>
</odoo>""",
    "shop/static/src/a.js": "// no\nlet a = 1;\nlet å = 2;\n",
    "shop/static/src/a.css": "a {\n}\n/* no */\n",
    "shop/static/src/b.scss": "// no\na {\n}\n",
    "shop/static/src/t.xml": "<t>\n<!-- no -->\n<a/>\n</t>\n",
    "shop/static/src/long.js": "x" * 100_001,
    "shop/static/src/no.txt": "not counted\n",
}
output = io.BytesIO()
with zipfile.ZipFile(output, "w") as archive:
    for name, text in FILES.items():
        archive.writestr(name, text)
env["base.import.module"].create(
    {"module_file": base64.b64encode(output.getvalue())}
).import_module()
assert env["ir.module.module"].search([("name", "=", "shop")]).state == "installed"
# What 15.0 imported was not public. One external id leads nowhere, as after a deletion.
hidden = env["ir.attachment"].search([("url", "=", "/shop/static/src/t.xml")])
hidden.public = False
gone = hidden.copy()
xmlid(gone, "shop", "gone")
env.flush_all()
env.cr.execute("DELETE FROM ir_attachment WHERE id = %s", [gone.id])
# By their names they are nothing that is counted, whatever their addresses say.
for name in ("a.json", "x.css.map", "x.js\n"):
    copy = hidden.copy({"name": name, "url": f"/shop/static/src/{len(name)}.js"})
    xmlid(copy, "shop", f"copy_{len(name)}")
out = env["ir.attachment"].search([("url", "=", "/shop/static/src/b.scss")])
xmlid(out, "__cloc_exclude__", "out")

admin = env.ref("base.user_admin")
key = env(user=admin)["res.users.apikeys"]._generate("rpc", "test", None)
plain = env["res.users"].create({"name": "Plain", "login": "plain",
    "group_ids": [(6, 0, [env.ref("base.group_user").id])]})
plain_key = env(user=plain)["res.users.apikeys"].sudo()._generate("rpc", "t", None)
env.cr.commit()
print("\n" + json.dumps([admin.login, key, plain_key]))
'''


INSTALL = """
env["ir.module.module"].update_list()
env["ir.module.module"].search(
    [("name", "=", "attachments_of_odoo_15")]
).button_immediate_install()
"""

ADDONS = ROOT / "tests" / "addons"


REPLACE = """
action = env["ir.actions.server"].search([("name", "=", "Own code")])
action.code = action.code.replace("b = 3", "b = 4")
env.cr.commit()
"""


@pytest.fixture
def remote(pg, database, odoo_shell, odoo_server):
    """(address, database, login, key, key without rights) of a second Odoo."""
    name = database("base_import_module")
    printed = odoo_shell(name, SETUP).strip().splitlines()[-1]
    with odoo_server(name) as address:
        yield address, name, *json.loads(printed)


@pytest.fixture
def remote_of_15(pg, database, odoo_shell, odoo_server):
    """The same, where a search leaves out what it left out in 15.0."""
    name = database("base_import_module")
    printed = odoo_shell(name, SETUP).strip().splitlines()[-1]
    path = ("--addons-path", f"{paths.ADDONS},{ADDONS}")
    odoo_shell(name, INSTALL, *path)
    with odoo_server(name, arguments=path) as address:
        yield address, name, *json.loads(printed)


def figures(count):
    """What a report tells of a count: all but the texts."""
    return [
        (
            *(module.name, module.code, module.total, module.errors),
            [f._replace(blob="") for f in module.files if not f.excluded],
        )
        for module in count.modules
    ]


def read(server):
    return RemoteReader(server).count(timeout=300)


def test_what_a_search_of_odoo_15_leaves_out_is_counted(pg, remote_of_15):
    address, name, login, key, _plain = remote_of_15
    done = odoo.run_odoo(["cloc", "-d", name, "-v"], pg, capture_output=True, text=True)
    report = read_report(done.stdout)
    servers = (
        Server(address, "jsonrpc", name, login, key),
        Server(address, "json2", name, key=key),
    )
    for server in servers:
        with Client(server, time.monotonic() + 60) as client:
            searched = client.fetch_records(
                "ir.attachment", [["url", "like", "/shop/static/%"]], ["url"]
            )
            assert "/shop/static/src/t.xml" not in {row["url"] for row in searched}
        count = read(server)
        assert (count.code, count.total) == (report.code, report.total)
        assert figures(count) == figures(report.as_count(count.ruleset))


def test_both_protocols_count_what_odoo_cloc_counts(pg, remote, odoo_shell):
    address, name, login, key, plain_key = remote
    done = odoo.run_odoo(["cloc", "-d", name, "-v"], pg, capture_output=True, text=True)
    report = read_report(done.stdout)
    # The report itself has what this test is about.
    assert set(report.modules) == {"odoo/studio", "shop"}
    assert len(report.errors["odoo/studio"]) == 1 and len(report.errors["shop"]) == 1
    assert sum(map(len, report.excluded.values())) == 3

    servers = {
        "json2": Server(address, "json2", name, key=key, policy=STAFF),
        "jsonrpc": Server(address, "jsonrpc", name, login, key, STAFF),
    }
    digests = set()
    for protocol, server in servers.items():
        count = read(server)
        assert figures(count) == figures(report.as_count(count.ruleset)), protocol
        # Both tell what the database leaves out; a report not always of which module.
        left_out = [(item, lines) for _module, item, lines in count.left_out]
        assert {item.partition(":")[0] for item, _lines in left_out} >= {
            "/shop/static/src/b.scss"
        }
        assert sorted(left_out) == sorted(
            (item, lines)
            for _module, item, lines in report.as_count(count.ruleset).left_out
        )
        assert len(left_out) == 3
        digests.add(count.digest)
        # Named to the byte: every text that was seen has its fingerprint.
        unnamed = {
            file.path
            for module in count.modules
            for file in module.files
            if not file.blob and not file.error
        }
        assert unnamed <= {"(items of the same name)"}
        assert all(module.digest for module in count.modules)
        assert (count.code, count.total) == (report.code, report.total)
        assert count.series == "19.0"
        assert count.installed["base"].startswith("19.0.")
        assert "base_import_module" in count.installed
        # An imported module is counted here; a repository's copy is not in use.
        assert "shop" not in count.installed and "sale" not in count.installed
        assert key not in repr(server) and key not in str(count)
    # Other code of as many lines is other code.
    assert len(digests) == 1
    odoo_shell(name, REPLACE)
    replaced = read(servers["json2"])
    assert figures(replaced) == figures(count)
    assert replaced.digest not in digests

    # Who may not read it all is refused, not counted short.
    for server in (
        Server(address, "json2", name, key="wrong"),
        Server(address, "json2", name, key=plain_key),
        Server(address, "jsonrpc", name, login, "wrong"),
        Server(address, "jsonrpc", name, "nobody", key),
        Server(address, "jsonrpc", name, "plain", plain_key),
    ):
        with pytest.raises(cloc.AccessRefused, match="Settings rights") as caught:
            read(server)
        assert key not in str(caught.value) and plain_key not in str(caught.value)
    with pytest.raises(cloc.CountError):
        read(Server(address, "jsonrpc", "nowhere", login, key))
    # A customer could not point at it: it is inside.
    with pytest.raises(cloc.SourceRefused):
        read(Server(address, "json2", name, key=key, policy=CUSTOMER))
    # Pages: more records than one answer has.
    with Client(servers["json2"], time.monotonic() + 60) as client:
        found = list(client.fetch_records("ir.model.data", [], ["module"]))
        assert len(found) > 1000 and len({row["id"] for row in found}) == len(found)
