# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What git may be asked to fetch at all."""

import cloc
import pytest


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://host.example/a/b", "https://host.example/a/b"),
        ("https://host.example:8443/a/b.git", "https://host.example:8443/a/b.git"),
        ("ssh://git@host.example/a/b.git", "ssh://git@host.example/a/b.git"),
        ("git@host.example:a/b.git", "git@host.example:a/b.git"),
        ("git@host.example:/a/b.git", "git@host.example:/a/b.git"),
        ("file:///srv/a.git", "file:///srv/a.git"),
        ("/srv/a.git", "file:///srv/a.git"),
        ("http://[::1]:80/a", "http://[::1]:80/a"),
    ],
)
def test_plain_addresses_pass(url, clean):
    source = cloc.Source(url)
    assert source.url == clean
    assert source.secret == ""
    assert source.is_ssh == ("git@" in url)
    assert source.name == ("b" if "b" in url else "a")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ext::sh -c touch% /tmp/x",
        "ext::sh",
        "fd::17",
        "git://host.example/a",
        "ftp://host.example/a",
        "HTTPS::https://host.example/a",
        "https::https://host.example/a",
        "--upload-pack=touch /tmp/x",
        "-c",
        "--help",
        "ssh://-oProxyCommand=x/a",
        "ssh://-oProxyCommand=x@host.example/a",
        "ssh://host.example/-x",
        "-oProxyCommand=x@host:a",
        "git@-oProxyCommand=x:a",
        "-git@host.example:a",
        "git@host.example:-a",
        "git@host.example::a",
        "git@host.example:a::b",
        "git@host.example:a?b",
        "ssh://git:password@host.example/a",
        "https://host.example",
        "https:///a",
        "https://ho st/a",
        "https://host.example/a\nb",
        "https://host.example/a\0",
        "https://host.example/a?token=x",
        "https://host.example/a#b",
        "https://host.example\\@other.example/a",
        "https://host.example:99999/a",
        "https://host_name;x/a",
        "file://host.example/a",
        "file:relative",
        "file:////host/a",
        "relative/path",
        "../up",
        "C:\\repo",
        "https://" + "a" * 3000,
    ],
)
def test_other_addresses_are_refused(url):
    with pytest.raises(cloc.SourceRefused):
        cloc.Source(url)


def test_protocols_can_be_narrowed():
    for url in ("file:///srv/a", "/srv/a", "http://host.example/a"):
        with pytest.raises(cloc.SourceRefused):
            cloc.Source(url, protocols=("https", "ssh"))


@pytest.mark.parametrize("branch", ["", "main", "17.0", "feature/x-1", "v1.0+se", "å"])
def test_ordinary_branches_pass(branch):
    assert cloc.Source("/srv/a", branch).branch == branch


@pytest.mark.parametrize(
    "branch",
    ["-x", "--upload-pack=x", "a b", "a..b", "a:b", "+a", "a~1", "a^", "@", "a@{1}"]
    + ["a/", "/a", "a//b", "a/.b", ".a", "a.lock", "a.", "a\n", "a\0b", "*", "a/-b"]
    + ["x" * 300],
)
def test_other_branches_are_refused(branch):
    if branch == "+a":
        # A valid name, and never the beginning of a refspec: ours begins with "+refs/"
        assert cloc.Source("/srv/a", branch).branch == "+a"
        return
    with pytest.raises(cloc.SourceRefused):
        cloc.Source("/srv/a", branch)


def test_a_password_in_the_address_is_taken_out():
    source = cloc.Source("https://anna:s%40fe@host.example/a")
    assert (source.url, source.user, source.secret) == (
        "https://host.example/a",
        "anna",
        "s@fe",
    )
    assert "s@fe" not in repr(source) and "anna" not in repr(source)
    token = cloc.Source("https://abc123@host.example/a")
    assert (token.url, token.secret) == ("https://host.example/a", "abc123")
    # The cache does not depend on who fetches.
    assert source.key == token.key == cloc.Source("https://host.example/a").key


def test_credentials_cannot_add_headers():
    with pytest.raises(cloc.SourceRefused):
        cloc.Source("https://host.example/a", user="a", secret="b\nX-Evil: 1")
