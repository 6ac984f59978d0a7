"""Technical measures on machines whose settings a test chose: real programs in namespaces."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from collected import facts_of, texts
from hardened import machine, raw_machine
from hardened_examples import DAY, LISTENER, NOW, STRONG, WEAK, Example, waiting
from hypothesis import given
from hypothesis import strategies as st

from auditor import measures
from auditor.catalogue import probes
from auditor.collection import Collection, Section
from auditor.model import InformationSystem, Measured, Row
from auditor.probing import HostFacts, Probe

pytestmark = [pytest.mark.root, pytest.mark.package]

FAILED_ON_WEAK = {
    *("time_synchronised", "host_firewall", "no_clear_text_login", "ssh_no_root_password"),
    *("ssh_no_empty_passwords", "ssh_strong_algorithms", "password_length", "password_hashing"),
    *("no_empty_passwords", "account_lockout", "session_lock", "default_accounts_inactive"),
    *("inactive_accounts_disabled", "supported_system", "no_plain_ftp", "no_legacy_services"),
    *("no_plain_snmp", "logs_kept_month", "logs_kept_quarter"),
}
LEFT_ON_WEAK = {"no_plain_http_admin", "no_plain_vnc", "updates_monthly"}
DEPENDS_ON_THIS_MACHINE = {"time_synchronised", "updates_monthly"}
"""The kernel's clock and apt's lists are those of the machine that runs the tests."""

NEEDS_ROOT = {
    *("host_firewall", "ssh_no_root_password", "ssh_no_empty_passwords", "ssh_strong_algorithms"),
    *("no_empty_passwords", "default_accounts_inactive", "inactive_accounts_disabled"),
    *("system_logging", "logs_kept_month", "logs_kept_quarter", "no_plain_snmp"),
}


def judged(collection: Collection) -> dict[str, Row]:
    """Return the rows of a machine by measure."""
    rows = probes()["hardening"].measure(facts_of(collection)).rows
    return {str(row["measure"]): row for row in rows}


def of(rows: Mapping[str, Row], *, is_met: bool | None) -> set[str]:
    """Return the measures with one answer."""
    return {name for name, row in rows.items() if row["is_met"] is is_met}


@pytest.fixture(scope="module")
def weak(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """Return the machine with every setting wrong."""
    return _made(tmp_path_factory, WEAK)


@pytest.fixture(scope="module")
def strong(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """Return the machine with every setting right."""
    return _made(tmp_path_factory, STRONG)


def _made(factory: pytest.TempPathFactory, example: Example, user: int = 0) -> Collection:
    folder = factory.mktemp("machine")
    for above in (folder, *list(folder.parents)[:2]):
        above.chmod(0o755)
    return machine(folder, example.files, example.setup, example.logins, user)


def test_every_wrong_setting_is_seen(
    weak: Collection, conforms: Callable[[Probe, Measured], bool]
) -> None:
    """Real sshd, vsftpd, snmpd, nft and accounts, each set wrongly; nothing wrong is called met."""
    rows = judged(weak)
    assert conforms(probes()["hardening"], probes()["hardening"].measure(facts_of(weak)))
    assert of(rows, is_met=False) >= FAILED_ON_WEAK - DEPENDS_ON_THIS_MACHINE
    assert of(rows, is_met=True) <= {"system_logging"} | DEPENDS_ON_THIS_MACHINE
    assert all(rows[name]["is_left_to_people"] for name in LEFT_ON_WEAK)
    assert rows["ssh_strong_algorithms"]["observed"] == (
        "aes128-cbc, hmac-md5, diffie-hellman-group1-sha1"
    )
    assert rows["no_plain_snmp"]["observed"] == "snmpd.conf: rocommunity"


def test_every_right_setting_is_seen(strong: Collection) -> None:
    """The same programs, set rightly; what only people can know is left to them."""
    rows = judged(strong)
    assert of(rows, is_met=False) <= DEPENDS_ON_THIS_MACHINE
    assert of(rows, is_met=None) - DEPENDS_ON_THIS_MACHINE == {"no_plain_http_admin"}
    assert set(rows) == {m.id for m in measures.load().measures if "linux" in m.platforms}


def test_rights_never_make_an_answer_better(
    tmp_path_factory: pytest.TempPathFactory, strong: Collection, weak: Collection
) -> None:
    """What an ordinary account is not shown stays open, and it says so."""
    for example, root in ((STRONG, strong), (WEAK, weak)):
        ordinary = _made(tmp_path_factory, example, user=65534)
        assert not ordinary.is_root
        assert_not_better(judged(root), judged(ordinary))
    ordinary = _made(tmp_path_factory, STRONG, user=65534)
    measured = probes()["hardening"].measure(facts_of(ordinary))
    rows = judged(ordinary)
    assert of(rows, is_met=None) >= NEEDS_ROOT
    assert {rows[name]["reason"] for name in NEEDS_ROOT} == {"not_read_permission_denied"}
    (limitation,) = measured.limitations
    assert "không có quyền quản trị" in limitation.vi


def assert_not_better(before: Mapping[str, Row], after: Mapping[str, Row]) -> None:
    """Nothing turns good, nothing that failed is passed on to people, no proof is made up."""
    for name, row in after.items():
        known = before[name]
        if known["is_met"] is not True:
            assert row["is_met"] is not True, name
        if known["is_met"] is False:
            assert row["is_left_to_people"] is False, name
        if known["is_met"] is not False:
            assert row["is_met"] is not False, name


@given(data=st.data())
def test_losing_sections_never_makes_an_answer_better(
    strong: Collection, weak: Collection, data: st.DataObject
) -> None:
    """Sections that are missing, denied, timed out, cut, or read without rights."""
    whole = data.draw(st.sampled_from([strong, weak]))
    names = sorted(set(whole.sections) - {"header"})
    lost = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    way = data.draw(st.sampled_from(["gone", "denied", "timeout", "truncated"]))
    sections = dict(whole.sections)
    for name in lost:
        old = sections.pop(name)
        if way == "truncated":
            half = old.stdout[: len(old.stdout) // 2]
            sections[name] = Section(name, old.exit_code, half, old.stderr, True, old.state)  # noqa: FBT003 - is_truncated
        elif way != "gone":
            state = "denied" if way == "denied" else "timeout"
            sections[name] = Section(name, 126, b"", b"", False, state)  # type: ignore[arg-type]  # noqa: FBT003 - the same
    assert_not_better(judged(whole), judged(replace(whole, sections=sections)))


CHAINS = {
    "policy drop": ("policy drop", "", True),
    "drop at the end": ("policy accept", "tcp dport 22 accept;drop", True),
    "counted and logged": ("policy accept", 'log prefix "x ";counter log prefix "x " drop', True),
    "rejects at the end": (
        "policy accept",
        "iif lo accept;reject with icmpx admin-prohibited",
        True,
    ),
    "all accepted before": ("policy drop", "accept;drop", None),
    "only some dropped": ("policy accept", "tcp dport 23 drop", None),
    "nothing": ("policy accept", "", False),
}


@pytest.mark.parametrize("case", CHAINS)
def test_a_firewall_counts_by_what_it_lets_in(tmp_path: Path, case: str) -> None:
    """Rules that nft holds in a namespace: the first rule for everything decides."""
    policy, rules, expected = CHAINS[case]
    chain = f"{{ type filter hook input priority 0; {policy}; }}"
    setup = f"nft add table inet f\nnft add chain inet f in '{chain}'\n"
    setup += "".join(f"nft add rule inet f in {rule!r}\n" for rule in rules.split(";") if rule)
    assert judged(machine(tmp_path, {}, setup))["host_firewall"]["is_met"] is expected


def test_a_filter_for_ipv4_alone_leaves_ipv6_open(tmp_path: Path) -> None:
    """A machine with an IPv6 address has to filter that too; a sleeping table filters nothing."""
    chain = "nft add chain {} f in '{{ type filter hook input priority 0; policy drop; }}'\n"
    table = "nft add table ip f\n" + chain.format("ip")
    addresses = "ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up\n"
    addresses += "ip addr add fd00::1/64 dev v0 nodad\n"
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "c").mkdir()
    found = judged(machine(tmp_path / "a", {}, addresses + table))["host_firewall"]
    assert (found["is_met"], found["observed"]) == (False, "IPv6: accept, 0")
    assert judged(machine(tmp_path / "b", {}, table))["host_firewall"]["is_met"] is True
    asleep = "nft add table inet f '{ flags dormant; }'\n" + chain.format("inet")
    assert judged(machine(tmp_path / "c", {}, asleep))["host_firewall"]["is_met"] is False


def test_a_match_block_is_not_overlooked(tmp_path: Path) -> None:
    """`sshd -T` leaves out what holds for some addresses only; the line is found in the file."""
    files = {
        "/etc/ssh/sshd_config": "PermitRootLogin no\nMatch Address 10.0.0.0/8\n"
        "  PermitRootLogin yes\n  PermitEmptyPasswords yes\n"
    }
    rows = judged(machine(tmp_path, files))
    for name in ("ssh_no_root_password", "ssh_no_empty_passwords"):
        assert rows[name]["reason"] == "ssh_match_block"
        assert rows[name]["is_left_to_people"] is True


def test_a_syslog_receiver_is_no_rsh(tmp_path: Path) -> None:
    """Port 514 is judged by who holds it; on loopback nobody else can reach it."""
    setup = f"{LISTENER} tcp/514 </dev/null >/dev/null 2>&1 &\n" + waiting("tcp", 514)
    assert judged(machine(tmp_path, {}, setup))["no_clear_text_login"]["is_met"] is True
    local = "python3 -m http.server --bind 127.0.0.1 23 </dev/null >/dev/null 2>&1 &\n"
    (tmp_path / "b").mkdir()
    rows = judged(machine(tmp_path / "b", {}, local + waiting("tcp", 23)))
    assert rows["no_clear_text_login"]["is_met"] is True
    assert rows["no_plain_http_admin"]["is_met"] is True


def test_accounts_with_a_key_only_are_for_people(tmp_path: Path) -> None:
    """A locked password says nothing of keys; an expired account lets nobody in."""
    files = {
        "/etc/passwd": "root:x:0:0::/root:/bin/bash\na:x:1001:1001::/:/bin/sh\n"
        "b:x:1002:1002::/:/bin/sh\n",
        "/etc/shadow": "root:$y$a:20000:0:99999:7:::\na:!:20000:0:99999:7:::\n"
        "b:$y$a:20000:0:99999:7::20100:\n",
    }
    rows = judged(machine(tmp_path, files, logins={1002: NOW - 300 * DAY}))
    inactive = rows["inactive_accounts_disabled"]
    assert (inactive["is_met"], inactive["reason"]) == (None, "locked_account_may_have_key")
    assert inactive["observed"] == "uid 1001: never"
    assert rows["default_accounts_inactive"]["reason"] == "first_account_has_password"


def test_community_strings_stay_on_the_machine(tmp_path: Path) -> None:
    """Of snmpd's configuration only the words are read that say which version is allowed."""
    raw = raw_machine(tmp_path, WEAK.files, "", WEAK.logins)
    assert b"rocommunity" in raw
    assert b"hunter2" not in raw


