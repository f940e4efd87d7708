#!/usr/bin/env bash
# Real Asterisk servers for tests/it/live.rs, on loopback: 22 from Debian sid and 16 from Debian
# bullseye, each in a chroot of its own.
#
#   setup.sh install [22|16]   makes the chroots (network, about 2 minutes and 650 MB each; a chroot
# that is there is left alone)
#   setup.sh start [22|16]     writes the configuration and starts
#   setup.sh stop [22|16]      stops what `start` started
#   setup.sh cli 22|16 COMMAND runs a command of the server's command line
#   setup.sh address           prints what AMI_LIVE has to be
#
# The ports are those of `settings`, unless the environment has others: AMI_LIVE_PORT_22 and
# AMI_LIVE_PORT_16 of AMI, AMI_LIVE_SIP_22 (the first of 4) and AMI_LIVE_IAX_22 likewise. `start`
# refuses a port that another process has.
#
# Root on Debian or a system with debootstrap. Nothing outside of $AMI_LIVE_DIR is touched: the
# server's own directories in the chroot are neither read nor written.
set -euo pipefail

AMI_LIVE_DIR=${AMI_LIVE_DIR:-/var/tmp/ami-live}
ALL=(22 16)

settings() {
    version=$1
    case $version in
        22) suite=sid extra=asterisk-modules ami=15038 sip=15062 iax=14569 ;;
        16) suite=bullseye extra=asterisk-voicemail ami=15036 sip=15162 iax=14570 ;;
        *) echo "versions: ${ALL[*]}" >&2; exit 2 ;;
    esac
    local port
    for port in ami:PORT sip:SIP iax:IAX; do
        local of_ours=AMI_LIVE_${port#*:}_$version
        local -n value=${port%:*}
        value=${!of_ours:-$value}
        if ! [[ $value =~ ^[1-9][0-9]{0,4}$ ]] || [ "$value" -gt 65535 ]; then
            echo "$of_ours: '$value' is no port" >&2
            exit 2
        fi
        unset -n value
    done
    # A chroot that has Asterisk already can be lent: AMI_LIVE_ROOT_22, AMI_LIVE_ROOT_16.
    local lent=AMI_LIVE_ROOT_$version
    root=${!lent:-$AMI_LIVE_DIR/root$version}
    # Everything the server reads and writes, as it sees it and as we do.
    inside=/srv/ami-live
    outside=$root$inside
    pidfile=$outside/server.pid
}

install() {
    if [ -x "$root/usr/sbin/asterisk" ]; then
        echo "$version: $root is there"
        return
    fi
    command -v debootstrap >/dev/null || { apt-get update -qq; apt-get install -y -qq --no-install-recommends debootstrap; }
    mkdir -p "$AMI_LIVE_DIR"
    local log=$AMI_LIVE_DIR/install-$version.log
    echo "$version: installing, see $log"
    debootstrap --variant=minbase "$suite" "$root" ${AMI_LIVE_MIRROR:+"$AMI_LIVE_MIRROR"} >"$log" 2>&1
    # Packages start no service in there.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
    # A mirror that stands still is past its Valid-Until; the signature is checked all the same.
    chroot "$root" apt-get -o Acquire::Check-Valid-Until=false update -qq >>"$log" 2>&1 || true
    DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get install -y -qq --no-install-recommends asterisk asterisk-modules "$extra" >>"$log" 2>&1
    chroot "$root" /usr/sbin/asterisk -V
}

# A file of the configuration, from standard input.
file() { cat >"$outside/etc/$1"; }

