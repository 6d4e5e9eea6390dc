# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Secrets travel encrypted, to a server that has proved who it is, or not at all."""

import os

import cloc
import pytest
from certificates import Authority
from cloc.addresses import CUSTOMER, STAFF, Policy, Sealed, open_secret, parse_hosts
from git_server import serving
from repositories import Repository

SECRET = "hemligt/Ä+1 %"


@pytest.fixture
def cache(tmp_path):
    return str(tmp_path / "cache")


@pytest.fixture
def project(tmp_path):
    repository = Repository(tmp_path / "srv" / "project")
    repository.module("first", a_py="a = 1\n")
    repository.commit()
    return repository


@pytest.fixture
def authority(tmp_path, monkeypatch):
    """One that this machine believes."""
    made = Authority(tmp_path / "authority")
    monkeypatch.setenv("GIT_SSL_CAINFO", str(made.file))
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    return made


def source_of(server, host="127.0.0.1", **values):
    url = f"https://{host}:{server.server_port}/project/.git"
    return cloc.Source(url, "main", user="anna", secret=SECRET, **values)


@pytest.mark.parametrize(
    ("host", "policy"), [("127.0.0.1", None), ("localhost", STAFF)]
)
def test_git_over_https_with_a_password(project, cache, authority, host, policy):
    """Pinned to the address that was judged, it still insists on the name."""
    tls = authority.context(host)
    root = os.path.dirname(project.path)
    with serving(root, user="anna", password=SECRET, tls=tls) as server:
        revision = cloc.fetch(source_of(server, host, policy=policy), cache)
        count = cloc.count_revision(revision.repo_path, revision.commit)
        assert count.code == 1
        assert {value for _path, value in server.seen} == {server.wanted}
        wrong = cloc.Source(source_of(server, host).url, user="anna", secret="other")
        with pytest.raises(cloc.AccessRefused):
            cloc.fetch(wrong, cache)


@pytest.mark.parametrize("bad", ["name", "authority", "expired", "future", "self"])
@pytest.mark.parametrize("policy", [None, STAFF])
def test_a_wrong_certificate_gets_neither_password_nor_request(
    project, cache, authority, tmp_path, bad, policy
):
    other = Authority(tmp_path / "other", "Authority that nobody believes")
    tls = {
        "name": lambda: authority.context("git.example.com"),
        "authority": lambda: other.context("127.0.0.1"),
        "expired": lambda: authority.context("127.0.0.1", -30, -1),
        "future": lambda: authority.context("127.0.0.1", 2, 30),
        "self": lambda: Authority(tmp_path / "self", "127.0.0.1").context("127.0.0.1"),
    }[bad]()
    with serving(os.path.dirname(project.path), tls=tls) as server:
        with pytest.raises(cloc.SourceUnreachable, match="no valid certificate"):
            cloc.fetch(source_of(server, policy=policy), cache)
        assert server.seen == []


def test_nobody_can_switch_the_check_off(project, cache, tmp_path, monkeypatch):
    """Neither a variable, nor a setting in the home folder or the cached repository."""
    monkeypatch.setenv("GIT_SSL_NO_VERIFY", "1")
    monkeypatch.setenv("HOME", str(tmp_path))
    careless = "[http]\n\tsslVerify = false\n"
    (tmp_path / ".gitconfig").write_text(careless)
    tls = Authority(tmp_path / "other").context("127.0.0.1")
    with serving(os.path.dirname(project.path), tls=tls) as server:
        source = source_of(server)
        for _attempt in range(2):
            with pytest.raises(cloc.SourceUnreachable, match="certificate"):
                cloc.fetch(source, cache)
            for config in (tmp_path / "cache").glob("*.git/config"):
                with config.open("a") as file:
                    file.write(careless)
        assert server.seen == []


def test_a_plain_server_is_no_server_of_https(project, cache, authority):
    with serving(os.path.dirname(project.path), user="anna", password=SECRET) as server:
        with pytest.raises(cloc.SourceUnreachable):
            cloc.fetch(source_of(server), cache)
        assert server.seen == []


def test_https_does_not_lead_on_to_http(project, cache, authority):
    root, tls = os.path.dirname(project.path), authority.context("127.0.0.1")
    with serving(root) as plain, serving(root, mode="redirect", tls=tls) as server:
        server.other = plain.url
        with pytest.raises(cloc.SourceUnreachable, match="another address"):
            cloc.fetch(source_of(server), cache)
        assert plain.seen == []


@pytest.mark.parametrize(
    "policy", [None, STAFF, CUSTOMER, Policy(True, plain=("b.se",))]
)
@pytest.mark.parametrize("host", ["a.se", "a.se:8080", "10.0.0.7", "127.0.0.1.a.se"])
def test_no_secret_goes_over_plain_http(cache, monkeypatch, policy, host):
    """It is refused before the name is even looked up."""
    monkeypatch.setattr("socket.getaddrinfo", None)
    source = cloc.Source(f"http://{host}/a.git", secret=SECRET, policy=policy)
    with pytest.raises(cloc.SourceRefused, match="without encryption") as caught:
        cloc.fetch(source, cache)
    assert SECRET not in str(caught.value)


def test_plain_http_to_this_machine_and_to_hosts_that_are_allowed():
    policy = Policy(True, plain=parse_hosts("Git.Internal.SE, 10.0.0.7; [fd00::7]"))
    for url in (
        *("http://127.0.0.1/a", "http://localhost:8069/a", "http://[::1]:1/a"),
        *("http://git.internal.se/a", "http://10.0.0.7:80/a", "http://[fd00::7]/a"),
    ):
        assert open_secret(SECRET, "password", url, policy) == SECRET
    for text in ("http://a.se", "*.a.se", "a b/c", "10.0.0.0/8"):
        with pytest.raises(ValueError):
            parse_hosts(text)


def test_without_a_key_an_encrypted_secret_opens_nothing(cache):
    source = cloc.Source("https://127.0.0.1:1/a.git", secret=Sealed(7, "gAAAA"))
    assert "gAAAA" not in repr(source)
    with pytest.raises(cloc.AccessRefused, match="Enter it again"):
        cloc.fetch(source, cache)
