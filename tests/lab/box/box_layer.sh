#!/bin/sh
# Run apt-get in an overlay over BASE; the changes end up in UPPER. Called by box_images.py in a
# mount and pid namespace of its own, so that every mount and process ends with it.
# usage: box_layer.sh BASE UPPER WORK "packages to install" "packages to remove again"
set -eu
base=$1 upper=$2 work=$3 install=$4 remove=$5

root=/mnt
mount -t overlay -o "lowerdir=$base,upperdir=$upper,workdir=$work" overlay "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/var/lib/apt/lists"
mount -t tmpfs tmpfs "$root/var/cache/apt"
mount --bind /etc/resolv.conf "$root/etc/resolv.conf"
mount -t tmpfs tmpfs "$root/dev"
for node in null zero random urandom tty; do
    touch "$root/dev/$node"
    mount --bind "/dev/$node" "$root/dev/$node"
done

# No service starts while packages are set up.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"

apt() {
    # shellcheck disable=SC2086 # a list of package names
    chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
        -o Dpkg::Use-Pty=0 --no-install-recommends "$@"
}
apt update
# shellcheck disable=SC2086 # lists of package names
{
    apt install $install
    [ -z "$remove" ] || apt remove $remove
}
rm "$root/usr/sbin/policy-rc.d"
