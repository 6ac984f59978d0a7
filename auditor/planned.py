"""Probes that a profile may name before they exist; its checks stay undetermined until then."""

from collections.abc import Mapping
from types import MappingProxyType

PLANNED: Mapping[str, str] = MappingProxyType({})
