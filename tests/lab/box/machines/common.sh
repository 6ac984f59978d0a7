#!/bin/sh
# Start of this machine: there is no systemd, daemons are started one after the other.
set -eu

until_true() { # run a quick command again until it succeeds, 20 s at most
    tries=200
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        if [ "$tries" -eq 0 ]; then
            echo "never true: $*" >&2
            return 1
        fi
        sleep 0.1
    done
}

listens() { # is this TCP port open? bash knows how to ask
    timeout 2 bash -c "exec 9<>/dev/tcp/$1/$2"
}

clam_header() { # 512 bytes of a ClamAV database: NAME VERSION DAYS_OLD
    seconds=$(date -d "$3 days ago" +%s)
    day=$(date -u -d "@$seconds" '+%d %b %Y %H-%M +0000')
    printf '%-512s' "ClamAV-VDB:$day:$2:1:90:X:X:lab:$seconds"
}

clam_database() { # what every reader of versions looks at, the header: NAME VERSION DAYS_OLD
    clam_header "$1" "$2" "$3" >"/var/lib/clamav/$1.cld"
    chown clamav:clamav "/var/lib/clamav/$1.cld"
    touch -d "$3 days ago" "/var/lib/clamav/$1.cld"
}

clam_daemon() { # VERSION DAYS_OLD: what it loads. Call before clam_database: when it starts, clamd
    # refuses an official database without the maker's signature; a .cud file needs none.
    mkdir -p /run/clamav && chown clamav:clamav /run/clamav
    folder=$(mktemp -d)
    echo '44d88612fea8a8f36de82e1278abb02f:68:Lab.Test' >"$folder/daily.hdb"
    header=$(clam_header daily "$1" "$2") # once: both places must name the same second
    echo "$header" | sed 's/ *$//' >"$folder/daily.info"
    sum=$(sha256sum "$folder/daily.hdb")
    echo "daily.hdb:45:${sum%% *}" >>"$folder/daily.info"
    { printf %s "$header" && tar -C "$folder" -cf - daily.info daily.hdb; } \
        >/var/lib/clamav/daily.cud
    touch -d "$2 days ago" /var/lib/clamav/daily.cud
    rm -r "$folder"
    sed -i 's/^SelfCheck.*/SelfCheck 86400/' /etc/clamav/clamd.conf
    # In the foreground, as its unit does: the daemon's parent can miss the child's signal and hang.
    clamd --foreground=true >/var/log/clamav/start.log 2>&1 &
    until_true test -S /run/clamav/clamd.ctl || { cat /var/log/clamav/start.log >&2; return 1; }
}

zabbix_daemon() { # with more lines of configuration from standard input
    install -d -o zabbix -g zabbix /run/zabbix /var/log/zabbix-agent
    mkdir -p /etc/zabbix/zabbix_agentd.conf.d
    cat >/etc/zabbix/zabbix_agentd.conf.d/lab.conf
    # The Debian default stays in the main file where the machine does not set its own.
    if grep -q '^Server=' /etc/zabbix/zabbix_agentd.conf.d/lab.conf; then
        sed -i '/^Server/d' /etc/zabbix/zabbix_agentd.conf
    fi
    zabbix_agentd
    until_true test -s /var/log/zabbix-agent/zabbix_agentd.log
}

# This machine:
