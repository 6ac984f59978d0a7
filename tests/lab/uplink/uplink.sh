#!/bin/sh
# PID 1 of the line: names the namespaces where only this mount namespace sees them, then becomes
# the relay. When the relay ends, the kernel ends all servers, and with them every namespace.
set -eu
mount -t sysfs sysfs /sys
mkdir -p /run/netns
mount -t tmpfs tmpfs /run/netns
for name in r1 r2 srv; do ip netns add "$name"; done
exec "$@"