configure() {
    local modules
    modules=$(find "$root/usr/lib" -type d -path '*/asterisk/modules' -printf 'usr/lib/%P\n' -quit)
    mkdir -p "$outside"/{etc,run,lib,spool,log,cache}
    # The sounds and the built-in documentation are the package's; the rest is ours.
    file asterisk.conf <<END
[directories]
astetcdir => $inside/etc
astmoddir => /$modules
astvarlibdir => $inside/lib
astdbdir => $inside/lib
astkeydir => $inside/lib
astdatadir => /usr/share/asterisk
astagidir => $inside/lib
astspooldir => $inside/spool
astrundir => $inside/run
astlogdir => $inside/log
astsbindir => /usr/sbin
astcachedir => $inside/cache

[options]
nocolor = yes
live_dangerously = yes
; A digit that Atxfer dials ends with the next audio, so there has to be some.
transmit_silence = yes
END
    file manager.conf <<END
[general]
enabled = yes
bindaddr = 127.0.0.1
port = $ami
channelvars = FOO
; The test lets a server wait on purpose.
[admin]
secret = s3cret
read = all
write = all
writetimeout = 60000
END
    file logger.conf <<END
[logfiles]
messages => notice,warning,error
END
    # What has no configuration here declines to load. The rest that would reach beyond loopback or
    # needs a database:
    { printf '[modules]\nautoload = yes\n'
      (cd "$root/$modules" && ls) | grep -E '^(test_|res_(odbc|config_|snmp|xmpp|corosync|calendar|hep|prometheus|phoneprov|pktccops|timing_dahdi)|cdr_|cel_[^m]|chan_(alsa|console|oss|mgcp|motif|phone|unistim|skinny|ooh323|mobile|dahdi)|pbx_(dundi|ael|lua)|app_voicemail_)' | sed 's/^/noload = /'
    } | file modules.conf
    { cat <<'END'
[live]
; Answers and stays.
exten => wait,1,Answer()
 same => n,Wait(60)
exten => talk,1,Answer()
 same => n,Milliwatt()
exten => ring,1,Ringing()
 same => n,Wait(60)
exten => busy,1,Busy(1)
; Writes a step of its own into the log of the call.
exten => step,1,Answer()
 same => n,CELGenUserEvent(My-Thing,more)
 same => n,Wait(1)
; One end of a call, the other is `talk`.
exten => call,1,Dial(Local/talk@live/n,20,tT)
exten => conference,1,Answer()
 same => n,ConfBridge(live)
exten => queue,1,Answer()
 same => n,Queue(live,,,,20)
; An agent of the queue.
exten => agent,1,Ringing()
 same => n,Answer()
 same => n,Wait(2)
 same => n,Hangup()
exten => target,1,Answer()
 same => n,UserEvent(Arrived,Where: target)
 same => n,Wait(60)
; The same where only digits can be dialled.
exten => 300,1,Goto(target,1)
; Some events a call.
exten => _storm-.,1,Set(NUMBER=${EXTEN:6})
 same => n,UserEvent(Storm,Number: ${NUMBER})
 same => n,Answer()
 same => n,Hangup()

[hints]
exten => 200,hint,Custom:live,CustomPresence:live
exten => 201,hint,Custom:other

[parkedcalls]
exten => s,1,NoOp()

; Long to list.
[long]
END
      seq 3000 | sed 's/.*/exten => & ,1,NoOp(a line that makes the list of the dialplan longer, number &)/; s/ ,1/,1/'
    } | file extensions.conf
    file confbridge.conf <<'END'
[general]
[default_user]
type = user
quiet = yes
talk_detection_events = yes
[default_bridge]
type = bridge
END
    file queues.conf <<'END'
[general]
persistentmembers = no
[live]
strategy = ringall
timeout = 10
retry = 1
joinempty = yes
leavewhenempty = no
[other]
member => Local/agent@live/n,3,Agent
END
    printf '[general]\nenable = yes\nevents = USER_DEFINED\n[manager]\nenabled = yes\nshow_user_defined = yes\n' | file cel.conf
    printf '[rule]\npenaltychange => 30,3,1\n' | file queuerules.conf
    printf '[general]\n[1001]\nfullname = Live Agent\n' | file agents.conf
    printf '[general]\n[default]\nparkext = 700\nparkpos = 701-720\ncontext = parkedcalls\n' | file res_parking.conf
    printf '[general]\nformat = wav\n[default]\n1000 => 1234,Live Box,live@example.org\n' | file voicemail.conf
    printf '[general]\natxfernoanswertimeout = 10\n[featuremap]\nblindxfer = #1\natxfer = *2\n' | file features.conf
    printf '[general]\nrtpstart = 20000\nrtpend = 20100\n' | file rtp.conf
    printf '[default]\nmode = files\ndirectory = moh\n' | file musiconhold.conf
    printf '[general]\n' | tee "$outside/etc"/{udptl,indications,acl,ccss,cdr,http}.conf >/dev/null
    printf '[general]\nbindport = %s\nbindaddr = 127.0.0.1\n[live]\ntype = friend\nhost = 127.0.0.1\nport = %s\n' "$iax" "$iax" | file iax.conf
    file pjsip.conf <<END
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:$sip
[live]
type = endpoint
context = live
aors = live
auth = live
outbound_auth = live
disallow = all
allow = ulaw
[live]
type = auth
auth_type = userpass
username = live
password = hidden
[live]
type = aor
contact = sip:live@127.0.0.1:$((sip + 1))
max_contacts = 2
[far]
type = registration
server_uri = sip:127.0.0.1:$((sip + 1))
client_uri = sip:live@127.0.0.1:$((sip + 1))
outbound_auth = live
max_retries = 1
END
    if [ "$version" = 16 ]; then
        printf '[general]\nbindaddr = 127.0.0.1:%s\nudpbindaddr = 127.0.0.1:%s\ntcpenable = no\n[old]\ntype = friend\nhost = 127.0.0.1\nport = %s\ncontext = live\n' \
            $((sip + 2)) $((sip + 2)) $((sip + 3)) | file sip.conf
    fi
}

