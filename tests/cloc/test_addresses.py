# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Who may have our server ask which servers."""

import ipaddress

import cloc
import pytest
from cloc import addresses
from cloc.addresses import CUSTOMER, STAFF, Policy, judge, parse_allowed
from git_server import serving
from hypothesis import given
from hypothesis import strategies as st
from repositories import Repository

PUBLIC = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "8.8.8.8"]
INTERNAL = [
    *("127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "172.31.255.255"),
    *("192.168.1.1", "100.64.0.1", "192.0.2.1", "198.18.0.1", "240.0.0.1"),
    *("255.255.255.255", "::1", "fc00::1", "fd12:3456::1", "fec0::1"),
    *("2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:192.168.0.1"),
    *("64:ff9b::10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::1"),
    "::127.0.0.1",
]
FORBIDDEN = [
    *("169.254.169.254", "169.254.0.1", "0.0.0.0", "::", "fe80::1", "fe80::1%eth0"),
    *("ff02::1", "224.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe"),
    *("fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
]


def same(judged, address):
    return list(map(ipaddress.ip_address, judged)) == [ipaddress.ip_address(address)]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address):
    for policy in (CUSTOMER, STAFF):
        assert judge("host.example", [address], policy) == (address,)


@pytest.mark.parametrize("address", INTERNAL + FORBIDDEN)
def test_customers_do_not_get_inside(address):
    with pytest.raises(cloc.SourceRefused, match="internal"):
        judge("host.example", [address], CUSTOMER)
    # One bad address among good ones is enough: the next look-up may choose it.
    with pytest.raises(cloc.SourceRefused):
        judge("host.example", [*PUBLIC, address], CUSTOMER)
    # Nor by way of a list that was made for staff.
    with pytest.raises(cloc.SourceRefused):
        listed = parse_allowed("host.example 0.0.0.0/0 ::/0")
        judge("host.example", [address], Policy(internal=False, allowed=listed))


@pytest.mark.parametrize("address", INTERNAL)
def test_staff_get_inside(address):
    assert same(judge("git.internal", [address], STAFF), address)


@pytest.mark.parametrize("address", FORBIDDEN)
def test_nobody_gets_to_metadata(address):
    with pytest.raises(cloc.SourceRefused):
        judge("metadata.internal", [address], STAFF)


@given(st.ip_addresses())
def test_what_a_customer_reaches_is_public(address):
    try:
        judge("host.example", [str(address)], CUSTOMER)
    except cloc.SourceRefused:
        return
    real = getattr(address, "ipv4_mapped", None) or address
    assert real.is_global and not real.is_multicast and not real.is_link_local


def test_a_list_allows_what_it_names_and_nothing_else():
    allowed = parse_allowed("git.example.com, *.acme.se\n10.1.0.0/16 2001:db8::/32")
    policy = Policy(internal=True, allowed=allowed)
    for host, address in (
        ("git.example.com", "93.184.216.34"),
        ("GIT.example.com.", "192.168.0.1"),
        ("code.acme.se", "8.8.8.8"),
        ("10.1.2.3", "10.1.2.3"),
        ("other.example", "10.1.2.3"),
        ("other.example", "::ffff:10.1.2.3"),
        ("other.example", "2001:db8::5"),
    ):
        assert same(judge(host, [address], policy), address)
    for host, address in (
        ("evil-git.example.com", "93.184.216.34"),
        ("git.example.com.evil.se", "8.8.8.8"),
        ("acme.se", "8.8.8.8"),
        ("evilacme.se", "8.8.8.8"),
        ("10.2.0.1", "10.2.0.1"),
        ("code.acme.se", "169.254.169.254"),
    ):
        with pytest.raises(cloc.SourceRefused):
            judge(host, [address], policy)


@pytest.mark.parametrize("text", ["https://a.se", "a b/c", "10.0.0.0/99", "a:22", "*"])
def test_a_list_with_something_else_is_refused(text):
    with pytest.raises(ValueError):
        parse_allowed(text)


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "[::1]"),
        *("[::ffff:127.0.0.1]", "0", "[::]"),
    ],
)
def test_other_spellings_of_this_machine_are_resolved_first(host):
    for url in (f"https://{host}/a.git", f"http://{host}:8069/a.git"):
        with pytest.raises((cloc.SourceRefused, cloc.SourceUnreachable)):
            addresses.admit(url, CUSTOMER)
    if "[" not in host:
        for url in (f"ssh://git@{host}/a.git", f"git@{host}:a.git"):
            with pytest.raises((cloc.SourceRefused, cloc.SourceUnreachable)):
                addresses.admit(url, CUSTOMER)


def test_folders(tmp_path):
    (tmp_path / "srv").mkdir()
    (tmp_path / "secret").mkdir()
    (tmp_path / "srv" / "link").symlink_to(tmp_path / "secret")
    listed = Policy(internal=True, allowed=(str(tmp_path / "srv"),))
    addresses.admit(f"file://{tmp_path}/srv/a.git", listed)
    addresses.admit(f"file://{tmp_path}/secret", STAFF)
    for path in ("secret", "srv/../secret", "srv/link", "srv/%2e%2e/secret", "srvx"):
        with pytest.raises(cloc.SourceRefused):
            addresses.admit(f"file://{tmp_path}/{path}", listed)
    for path in ("/etc", f"{tmp_path}/srv/a.git"):
        with pytest.raises(cloc.SourceRefused, match="https"):
            addresses.admit(f"file://{path}", CUSTOMER)


@pytest.fixture
def project(tmp_path):
    repository = Repository(tmp_path / "srv" / "project")
    repository.module("first", a_py="a = 1\n")
    repository.commit()
    return repository


def test_a_customer_s_address_inside_is_not_even_asked(project, tmp_path):
    with serving(project.path + "/..") as server:
        url = f"{server.url}/project/.git"
        source = cloc.Source(url, "main", policy=CUSTOMER)
        with pytest.raises(cloc.SourceRefused):
            cloc.fetch(source, str(tmp_path / "cache"))
        assert not server.seen
        # What is allowed passes, over the same path of code.
        source = cloc.Source(url, "main", policy=STAFF)
        assert cloc.fetch(source, str(tmp_path / "cache")).commit


def test_git_connects_to_the_address_that_was_judged(project, tmp_path, monkeypatch):
    """A name that answers differently the second time gains nothing."""
    with serving(project.path + "/..") as server:
        url = f"http://rebinding.invalid:{server.server_port}/project/.git"
        answers = []

        def resolve(host, port):
            answers.append((host, port))
            return ["127.0.0.1"]

        # No resolver knows the name: git can only arrive by the address we give it.
        monkeypatch.setattr(addresses, "resolve", resolve)
        source = cloc.Source(url, "main", policy=STAFF)
        assert cloc.fetch(source, str(tmp_path / "cache")).commit
        assert answers == [("rebinding.invalid", server.server_port)]
        with pytest.raises(cloc.SourceUnreachable):
            cloc.fetch(cloc.Source(url, "main"), str(tmp_path / "other"))


def test_single_addresses_are_networks_of_one():
    assert parse_allowed("10.1.2.3 ::1 /srv/git/") == (
        "10.1.2.3/32",
        "::1/128",
        "/srv/git",
    )
