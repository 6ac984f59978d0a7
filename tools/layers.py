"""The layers of the product, and what each may import; architecture.py applies it."""

COMPUTES = frozenset(
    {
        *("__future__", "abc", "base64", "binascii", "bisect", "calendar", "codecs", "collections"),
        *("contextlib", "copy", "csv", "dataclasses", "datetime", "decimal", "enum", "fractions"),
        *("functools", "stat", "statistics", "string", "struct", "textwrap", "types", "typing"),
        *("hashlib", "heapq", "html", "io", "ipaddress", "itertools", "json", "math", "operator"),
        *("marshal", "re", "unicodedata"),
        *("urllib.parse", "zoneinfo"),
    }
)
"""Standard modules that only compute: no file, no process, no socket."""

REACHES_OUT = frozenset(
    {
        *("asyncio", "ctypes", "ftplib", "http", "imaplib", "multiprocessing", "paramiko"),
        *("dns.asyncquery", "dns.asyncresolver", "dns.query", "dns.resolver", "dns.zone"),
        *("pkcs11", "poplib", "psutil", "pty", "scapy", "smtplib", "socket", "socketserver", "ssl"),
        *("subprocess", "telnetlib", "urllib.request", "winreg"),
    }
)
"""What reads a machine or a network; only transports may."""

JUDGES = (
    *("auditor.judge", "auditor.rollup", "auditor.operators", "auditor.expression"),
    *("auditor.expression_lists", "auditor.expression_reads", "auditor.gaps"),
    *("auditor.checks", "auditor.due", "auditor.phrases", "auditor.wording", "auditor.effective"),
    *("auditor.bilingual", "auditor.system_names", "auditor.authority"),
)
OPENERS = frozenset(
    {
        *("create_connection", "create_server", "fromfd", "getaddrinfo", "gethostbyaddr"),
        *("gethostbyname", "gethostbyname_ex", "getfqdn", "getnameinfo", "socket", "socketpair"),
    }
)

GATE = (
    *("auditor.scope", "auditor.addresses", "auditor.guard"),
    *("auditor.counted", "auditor.endpoints", "auditor.links", "auditor.wires"),
)
"""The scope and what it rests on: the one place that hands out sockets."""

DNS_MESSAGES = (
    *("dns.exception", "dns.message", "dns.name", "dns.rdatatype", "dns.rdtypes", "dns.rrset"),
)
"""What reads DNS messages; the resolver of the same library would reach out."""

PROBE_MAY = frozenset(
    {
        *("auditor.model", "auditor.errors", "auditor.probing", "auditor.parsing"),
        *("auditor.collection", "auditor.sections", "auditor.detection.rows"),
        *("auditor.detection.servers", "auditor.detection.truth", "auditor.known"),
        *(
            "auditor.internet",
            "auditor.web",
            "auditor.vpn",
            "auditor.canonical",
        ),  # canonical: one way to write and to hash
        *("auditor.addresses", "auditor.discovery", "auditor.lan", *DNS_MESSAGES),
        *("auditor.documents.signed", "auditor.documents.attested", "auditor.documents.agreement"),
        *("auditor.documents.remarks", "auditor.documents.said", "auditor.documents.text"),
        *("auditor.discovery", "auditor.lan", "auditor.stores", *DNS_MESSAGES),
    }
)
READS_MACHINES = frozenset(
    {
        *("auditor.model", "auditor.errors", "auditor.hardening", "auditor.parsing"),
        *("auditor.collection", "auditor.sections"),
    }
)
"""What the rules that judge a machine's settings rest on: its collection, and nothing else."""

REPORT_MAY = frozenset(
    {
        *("auditor.model", "auditor.language", "auditor.reports"),
        "auditor.canonical",
        *("auditor.record.to_v1", "auditor.record.json_of"),  # the JSON report is the record itself
        # The bilingual words of findings and of rows.
        *("auditor.operators", "auditor.phrases", "auditor.wording", "auditor.bilingual"),
        "auditor.system_names",
        *("auditor.errors", "auditor.oscal"),
        "auditor.remedy",  # pure: what to do, of a record
        "auditor.trend",  # pure: how one number went
        "auditor.causes",  # the words for why a verdict changed
        *("zipfile", "xml.etree.ElementTree"),  # only in memory: reports open no file
        *("uuid.uuid5", "uuid.NAMESPACE_URL"),  # uuid1 would read the machine
    }
)
RENDERERS = frozenset({"ciso", "csv", "html", "json", "junit", "oscal", "pdf", "terminal", "text"})
"""Modules of reports/ that make one format each; the others are what formats share."""

REPORT_LIBRARIES = frozenset(
    {"docx", "jinja2", "markupsafe", "openpyxl", "rich", "segno", "typst", "yaml"}
)
ESCAPES = frozenset({"__import__", "breakpoint", "compile", "eval", "exec", "input", "open"})
CLOCKS = frozenset({"now", "today", "utcnow"})
