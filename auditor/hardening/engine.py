"""Every measure of the catalogue, judged on one machine."""

from collections.abc import Callable, Mapping
from functools import partial

from auditor.collection import Collection
from auditor.errors import CannotMeasure
from auditor.hardening import accounts, firewall, logs, passwords, services, ssh, upkeep
from auditor.hardening.answer import Answer
from auditor.hardening.machine import Machine
from auditor.model import Text
from auditor.model.measures import Measure, MeasureCatalogue, MeasureFinding
from auditor.model.vocabulary import NO_TEXT
from auditor.parsing import reading

Rule = Callable[[Machine, Measure], Answer]

NOT_READ = "not_read_"
"""Before the word of a `Failure`: the reason of a measure for which something was not read."""


def rules(catalogue: MeasureCatalogue) -> Mapping[str, Rule]:
    """Return the rule of each measure by its id."""
    listed: tuple[Rule, ...] = (
        upkeep.time_synchronised,
        upkeep.updates_monthly,
        upkeep.session_lock,
        upkeep.autorun_off,
        firewall.host_firewall,
        services.no_clear_text_login,
        services.no_legacy_services,
        services.no_plain_ftp,
        services.no_plain_snmp,
        services.no_plain_vnc,
        services.no_plain_http_admin,
        ssh.ssh_no_root_password,
        ssh.ssh_no_empty_passwords,
        ssh.ssh_strong_algorithms,
        passwords.password_length,
        passwords.password_hashing,
        passwords.account_lockout,
        accounts.default_accounts_inactive,
        accounts.inactive_accounts_disabled,
        accounts.no_empty_passwords,
        logs.system_logging,
    )
    named: dict[str, Rule] = {rule.__name__: rule for rule in listed}
    supported = partial(upkeep.supported_system, support=catalogue.support)
    return {
        **named,
        "supported_system": supported,
        "logs_kept_month": logs.logs_kept,
        "logs_kept_quarter": logs.logs_kept,
    }


def assess(catalogue: MeasureCatalogue, collection: Collection) -> tuple[MeasureFinding, ...]:
    """Judge each measure that means something on the machine's platform, in order."""
    machine, known = Machine(collection), rules(catalogue)
    return tuple(
        _finding(catalogue, known[measure.id], machine, measure)
        for measure in catalogue.measures
        if collection.platform in measure.platforms
    )


def _finding(
    catalogue: MeasureCatalogue, rule: Rule, machine: Machine, measure: Measure
) -> MeasureFinding:
    try:
        with reading(measure.id):
            answer = rule(machine, measure)
    except CannotMeasure as failure:
        reason = f"{NOT_READ}{failure.failure}"
        return MeasureFinding(
            measure=measure,
            is_met=None,
            reason=reason,
            why=_why(catalogue, reason),
            observed="",
            evidence=(failure.detail,),
        )
    return MeasureFinding(
        measure=measure,
        is_met=answer.is_met,
        is_left_to_people=answer.is_met is None,
        observed=answer.observed,
        reason=answer.reason,
        why=_why(catalogue, answer.reason),
        evidence=answer.evidence,
    )


def _why(catalogue: MeasureCatalogue, reason: str) -> Text:
    return catalogue.reasons.get(reason, NO_TEXT)
