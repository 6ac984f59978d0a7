#!/bin/sh
# Become one machine of the lab: own root, network, process tree and hostname, then PID 1.
# Called by box_supervisor.py as the first process of new namespaces; its standard output carries
# the two words waited for: "cable" (connect me now) and the exit code of the start.
# usage: box_machine.sh NAME NUMBER LOWER_FOLDERS KEY_FOLDER HOST_KEY SCRIPTS CONTAINER_FOLDERS PROC_OPTIONS
set -eu
exec 3>&1 >&2 # 3: words to box_supervisor.py; everything else is the log
name=$1 number=$2 lower=$3 keys=$4 host_key=$5 scripts=$6 container=$7 proc_options=$8

mount -t tmpfs -o mode=755 tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root
root=/mnt/root
mount -t overlay -o "lowerdir=$lower,upperdir=/mnt/upper,workdir=/mnt/work" overlay "$root"
if [ -n "$container" ]; then # the root of a container in this machine: own changes, own programs
    mkdir -p /mnt/cupper /mnt/cwork "$root/var/lib/machines/quet"
    mount -t overlay -o "lowerdir=$container,upperdir=/mnt/cupper,workdir=/mnt/cwork" \
        overlay "$root/var/lib/machines/quet"
fi

mount -t proc -o "$proc_options" proc "$root/proc"
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=755,nosuid tmpfs "$root/dev"
mkdir "$root/dev/pts" "$root/dev/shm" "$root/run/sshd" "$root/run/lock"
mknod -m 666 "$root/dev/null" c 1 3
mknod -m 666 "$root/dev/zero" c 1 5
mknod -m 666 "$root/dev/full" c 1 7
mknod -m 666 "$root/dev/random" c 1 8
mknod -m 666 "$root/dev/urandom" c 1 9
mknod -m 666 "$root/dev/tty" c 5 0
mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"

hostname "$name"
echo "$name" >"$root/etc/hostname"
printf '127.0.0.1 localhost\n::1 localhost\n10.99.0.%s %s\n' "$number" "$name" >"$root/etc/hosts"
: >"$root/etc/resolv.conf" # nothing outside is ever asked

# Accounts: root and one without privileges, both by the same key.
if ! grep -q '^kiemtra:' "$root/etc/passwd"; then
    echo 'kiemtra:x:1500:1500:Kiem tra,,,:/home/kiemtra:/bin/sh' >>"$root/etc/passwd"
    echo 'kiemtra:x:1500:' >>"$root/etc/group"
    echo 'kiemtra:*:20000:0:99999:7:::' >>"$root/etc/shadow"
fi
mkdir -p "$root/home/kiemtra/.ssh" "$root/root/.ssh"
for home in "$root/home/kiemtra" "$root/root"; do
    cp "$keys/client.pub" "$home/.ssh/authorized_keys"
    chmod -R go= "$home/.ssh"
done
chown -R 1500:1500 "$root/home/kiemtra"
rm -f "$root"/etc/ssh/ssh_host_*
cp "$keys/$host_key" "$root/etc/ssh/ssh_host_ed25519_key"
cp "$keys/$host_key.pub" "$root/etc/ssh/ssh_host_ed25519_key.pub"

cat "$scripts/machines/common.sh" "$scripts/machines/$name.sh" >"$root/etc/rc.local" 2>/dev/null ||
    cat "$scripts/machines/common.sh" "$scripts/machines/plain.sh" >"$root/etc/rc.local"
if [ -x "$root/usr/bin/python3" ]; then
    cp -r "$scripts/services" "$root/opt/lab"
fi

echo cable >&3
read -r _
printf '%s\n' 'link set lo up' 'link set eth0 up' \
    "addr add 10.99.0.$number/24 dev eth0" "addr add fd99::$number/64 dev eth0 nodad" | ip -batch -

cd "$root"
# shellcheck disable=SC2016 # the inner shell expands
# The start script goes: it names every secret that is planted.
inner='umount -l /mnt; sh /etc/rc.local 3>&-; code=$?; rm /etc/rc.local; echo "$code" >&3; exec 3>&-; exec sleep infinity'
pivot_root . mnt
exec chroot . env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/root LANG=C.UTF-8 tini -- sh -c "$inner" </dev/null