def test_this_machine_stays_as_it_is(tmp_path: Path) -> None:
    """/etc/os-release is a link out of /etc; neither it nor what daemons keep may change."""
    release, kept = Path("/etc/os-release"), Path("/var/lib/snmp")
    before = (release.read_bytes(), sorted(kept.iterdir()))
    assert judged(machine(tmp_path, WEAK.files, WEAK.setup))["supported_system"]["is_met"] is False
    assert (release.read_bytes(), sorted(kept.iterdir())) == before


def test_the_plan_of_each_system_is_kept_apart(weak: Collection) -> None:
    """A machine of two systems answers to the plan of each; a silent site says nothing."""
    facts = facts_of(weak)
    target = replace(facts.target, information_systems=("web", "mail"))

    def planned(*systems: InformationSystem) -> dict[str, tuple[object, object]]:
        site = replace(facts.site, information_systems=systems)
        rows = probes()["hardening"].measure(replace(facts, target=target, site=site)).rows
        return {str(r["measure"]): (r["is_in_approved_plan"], r["planned_for"]) for r in rows}

    web = InformationSystem(id="web", name="W", level=1, plan_measures=("host_firewall",))
    mail = InformationSystem(id="mail", name="M", level=2, plan_measures=("all",))
    other = InformationSystem(id="other", name="O", plan_measures=("no_plain_ftp",))
    both = planned(web, mail, other)
    assert both["host_firewall"] == (True, ("web", "mail"))
    assert both["no_plain_ftp"] == (True, ("mail",))
    assert both["logs_kept_quarter"] == (False, ())
    silent = planned(web, replace(mail, plan_measures=()))
    assert silent["host_firewall"] == (True, ("web",))
    assert silent["no_plain_ftp"] == (None, ())
    assert planned(other)["no_plain_ftp"] == (None, ())


