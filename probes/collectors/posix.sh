# Reads a Linux or macOS machine and prints one framed text; changes nothing, asks nothing.
#
# Fed to `sh` on standard input. Nothing runs before the last line is read, every program gets an
# empty input and a time limit, nothing is written to a disk. Marks carry a random word that no
# output can know. One awk cleans what may hold secrets or names before it leaves the machine
# (allow-lists); a second one keeps what was said on standard error. docs/adr/0005-one-collector.md
#
# `auditor.collecting` puts the functions site_paths, site_questions and site_asked in front.
# shellcheck shell=sh disable=SC2016

VERSION=1

CLEAN='
function lowered(list, into,    words, n, i) {
  n = split(list, words, " ")
  for (i = 1; i <= n; i++) into[words[i]] = 1
}
BEGIN {
  R = "<redacted>"; LIMIT = 8000000; EACH = 64
  lowered("-c -f --config --config-file --conf --conf-file --cfgfile --data-dir --datadir --storage.tsdb.path --pidfile --web.listen-address --listen --port --config.file -conf -config -jar -m --repo", may)
  lowered("-conf -config -jar -server -foreground -daemon -nodaemon", word)
  lowered("root admin administrator guest test", known)
  lowered("restic borg borgmatic duplicity rsnapshot rclone rsync tar pg_dump pg_dumpall mysqldump mariadb-dump timeshift run-parts freshclam clamscan clamdscan rkhunter chkrootkit maldet aide lynis test command cd exec nice ionice flock timeout sh bash backup create prune forget check copy sync && || ; |", tool)
}
NR == 1 { mark = "#" $3 " "; width = length(mark); put($0); next }
substr($0, 1, width) == mark { marked(substr($0, width + 1)); next }
used > LIMIT { cut = 1; next }
{
  used += length($0) + 1
  if (section == "argv") argument()
  else if (section == "schedule") schedule()
  else if (section == "services" || section == "timers") { if (/^ExecStart=/) start(); else put(homeless($0)) }
  else if (section == "log_forwarding") forwarding()
  else if (section == "leases") lease()
  else if (section == "firewall_rules") { gsub(/comment "[^"]*"/, "comment \"" R "\""); put($0) }
  else put(homeless($0))
}
function put(line) { print line; sent += length(line) + 1 }
function marked(text,    words) {
  split(text, words, " ")
  if (words[1] == "begin") { section = words[2]; used = 0; cut = 0; last = "" }
  if (words[1] == "end") text = text (cut ? " truncated" : " whole")
  if (words[1] != "done") { put(mark text); return }
  print mark "stdout " sent; fflush(); print mark "flushed" > "/dev/stderr"; exit
}
function homeless(line,    out, i) {
  while (match(line, /\/(home|Users|media|run\/user)\/[^\/ \t":;,]+|\/var\/spool\/cron\/(crontabs\/|tabs\/)?[^\/ \t":;,]+/)) {
    i = RSTART + RLENGTH
    out = out substr(line, 1, RSTART - 1) hidden(substr(line, RSTART, RLENGTH))
    line = substr(line, i)
  }
  return out line
}
function hidden(path,    name) {
  name = path; sub(/^.*\//, "", name)
  if (name == "root" || name == "crontabs" || name == "tabs" || name == "~" || name == "*") return path
  return substr(path, 1, length(path) - length(name)) "~"
}
function plain(value) { return value ~ /^\/[A-Za-z0-9_.\/+-]*$/ || value ~ /^[0-9.:]+$/ }
function scripted(value) { return value ~ /^\/[A-Za-z0-9_.\/+-]+$/ || value ~ /^[A-Za-z0-9_.\/-]+\.(py|pl|rb|js|php|sh|jar|lua)$/ || (java && value ~ /^[a-z]+\.[A-Za-z0-9_.]+$/) }
function program(value) {
  sub(/[ \t@:=,;].*$/, "", value)
  return value ~ /^[A-Za-z0-9_.\/()+-]+$/ ? value : R
}
function option(value,    at, name) {
  at = index(value, "="); name = at ? substr(value, 1, at - 1) : value
  if (value ~ /^--/) {
    if (name !~ /^--[A-Za-z0-9_.-]*$/ || length(name) > 40) return R
    if (at) return name "=" ((name in may) && plain(substr(value, at + 1)) ? substr(value, at + 1) : R)
    return name
  }
  if (length(value) == 2 || (value in word)) return value ~ /^-[A-Za-z0-9-]+$/ ? value : R
  return value ~ /^-[A-Za-z0-9]/ ? substr(value, 1, 2) R : R
}
function argument(    at, pid, value, base) {
  if (!match($0, /^\/proc\/[0-9]+\/cmdline:/)) return
  pid = substr($0, 7, RLENGTH - 15); value = substr($0, RLENGTH + 1)
  if (pid != last) {
    last = pid; count = 0; waits = 0; named = 0
    value = program(value); base = value; sub(/^.*\//, "", base); sub(/^-/, "", base)
    java = base == "java"
    runs = base ~ /^(python|perl|ruby|node|php|bash|dash|sh|ksh|zsh|lua|java|mono|tclsh|guile|Rscript)[0-9.]*$/
    put(pid "\t" homeless(value)); return
  }
  if (++count >= EACH) return
  if (value ~ /^-./) {
    waits = (value in may) ? 1 : 0
    if (runs && !named && value ~ /^-[A-Za-z]*[ceE]$/) { waits = 2; named = 1 }
    if (value == "-jar") named = 1
    value = option(value)
  } else if (waits == 1) { waits = 0; value = plain(value) || scripted(value) ? value : R }
  else if (runs && !named && !waits) { named = 1; value = scripted(value) ? value : R }
  else { waits = 0; value = R }
  put(pid "\t" homeless(value))
}
function start(    path) {
  path = $0
  if (!sub(/^.*[{ ]path=/, "", path)) path = ""
  sub(/ ;.*$/, "", path); put("ExecStart=" homeless(path))
}
function schedule(    at, file, n, words, first, i, out) {
  if (!match($0, /^\/[^:]*:/)) return
  file = substr($0, 1, RLENGTH - 1); $0 = substr($0, RLENGTH + 1)
  n = split($0, words, " ")
  if (words[1] ~ /^#|=/ || n < 2) return
  first = words[1] ~ /^@/ ? 2 : 6
  if (words[1] !~ /^([-0-9*\/,]+|@[a-z]+)$/) return
  out = words[1]
  for (i = 2; i < first; i++) out = out " " words[i]
  if (file !~ /^\/var\/spool/) first++
  out = homeless(file) "\t" out "\t"
  for (i = first; i <= n && i < first + EACH; i++) {
    if (words[i] in tool) out = out words[i] " "
    else if (words[i] ~ /^-/) out = out homeless(option(words[i])) " "
    else if (words[i] ~ /^\/[A-Za-z0-9_.\/+-]*$/) out = out homeless(words[i]) " "
    else if (i == first) out = out program(words[i]) " "
    else out = out R " "
  }
  put(out)
}
function forwarding(    file, rest, out) {
  if (!match($0, /^\/[^:]*:/)) return
  file = substr($0, 1, RLENGTH); rest = substr($0, RLENGTH + 1)
  sub(/^[ \t]+/, "", rest); sub(/[ \t]#.*$/, "", rest)
  if (rest ~ /^#/) return
  if (rest ~ /^[A-Za-z0-9_.,;*!=-]+[ \t]+-?@@?(\([a-z0-9,]*\))?[][A-Za-z0-9_.:-]+/) {
    match(rest, /^[A-Za-z0-9_.,;*!=-]+[ \t]+-?@@?(\([a-z0-9,]*\))?[][A-Za-z0-9_.:-]+/)
    put(file substr(rest, 1, RLENGTH)); return
  }
  while (match(rest, /(type|[Tt]arget|[Pp]ort|[Pp]rotocol|StreamDriver|StreamDriverMode|queue.type)="[A-Za-z0-9_.:-]*"|(action|input|module|ruleset|template|global|parser|main_queue|include)[ \t]*\(|(destination|source|log|filter)([ \t]+[A-Za-z0-9_]+)?[ \t]*\{|\};|(network|syslog|tcp6?|udp6?)\("?[A-Za-z0-9_.:-]+"?|(port|transport)\("?[A-Za-z0-9_-]+"?\)|^(URL|ForwardToSyslog|Storage|SystemMaxUse|MaxRetentionSec)=[A-Za-z0-9_.:\/-]*/)) {
    out = out (out == "" ? "" : " ") substr(rest, RSTART, RLENGTH); rest = substr(rest, RSTART + RLENGTH)
  }
  if (out != "") put(file out)
}
function lease(    file, rest, n, w) { # address, MAC, end and state; never the name a client gave
  if (!match($0, /^\/[^:]*:/)) return
  file = substr($0, 1, RLENGTH - 1); rest = substr($0, RLENGTH + 1)
  if (file != leases) { leases = file; granted = ""; split("", column) }
  if (file ~ /\.csv/) { comma(file, rest); return }
  n = split(rest, w, /[ \t;]+/)
  if (file !~ /dhcpd/) { if (n >= 4 && w[1] ~ /^[0-9]+$/) given(file, w[3], w[2], w[1], "active"); return }
  if (w[1] == "lease" && w[3] == "{") { granted = w[2]; mac = ends = state = "" }
  else if (rest ~ /^}/) { if (granted != "") given(file, granted, mac, ends, state); granted = "" }
  else if (w[2] == "hardware") mac = w[4]
  else if (w[2] == "ends") ends = w[3] == "never" || w[3] == "epoch" ? w[3] " " w[4] : w[4] " " w[5]
  else if (w[2] == "binding" && w[3] == "state") state = w[4]
}
function comma(file, rest,    n, w, i) {
  n = split(rest, w, ",")
  if (w[1] == "address") for (i = 1; i <= n; i++) column[w[i]] = i
  else if ("expire" in column) given(file, w[1], w[column["hwaddr"]], w[column["expire"]], w[column["state"]])
}
function given(file, address, mac, ends, state) {
  sub(/^[0-9a-f][0-9a-f]-/, "", mac)
  if (address !~ /^[0-9A-Fa-f.:]+$/) return
  if (mac !~ /^[0-9A-Fa-f:]+$/) mac = ""
  if (ends !~ /^(never|epoch|[0-9\/]+)( [0-9:]*)?$/) ends = ""
  if (state !~ /^[a-z0-9-]+$/) state = ""
  put(file "\t" address "\t" mac "\t" ends "\t" state)
}'

SAID='
NR == 1 { mark = "#" $3 " "; width = length(mark); next }
substr($0, 1, width) == mark {
  if (substr($0, width + 1) == "flushed") { end(); exit }
  end(); section = substr($0, width + 7); said = ""; next
}
length(said) < 8192 { said = said substr($0, 1, 400) "\n" }
function end() {
  if (said != "" && said != "\n" && length(held) < 1000000) held = held mark "stderr " section "\n" said
  said = ""
}
END { printf "%s", held; print mark "end-of-collection" } # not before all output has gone'

begin() {
  printf '#%s begin %s\n' "$B" "$1"
  printf '\n#%s begin %s\n' "$B" "$1" >&2
}

finish() { # exit code
  case $1 in
    0) state=ok ;;
    124 | 137) state=timeout ;;
    126) state=denied ;;
    127) state=missing ;;
    *) state=failed ;;
  esac
  printf '\n#%s end %s %s\n' "$B" "$1" "$state"
}

without() { # section, exit code, reason: nothing was run
  begin "$1"
  printf '%s\n' "$3" >&2
  finish "$2"
}

have() { command -v "$1" >/dev/null 2>&1; }

bounded() { # seconds, command...: empty input, and an end
  seconds=$1
  shift
  if [ -n "$LIMITER" ]; then
    timeout -k 1 "$seconds" "$@" </dev/null
    return
  fi
  "$@" </dev/null &
  child=$!
  (
    trap 'kill "$nap"; exit' TERM
    sleep "$seconds" &
    nap=$!
    wait "$nap"
    kill -9 "$child"
  ) >/dev/null 2>&1 7>&- 8>&- 9>&- &
  watchdog=$!
  wait "$child"
  code=$?
  kill "$watchdog" 2>/dev/null
  return "$code"
}

section() { # name, seconds, command...
  begin "$1"
  shift
  bounded "$@"
  finish $?
}

tool() { # section, seconds, program...: only if the program is there
  if have "$3"; then section "$@"; else without "$1" 127 "$3: not found"; fi
}

status() { # seconds, name, what to keep (an extended regular expression), command...
  seconds=$1 name=$2 keep=$3
  shift 3
  if ! have "$1"; then
    without "status $name" 127 "$1: not found"
    return
  fi
  begin "status $name"
  code=$(
    exec 8>&1
    {
      {
        bounded "$seconds" "$@" 2>&1 >&7 7>&- 8>&- 9>&-
        printf '%s' $? >&8
      } | head -c 4096 >&2
    } 7>&1 | grep -aoE -e "$keep" | head -c 65536 >&9
  )
  finish "${code:-1}"
}

lines() { # name, what to keep, file...: as `path:line`, the last ones if there are many
  name=$1 keep=$2
  shift 2
  left=$#
  while [ "$left" -gt 0 ]; do
    file=$1
    shift
    [ ! -e "$file" ] || set -- "$@" "$file"
    left=$((left - 1))
  done
  if [ $# -eq 0 ]; then
    without "status $name" 127 "no such file"
    return
  fi
  begin "status $name"
  code=$(
    exec 8>&1
    {
      bounded 5 grep -aHoE -e "$keep" "$@" 8>&- 9>&-
      printf '%s' $? >&8
    } | tail -n 400 >&9
  )
  finish "${code:-1}"
}

ask_about() { # path...: existing ones are described with one `stat`, the others are told at once
  left=$#
  while [ "$left" -gt 0 ]; do
    path=$1
    shift
    left=$((left - 1))
    if [ -e "$path" ] || [ -h "$path" ]; then
      set -- "$@" "$path"
      continue
    fi
    folder=${path%/*}
    while [ -n "$folder" ] && [ ! -e "$folder" ]; do folder=${folder%/*}; done
    if [ -x "${folder:-/}" ]; then
      printf 'absent %s\n' "$path"
    else
      printf 'denied %s\n' "$path"
    fi
  done
  [ $# -eq 0 ] || bounded 10 stat "$FLAG" "$FORMAT" "$@"
}

look_for() { # pattern...: expanded in a shell of its own, so that a dead mount costs only this
  [ $# -gt 0 ] || return 0
  bounded 15 sh -c '
    flag=$1 format=$2 code=0 IFS=
    shift 2
    for pattern in "$@"; do
      set --
      for path in $pattern; do
        case $path in *"
"*) continue ;; esac
        if [ -e "$path" ] || [ -h "$path" ]; then set -- "$@" "$path"; fi
      done
      [ $# -eq 0 ] || stat "$flag" "$format" "$@" || code=$?
    done
    exit "$code"' sh "$FLAG" "$FORMAT" "$@"
}

header() {
  begin header
  printf 'platform=%s\nuid=%s\nhostname=%s\n' "$PLATFORM" "$USER_ID" "$(uname -n)"
  printf 'release=%s\nmachine=%s\nclock_start=%s\n' "$(uname -r)" "$(uname -m)" "$(date '+%s %z')"
  printf 'locale=%s\nshell=%s\npid=%s\n' "$LOCALE" "$0" "$$"
  finish 0
}

settings() {
  begin settings
  bounded 5 grep -aHiE "^[[:space:]]*(PASS_MAX_DAYS|PASS_MIN_DAYS|PASS_MIN_LEN|PASS_WARN_AGE|LOGIN_RETRIES|ENCRYPT_METHOD|minlen|minclass|[dulo]credit|dictcheck|deny|unlock_time|fail_interval|even_deny_root|enforcing|ENABLED|DEFAULT_INPUT_POLICY|APT::Periodic::[A-Za-z-]+|apply_updates|download_updates|Port|PermitRootLogin|PasswordAuthentication|KbdInteractiveAuthentication|PermitEmptyPasswords|PubkeyAuthentication|MaxAuthTries|LoginGraceTime|ClientAliveInterval|ClientAliveCountMax|X11Forwarding|AllowTcpForwarding|Ciphers|MACs|KexAlgorithms|UsePAM|LogLevel|Protocol)([[:space:]=]|\$)" \
    /etc/login.defs /etc/security/pwquality.conf /etc/security/faillock.conf \
    /etc/ufw/ufw.conf /etc/default/ufw /etc/apt/apt.conf.d/20auto-upgrades \
    /etc/apt/apt.conf.d/10periodic /etc/dnf/automatic.conf \
    /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf
  bounded 5 grep -aHE '^[^#]*pam_(pwquality|cracklib|faillock|tally2|pwhistory|unix)\.so' \
    /etc/pam.d/common-password /etc/pam.d/common-auth /etc/pam.d/system-auth /etc/pam.d/password-auth
  finish 0
}

kept() { # lines of configuration files; one that hangs is told, one that is not there is no failure
  bounded 5 grep "$@"
  case $? in 124 | 137) late=124 ;; esac
}

security_settings() { # what the measures of a security level rest on
  begin security_settings
  late=0
  kept -aHiE '^[[:space:]]*(ENCRYPT_METHOD|minlen|[dulo]credit|deny|enforcing|PermitRootLogin|PasswordAuthentication|KbdInteractiveAuthentication|ChallengeResponseAuthentication|PermitEmptyPasswords|StopIdleSessionSec)([[:space:]=]|$)' \
    /etc/login.defs /etc/security/pwquality.conf /etc/security/pwquality.conf.d/*.conf \
    /etc/security/faillock.conf /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf \
    /etc/systemd/logind.conf /etc/systemd/logind.conf.d/*.conf
  kept -aHE '^[^#]*pam_(pwquality|cracklib|passwdqc|faillock|tally2|unix|sss|ldap|krb5|winbind)\.so' \
    /etc/pam.d/common-password /etc/pam.d/common-auth /etc/pam.d/system-auth /etc/pam.d/password-auth
  kept -aoHE '^[[:space:]]*((readonly|export|declare|typeset)[[:space:]]+(-[a-z]+[[:space:]]+)?)*TMOUT="?[0-9]+"?' \
    /etc/profile /etc/profile.d/*.sh /etc/bash.bashrc /etc/bashrc
  kept -aHE '^(ssl_enable|force_local_logins_ssl)=[A-Za-z]*[[:space:]]*$|^ssl[[:space:]]*=[[:space:]]*[01][[:space:]]*$' \
    /etc/vsftpd.conf /etc/vsftpd/vsftpd.conf /etc/webmin/miniserv.conf
  # the word alone: what follows it is the community, which is a password
  kept -aoHiE '^[[:space:]]*(rocommunity6?|rwcommunity6?|authcommunity|com2sec6?|com2secunix|rouser|rwuser)[[:space:]]' \
    /etc/snmp/snmpd.conf /etc/snmp/snmpd.conf.d/*.conf
  finish "$late"
}

log_rotation() { # which files logrotate handles, how often, and how many it keeps
  section log_rotation 5 grep -aoHE '^[[:space:]]*"?/var/log/[A-Za-z0-9_.*/" -]+\{?|\{[[:space:]]*$|^[[:space:]]*\}|^[[:space:]]*(hourly|daily|weekly|monthly|yearly)|^[[:space:]]*(rotate|maxage|size|maxsize)[[:space:]]+-?[0-9]+' \
    /etc/logrotate.conf /etc/logrotate.d/*
}

log_forwarding() {
  section log_forwarding 5 grep -aHE '@|[Tt]arget=|[Pp]ort=|[Pp]rotocol=|(action|input|module|ruleset|template|global|parser|main_queue|include)[[:space:]]*\(|\{|\}|omfwd|omrelp|network\(|syslog\(|(tcp|udp)6?\(|(port|transport)\(|^URL=|^ForwardToSyslog=|^Storage=|^SystemMaxUse=|^MaxRetentionSec=' \
    /etc/rsyslog.conf /etc/rsyslog.d/*.conf /etc/syslog-ng/syslog-ng.conf \
    /etc/syslog-ng/conf.d/*.conf /etc/systemd/journal-upload.conf /etc/systemd/journald.conf /etc/syslog.conf
}

users() {
  if [ -r /etc/shadow ]; then shadow=/etc/shadow; else shadow=/dev/null; fi
  begin users
  { bounded 5 lastlog 2>/dev/null || :; } | awk -F: '
    part == "l" { split($0, w, " "); if (NR > 1) { $0 = substr($0, length(w[1]) + 1); if (match($0, /[A-Z][a-z][a-z] [A-Z][a-z][a-z] +[0-9]+ .*$/)) at[w[1]] = substr($0, RSTART); else if ($0 ~ /Never logged in/) at[w[1]] = "never" } next }
    part == "s" { word = "set"; if ($2 == "") word = "none"; else if ($2 ~ /^[!*]/) word = "locked"; pass[$1] = word; day[$1] = $3; most[$1] = $5; ends[$1] = $8; next }
    part == "g" { if ($1 ~ /^(sudo|wheel|admin)$/) { n = split($4, w, ","); for (i = 1; i <= n; i++) boss[w[i]] = 1 } next }
    { name = $1 ~ /^(root|admin|administrator|guest|test)$/ ? $1 : "-"
      word = ($1 in pass) ? pass[$1] : ($2 == "" ? "none" : "unknown")
      shell = $7 ~ /(nologin|false|sync|halt|shutdown)$/ ? "none" : "login"
      print $3 "\t" name "\t" word "\t" shell "\t" (($3 == 0 || $1 in boss) ? "admin" : "plain") "\t" day[$1] "\t" most[$1] "\t" ends[$1] "\t" at[$1] }
  ' part=l - part=s "$shadow" part=g /etc/group part=p /etc/passwd
  finish $?
}

mounts() { # sizes: local filesystems at once, those that may be dead each for itself and in parallel
  begin space
  set --
  waiting=
  while read -r _ place kind _; do
    case $kind in
      autofs | binfmt_misc | bpf | cgroup* | configfs | debugfs | devpts | devtmpfs | efivarfs | fuse.gvfsd-fuse | fuse.lxcfs | fuse.portal | fusectl | hugetlbfs | mqueue | nsfs | proc | pstore | ramfs | rpc_pipefs | securityfs | selinuxfs | squashfs | sysfs | tmpfs | tracefs) continue ;;
      overlay) [ "$place" = / ] || continue ;;
    esac
    place=$(printf '%b' "$place")
    case $kind in
      9p | afs | beegfs | ceph | cifs | davfs | fuse* | glusterfs | gpfs | lustre | nfs* | smb* | virtiofs)
        bounded 3 stat -f -c '%S %b %a %n' "$place" &
        waiting="$waiting $!"
        ;;
      *) set -- "$@" "$place" ;;
    esac
  done </proc/mounts
  [ $# -eq 0 ] || bounded 5 stat -f -c '%S %b %a %n' "$@"
  tries=0
  for job in $waiting; do
    while kill -0 "$job" 2>/dev/null && [ "$tries" -lt 40 ]; do
      sleep 0.1
      tries=$((tries + 1))
    done
    kill -9 "$job" 2>/dev/null
  done
  finish 0
}

kernel_clock() { # what keeps the clock right; each only reads (adjtimex with modes 0)
  case "$(uname -m)" in x86_64) call=159 ;; aarch64) call=171 ;; *) call= ;; esac
  if [ -n "$call" ] && have perl; then
    section clock 5 perl -e 'my $b = "\0" x 256; my $r = syscall($ARGV[0] + 0, $b); exit 1 if $r < 0; my @f = unpack("i x4 q q q q i x4 q q q q q", $b); print "source=adjtimex\nanswer=$r\nstatus=$f[5]\nesterror=$f[4]\nseconds=$f[9]\n"' "$call"
  elif have busybox; then
    section clock 5 busybox adjtimex
  elif [ -d /run/systemd/system ]; then
    tool clock 5 timedatectl show --property=NTPSynchronized
  else
    without clock 127 "no perl, busybox or systemd to ask the kernel with"
  fi
}

descriptors() { # which process holds which socket
  begin descriptors
  held=$(bounded 15 ls -ln /proc/[0-9]*/fd 2>/dev/null | grep -a -e '^/proc/' -e '^"/proc/' -e 'socket:\[' -e '\[fanotify\]' | head -c 6000000)
  printf '%s\n' "$held"
  finish 0
  case $held in
    *'[fanotify]'*) section fanotify 10 grep -raH '^fanotify' /proc/[0-9]*/fdinfo ;;
    *) without fanotify 1 "no descriptor of this kind is visible" ;;
  esac
}

systemd() {
  if [ -d /run/systemd/system ]; then
    tool services 15 systemctl show '*.service' --no-pager --property=Id,LoadState,ActiveState,SubState,UnitFileState,Description,MainPID,ExecStart
    tool unit_files 15 systemctl list-unit-files --type=service --no-legend --no-pager --full
    tool timers 15 systemctl show '*.timer' --no-pager --property=Id,Unit,LoadState,ActiveState,UnitFileState,LastTriggerUSec
  else
    for name in services unit_files timers; do
      without "$name" 1 "System has not been booted with systemd as init system (PID 1)"
    done
  fi
  begin unit_links
  for link in /etc/systemd/system/*.wants/*.service /etc/systemd/system/*.wants/*.timer /etc/init.d/*; do
    if [ -e "$link" ]; then printf 'present %s\n' "$link"; elif [ -h "$link" ]; then printf 'dangling %s\n' "$link"; fi
  done
  finish 0
}

leases() { # an unreadable file is asked for too, so that its complaint shows that there is one
  set --
  for file in /var/lib/misc/dnsmasq.leases /var/lib/dnsmasq/dnsmasq.leases /var/lib/dhcp/dhcpd.leases \
    /var/lib/dhcpd/dhcpd.leases /var/lib/kea/kea-leases4.csv.2 /var/lib/kea/kea-leases4.csv /var/lib/kea/kea-leases6.csv; do
    folder=${file%/*}
    if [ -e "$file" ] || { [ -d "$folder" ] && [ ! -x "$folder" ]; }; then set -- "$@" "$file"; fi
  done
  if [ $# -eq 0 ]; then without leases 127 "no such file"; else section leases 5 grep -aH '' "$@"; fi
}

linux() {
  section texts 10 grep -aH '' /etc/os-release /proc/uptime /proc/mdstat /proc/mounts \
    /etc/resolv.conf /run/systemd/resolve/resolv.conf /proc/net/route /proc/net/ipv6_route \
    /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 /etc/timezone \
    /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name /sys/class/dmi/id/chassis_type \
    /sys/class/net/*/speed /sys/class/net/*/duplex /sys/block/*/size /sys/block/*/removable \
    /sys/block/*/queue/rotational /sys/block/*/device/model
  section counters 5 grep -aHE '^(btime |cpu[0-9]+ |MemTotal:)' /proc/stat /proc/meminfo
  begin shapes
  for path in /sys/class/net/*/wireless /sys/class/net/*/phy80211 /sys/block/*/device; do
    [ ! -e "$path" ] || printf '%s\n' "$path"
  done
  finish 0
  if have ip; then section addresses 5 ip addr; else tool addresses 5 ifconfig -a; fi
  section neighbours 5 sh -c 'ip -s neigh 2>/dev/null || ip neigh 2>/dev/null || cat /proc/net/arp'
  leases
  section processes 15 grep -aHE '^(Uid:|[0-9]+ \()|\) [A-Za-z] -?[0-9]' /proc/[0-9]*/stat /proc/[0-9]*/status
  begin executables # what could not be read stands there without its target
  bounded 15 ls -ln /proc/[0-9]*/exe /proc/[0-9]*/ns/mnt /proc/[0-9]*/ns/pid 2>/dev/null
  finish 0
  begin argv
  bounded 15 grep -azH '' /proc/[0-9]*/cmdline | tr '\0\n' '\n '
  finish $?
  descriptors
  tool dpkg 20 dpkg-query --show --showformat '${binary:Package}\t${Version}\t${db:Status-Status}\n'
  tool rpm 30 rpm --query --all --queryformat '%{NAME}\t%{EVR}\tinstalled\n'
  systemd
  tool disks 10 lsblk --json --bytes --output NAME,TYPE,SIZE,ROTA,RM,RO,MODEL,TRAN,FSTYPE,MOUNTPOINT
  mounts
  kernel_clock
  users
  if [ "$USER_ID" = 0 ]; then
    tool firewall_rules 10 nft list ruleset
    if [ -s /proc/net/ip_tables_names ]; then tool firewall_legacy 10 iptables -S; fi
    if [ -s /proc/net/ip6_tables_names ]; then tool firewall_legacy6 10 ip6tables -S; fi
    if have sshd; then
      begin ssh_server
      bounded 5 sshd -T | grep -aE '^(port|protocol|permitrootlogin|passwordauthentication|kbdinteractiveauthentication|permitemptypasswords|pubkeyauthentication|maxauthtries|logingracetime|clientaliveinterval|clientalivecountmax|x11forwarding|allowtcpforwarding|ciphers|macs|kexalgorithms|usepam|loglevel) '
      finish $?
    else
      without ssh_server 127 "sshd: not found"
    fi
    if have smartctl; then
      for disk in /dev/sd? /dev/nvme?n1; do
        [ ! -b "$disk" ] || section "smart $disk" 10 smartctl -n standby -j -H "$disk"
      done
    fi
  else
    for name in firewall_rules ssh_server; do without "$name" 126 "root only"; done
  fi
  section schedule 5 grep -aHE '^[[:space:]]*(@|[-0-9*/,]+[[:space:]])' /etc/crontab /etc/cron.d/* /var/spool/cron/crontabs/* /var/spool/cron/[!c]*
  if [ -n "$PENDING" ]; then tool pending_updates 60 apt-get -s -o Debug::NoLocking=true upgrade; fi
}

darwin() { # written from Apple's manual pages; not tested on a real macOS
  section identity 5 sw_vers
  section counters 5 sysctl hw.ncpu hw.memsize kern.boottime
  section addresses 5 ifconfig -a
  section texts 5 grep -aH '' /etc/resolv.conf
  section processes 15 ps -axww -o pid= -o ppid= -o uid= -o lstart= -o comm=
  section services 10 launchctl list
  section packages 30 pkgutil --pkgs
  section descriptors 20 lsof -nP -i -F pPtTn
  section space 10 df -kP
  section mounts 5 mount
  section firewall_rules 5 /usr/libexec/ApplicationFirewall/socketfilterfw --getglobalstate
  section encryption 5 fdesetup status
  section extensions 10 systemextensionsctl list
}

main() {
  case $PLATFORM in linux) linux ;; darwin) darwin ;; esac
  settings
  security_settings
  log_forwarding
  log_rotation
  site_questions
  begin asked
  site_asked
  finish 0
  FLAG=-c FORMAT='%f %s %Y %u %N'
  [ "$PLATFORM" != darwin ] || FLAG=-f FORMAT='%Xp %z %m %u "%N" -> "%Y"'
  begin files
  ask_about /etc/localtime /run/reboot-required /var/run/reboot-required /var/lib/dpkg/status \
    /var/lib/apt/lists /var/lib/apt/periodic/update-success-stamp /var/lib/rpm/rpmdb.sqlite \
    /var/cache/dnf /run/systemd/timesync/synchronized \
    /var/lib/apt/periodic/upgrade-stamp /var/log/journal
  site_paths
  finish $?
  begin clock_end
  date '+%s %z'
  finish 0
  printf '#%s done\n' "$B"
}

start() {
  LOCALE=${LC_ALL:-${LANG:-}}
  LC_ALL=C LANGUAGE=C QUOTING_STYLE=c
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin
  export LC_ALL LANGUAGE QUOTING_STYLE PATH
  exec </dev/null
  if [ -r /proc/sys/kernel/random/uuid ]; then
    read -r B </proc/sys/kernel/random/uuid
  else
    B=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  fi
  case "$(uname -s)" in Linux) PLATFORM=linux ;; Darwin) PLATFORM=darwin ;; *) PLATFORM=other ;; esac
  USER_ID=$(id -u)
  if timeout -k 1 9 true 2>/dev/null; then LIMITER=timeout; else LIMITER=; fi
  {
    {
      first="#audit-collector $VERSION $B"
      printf '%s\n' "$first"
      printf '%s\n' "$first" >&5
      {
        header
        main
      } 2>&5 9>&1
    } | awk "$CLEAN" 2>&5
  } 5>&1 >&6 | awk "$SAID"
}

PENDING=${PENDING:-}
start 6>&1