# Whether the process that `start` started is there.
running() { [ -s "$pidfile" ] && kill -0 "$(cat "$pidfile")" 2>/dev/null; }

command_line() { chroot "$root" /usr/sbin/asterisk -C "$inside/etc/asterisk.conf" -rx "$*"; }

# Whether anything has this port on loopback: /proc lists the sockets of a protocol in hexadecimal,
# for IPv4 and IPv6; 0A is a TCP socket that listens, 07 one of UDP.
taken() {
    local protocol=$1 state=0A hex
    [ "$protocol" = tcp ] || state=07
    hex=$(printf ':%04X' "$2")
    awk -v port="$hex" -v state="$state" '
        $4 == state && substr($2, length($2) - 4) == port { found = 1 }
        END { exit !found }' /proc/net/"$protocol" /proc/net/"$protocol"6 2>/dev/null
}

# Refuses ports that are taken: the server would come up without them.
free_ports() {
    local port protocol variable ports=("tcp $ami PORT" "udp $sip SIP" "udp $iax IAX")
    [ "$version" != 16 ] || ports+=("udp $((sip + 2)) SIP")
    for port in "${ports[@]}"; do
        read -r protocol port variable <<<"$port"
        if taken "$protocol" "$port"; then
            echo "$version: another process has $protocol port $port; end it, or set AMI_LIVE_${variable}_$version to a free one" >&2
            exit 1
        fi
    done
}

start() {
    if running; then
        echo "$version: is running on 127.0.0.1:$ami"
        return
    fi
    free_ports
    [ -x "$root/usr/sbin/asterisk" ] || { echo "$version: no server in $root; run: $0 install $version" >&2; exit 1; }
    mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
    configure
    rm -f "$outside/run/asterisk.ctl"
    # -f: stays in the foreground, and keeps its process across `core restart`.
    setsid chroot "$root" /usr/sbin/asterisk -f -C "$inside/etc/asterisk.conf" >"$outside/log/output" 2>&1 </dev/null &
    echo $! >"$pidfile"
    for _ in $(seq 120); do
        if command_line core waitfullybooted 2>/dev/null | grep -q 'fully booted'; then
            echo "$version: $(chroot "$root" /usr/sbin/asterisk -V), AMI on 127.0.0.1:$ami"
            return
        fi
        running || break
        sleep 0.5
    done
    echo "$version: did not come up" >&2
    tail -n 20 "$outside/log/output" >&2
    exit 1
}

stop() {
    if ! running; then
        echo "$version: is not running"
        return
    fi
    local pid
    pid=$(cat "$pidfile")
    kill "$pid"
    for _ in $(seq 20); do running || break; sleep 0.5; done
    if running; then kill -KILL "$pid"; fi
    rm -f "$pidfile"
    # So that the directory can be deleted; a lent chroot may have others in it.
    case $root in "$AMI_LIVE_DIR"/*) umount "$root/proc" || true ;; esac
    echo "$version: stopped"
}

command=${1:-}
case $command in
    install | start | stop)
        shift
        [ $# -gt 0 ] || set -- "${ALL[@]}"
        for version in "$@"; do settings "$version"; "$command"; done
        ;;
    cli) settings "${2:?version}"; shift 2; command_line "$@" ;;
    address)
        list=
        for version in "${ALL[@]}"; do settings "$version"; list+=${list:+,}127.0.0.1:$ami; done
        echo "$list"
        ;;
    *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
