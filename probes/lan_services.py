"""Services on the network."""

from auditor.lan.services import limitations, rows
from auditor.model import Effect, Hides, Measured, Subject
from auditor.parsing import in_order
from auditor.probing import Column, SurveyedNetwork, probe


@probe(
    Column("address", str, "IP address inside the scope", hides=Hides.WEAKNESS),
    Column("port", int, "Port number; it never decides what the service is"),
    Column("transport", str, "tcp or udp", hides=Hides.WEAKNESS),
    Column(
        "protocol",
        str,
        "What the service proved to speak; null: open, but not understood",
        hides=Hides.WEAKNESS,
    ),
    Column("product", str, "What it calls itself: a claim", hides=Hides.WEAKNESS),
    Column("version", str, "The version it tells: a claim", hides=Hides.WEAKNESS),
    Column(
        "title",
        str,
        "Title of the page, greeting, or announced kinds: a claim",
        hides=Hides.WEAKNESS,
    ),
    Column("names", tuple, "What the machine calls itself in this service", hides=Hides.WEAKNESS),
    Column(
        "identities",
        tuple,
        "What no two devices should share: ssh:…, uuid:…, smb:…",
        hides=Hides.WEAKNESS,
    ),
    Column(
        "remarks",
        tuple,
        "Words such as smb1, no_password, anonymous, login_form, not_asked",
        hides=Hides.WEAKNESS,
    ),
    Column("is_insecure_admin", bool, "Administration without encryption; null: cannot be told"),
    Column("tls_version", str, "TLS version that both sides chose", hides=Hides.WEAKNESS),
    Column("tls_subject", str, "Common name of the certificate", hides=Hides.WEAKNESS),
    Column("tls_ends_at", str, "End of the certificate's validity", hides=Hides.WEAKNESS),
    Column("tls_days_left", int, "Days until then, at the measurement; negative: expired"),
    Column("is_self_issued", bool, "Issuer and subject of the certificate are the same"),
    subject=Subject.NETWORK,
    effect=Effect.ACTIVE,
    timeout_s=1200.0,
    asked_by="scope.networks",
)
def lan_services(network: SurveyedNetwork) -> Measured:
    """Services that machines inside the scope offer, by what they answer.

    The chosen ports (profiles/ports.yaml) of every live machine, tried again where silence may be
    loss. One polite question each; nobody logs in, nothing is printed, no redirect is followed.
    """
    survey = network.survey()
    found = in_order(rows(survey), "address", "transport", "port")
    return Measured(rows=found, limitations=limitations(survey))
