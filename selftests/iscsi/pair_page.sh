#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The pair of servers of docs/admin-guide.md: two guests, whose disk is a file of the host that both see.
# pcs is played here: what the page has it create is given to ClusterLabs' agents as Pacemaker gives it
# to them, started in order on one server, stopped in reverse and started on the other. Not tested:
# Pacemaker itself, fencing, DRBD. Twice the host has to find out by itself that nobody is at the address
# any more, which takes it half a minute.
# guests: 2
#
# The address goes under its initiator, which is told nothing:
# expects: detected conn error
# expects: ping timeout
# expects: disks that go
# shellcheck disable=SC2154	# of iscsi/daemon_lib.sh
. "$(dirname "$0")/daemon_lib.sh"
. "$(dirname "$0")/../lib/page.sh"

PATH=$PATH:/usr/local/sbin
guide=docs/admin-guide.md
agents=/usr/lib/ocf/resource.d/heartbeat
shared=.build/results/pair-disk
loop=/dev/loop7
resources=$tap_dir/resources
case_timeout=180

# ---- on either server ---------------------------------------------------------------------------

be_server() # ADDRESS
{
	ip addr replace "$1/24" dev "$(ip -o -4 addr show | awk '/ 10\.73\.0\./ { print $2 }')"
	mkdir -p /run/resource-agents /dev/disk/by-id
	modprobe loop
	[ -e "$loop" ] || mknod "$loop" b 7 7
	losetup "$loop" "$shared"
	ln -sf "$loop" /dev/disk/by-id/shared
}

be_no_server() # ADDRESS
{
	scstadmin -force -noprompt -clear_config >/dev/null || true
	service iscsi-scst stop || true
	unload_iscsi
	ip addr del 192.0.2.10/24 dev "$(ip -o -4 addr show | awk '/ 10\.73\.0\./ { print $2 }')" 2>/dev/null || true
	ip addr del "$1/24" dev "$(ip -o -4 addr show | awk '/ 10\.73\.0\./ { print $2 }')"
	rm -f /dev/disk/by-id/shared
	losetup -d "$loop"
}

# agent TYPE NAME ACTION PARAMETER=VALUE...
agent()
{
	local type=$1 name=$2 action=$3
	shift 3
	env OCF_ROOT=/usr/lib/ocf OCF_RESOURCE_INSTANCE="$name" OCF_RESOURCE_TYPE="$type" \
		OCF_RESOURCE_PROVIDER=heartbeat OCF_RESKEY_CRM_meta_timeout=60000 \
		"${@/#/OCF_RESKEY_}" "$agents/$type" "$action"
}

# ---- the cluster --------------------------------------------------------------------------------

# What is said behind "op" is about the cluster alone.
create() # NAME ocf:heartbeat:TYPE PARAMETER=VALUE... [op ...]
{
	local line="${2##*:} $1"
	shift 2
	while [ $# -gt 0 ] && [ "$1" != op ]; do
		line+=" $1"
		shift
	done
	echo "$line" >>"$resources"
}

pcs()
{
	case "$1 $2" in
	"resource create") create "${@:3}" ;;
	"resource group") [ "$3 $4" = "add disk" ] && echo "${*:5}" >"$resources.group" ;;
	*) fail "pcs $*: the page knows more than this test" ;;
	esac
}

on() # a|b COMMAND...
{
	if [ "$1" = a ]; then "${@:2}"; else on_peer "${@:2}"; fi
}

# The group on a server, in the order of its members or in reverse.
group_does() # a|b ACTION [tac]
{
	local name names type rest
	mapfile -t names < <(tr ' ' '\n' <"$resources.group" | ${3:-cat})
	for name in "${names[@]}"; do
		read -r type _ rest < <(grep " $name " "$resources")
		# shellcheck disable=SC2086	# parameters
		on "$1" agent "$type" "$name" "$2" $rest
	done
}

# ---- the page -----------------------------------------------------------------------------------

# The host is server b's machine as well.
at_host() { on_peer bash -c "$1"; }
at_a() { eval "$1"; }
at_b() { on_peer bash -c "$1"; }

be_host()
{
	initiator=iqn.1993-08.org.debian:01:abc
	start_open_iscsi
}

be_no_host()
{
	iscsiadm -m node --logout || true
	rm -rf /etc/iscsi/nodes
	stop_open_iscsi
}

setup_file()
{
	truncate -s 64M "$shared"
	be_server 192.0.2.1
	on_peer be_server 192.0.2.2
	on_peer be_host
}

teardown_file()
{
	on_peer be_no_host
	on_peer be_no_server 192.0.2.2
	be_no_server 192.0.2.1
	rm "$shared"
}

setup() { :; }
teardown() { :; }

host_disk()
{
	local block
	block=$(echo /sys/class/iscsi_session/session*/device/target*/*:0:0:0/block/sd*)
	[ -b "/dev/${block##*/}" ] && echo "/dev/${block##*/}"
}

write_at_host()
{
	wait_for 30 host_disk
	echo "$1" | dd of="$(host_disk)" bs=4k conv=sync oflag=direct status=none
}

read_at_host()
{
	dd if="$(host_disk)" bs=4k count=1 iflag=direct status=none | head -n 1 | tr -d '\0'
}

# The page up to the host's login, in two pieces: between them the cluster starts the group.
test_pair_of_servers()	# the group starts, moves and comes back; what the host wrote is there
{
	sed -n '/^## A pair of servers/,$p' "$guide" >"$tap_dir/pair.md"
	follow "$tap_dir/pair.md" 1
	follow "$tap_dir/pair.md" 2
	group_does a start
	group_does a monitor
	follow "$tap_dir/pair.md" 3
	on_peer write_at_host "written at a"
	group_does a stop tac
	[ ! -e "$scst/devices/disk-lun" ] || fail "the device is still at a"
	group_does b start
	assert_eq "$(on_peer read_at_host)" "written at a" "what the host reads at b"
	on_peer write_at_host "written at b"
	group_does b stop tac
	group_does a start
	assert_eq "$(on_peer read_at_host)" "written at b" "what the host reads at a"
	assert_eq "$(grep -c '^```$' "$tap_dir/pair.md")" 6 "lines that begin or end a block"
}

run_tests "$@"
