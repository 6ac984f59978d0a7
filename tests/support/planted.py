"""What identifies a centre that does not exist, in many writings."""

import base64
import unicodedata
from urllib.parse import quote

CENTRE = "Trung tâm đổi mới sáng tạo Thử Nghiệm"
DECISION = "57/QĐ-SKHCN"
SYSTEM = "cong-thong-tin"
HOST = "srv-ketoan-01"
FQDN = "SRV-KeToan-01.noibo.example.vn"
VIETNAMESE_HOST = "máy-kế-toán-hai"
USER = "bivn.quantri"
PERSON = "Nguyễn Văn Bí"
MAC, MAC_REST = "3c:52:82:aa:bb:0c", "aa:bb:0c"
V4, V4_NETWORK = "10.77.31.5", "10.77.31.0/24"
V6 = "2001:db8:77:31::5"
V6_LONG = "2001:0DB8:0077:0031:0000:0000:0000:0005"
FILE = f"/srv/ho-so/{USER}/bang-luong-bi.pdf"
URL = f"https://{USER}@{FQDN}:8443/nhan-su/bi?id=7#x"
CVE, VERSION, TOKEN = "CVE-2024-6387", "OpenSSH_8.4p1", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"

IDENTITIES = (HOST, FQDN, VIETNAMESE_HOST, USER, PERSON, MAC, V4, V6, FILE, URL)
WRITINGS = (
    *IDENTITIES,
    V4_NETWORK,
    V6_LONG,
    MAC.upper().replace(":", "-"),
    HOST.upper(),
    unicodedata.normalize("NFD", PERSON).upper(),
    unicodedata.normalize("NFD", VIETNAMESE_HOST),
    "Nguyen Van Bi",
    quote(PERSON),
    quote(FILE, safe=""),
    base64.b64encode(HOST.encode()).decode(),
    "3C52.82AA.BB0C",
    MAC.replace(":", ""),
    "/sao-luu/bi",
    r"C:\Users\bi\4.18.24090.11\agent.exe",
    CVE.lower(),
    TOKEN,
)
"""Every identity in several writings, with what may stand in no column."""

CANARIES = (
    *(
        "srv-ketoan",
        "noibo.example",
        "máy-kế-toán",
        "bivn",
        "Văn Bí",
        "Van Bi",
        "Thị Bí",
        quote("ễn Văn"),
    ),
    *(
        MAC_REST,
        MAC_REST.replace(":", "-"),
        MAC[9:].replace(":", ""),
        "82aa.bb0c",
        "10.77.31",
        "db8:77:31",
        "0db8:0077",
        "bang-luong",
    ),
    *("nhan-su", base64.b64encode(HOST.encode()).decode()[:12], CVE, VERSION, TOKEN[:12]),
    *("/sao-luu", "users\\bi", "4.18.24090"),
)
"""What none of it may leave behind, in whatever case and Unicode form."""

SENTENCE = f"Máy {' ; '.join(WRITINGS)} ; {VERSION} trả lời"