def test_reads_windows_as_documented(recorded: Callable[[str], HostFacts]) -> None:
    """Written by hand after documentation; what the capture lacks stays open."""
    rows = {
        r["measure"]: r for r in probes()["hardening"].measure(recorded("windows-by-hand")).rows
    }
    assert rows["host_firewall"]["is_met"] is not None
    assert rows["autorun_off"]["reason"] == "not_read_tool_missing"
    assert "ssh_no_root_password" not in rows


def test_a_policy_of_windows_is_a_number(answering: Callable[..., HostFacts]) -> None:
    """Policies by their documented names; one that is not set is not carried out."""
    for value, expected in (("255", True), ("149", False), ("null", False)):
        said = f'[{{"key":"NoDriveTypeAutoRun","value":{value}}}]'.encode()
        facts = answering({"policies": said}, platform="windows")
        rows = {r["measure"]: r for r in probes()["hardening"].measure(facts).rows}
        assert rows["autorun_off"]["is_met"] is expected


def test_systems_are_compared_with_dates_that_were_read(
    answering: Callable[..., HostFacts],
) -> None:
    """Each entry of the table is met on its last day and not the day after it."""
    said = {"counters": b"/proc/stat:btime 1795290000\n/proc/meminfo:MemTotal: 1 kB\n"}
    names = {
        ("Debian GNU/Linux", "12"): True,
        ("Debian GNU/Linux", "9"): None,
        ("Debian GNU/Linux", "8"): False,
        ("Ubuntu", "20.04"): None,
        ("Ubuntu", "24.10"): False,
        ("Rocky Linux", "9.4"): True,
        ("Arch Linux", ""): None,
    }
    for (name, version), expected in names.items():
        release = f'NAME="{name}"\nVERSION_ID="{version}"\n'.encode()
        facts = answering(
            {**said, "texts": texts({"/etc/os-release": release, "/proc/uptime": b"1.0 1.0"})}
        )
        rows = {r["measure"]: r for r in probes()["hardening"].measure(facts).rows}
        assert rows["supported_system"]["is_met"] is expected, name
