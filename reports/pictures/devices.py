"""Words for the classes of devices that the probe `lan_devices` tells apart."""

from auditor.language import Language


def classes(_: Language) -> dict[str, str]:
    """Return the word for each class, by its code in the record."""
    return {
        "printer": _("printer"),
        "scanner": _("scanner"),
        "projector": _("projector"),
        "display": _("display"),
        "video_conference": _("video conference system"),
        "camera": _("camera"),
        "ups": _("uninterruptible power supply"),
        "access_point": _("Wi-Fi access point"),
        "switch": _("switch"),
        "router": _("router"),
        "phone": _("telephone"),
        "nas": _("network storage"),
        "instrument": _("measuring instrument"),
        "3d_printer": _("3D printer"),
        "server": _("server"),
        "workstation": _("workstation"),
    }
