# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# What tests of pass-through share: real SCSI devices of this guest, and the same as devices of the target.
# A device is called H:C:I:L. It is at LUN 0 of the local target: $raw is its own generic node, $sg the one
# of the LUN. Stands on scst.sh.

pass_modules=(scst_disk scst_tape scst_modisk scst_cdrom scst_changer scst_processor scst_raid)
debug_root=/sys/bus/pseudo/drivers/scsi_debug
tracing=/sys/kernel/tracing

# The host of scst_local comes first, so that no other one is called 0.
load_pass() # MODULE...
{
	[ -e "$tap_dir/asked" ] || start_asking
	load_scst
	wait_for 10 test -e "$host_session"
	modprobe -a "$@"
}

unload_pass()
{
	stop_asking
	wait_for 10 modprobe -r -a "${pass_modules[@]}"
	unload_scst
}

# ---- devices ----

# The nodes of one, of any kind: its generic one, and the disk, tape or drive of an upper driver.
node_of() # H:C:I:L CLASS
{
	local node
	node=$(echo "/sys/bus/scsi/devices/$1/$2"/*)
	node=/dev/${node##*/}
	[ -e "$node" ] && echo "$node"
}

raw_of() # H:C:I:L
{
	wait_for 10 node_of "$1" scsi_generic
	node_of "$1" scsi_generic
}

# H:C:I:L of all devices of scsi_debug, in order.
debug_devices()
{
	find "$debug_root"/adapter*/host*/target* -maxdepth 1 -name '*:*:*:*' -printf '%f\n' 2>/dev/null | sort -V
}

has_debug_device()
{
	[ -n "$(debug_devices)" ] && node_of "$(debug_devices | head -n 1)" scsi_generic
}

# $hctl is the first of its devices.
make_scsi_debug() # PARAMETER...
{
	modprobe scsi_debug dev_size_mb=16 delay=0 "$@"
	wait_for 10 has_debug_device
	hctl=$(debug_devices | head -n 1)
}

# Somebody may still look at its disk.
drop_scsi_debug()
{
	[ ! -d /sys/module/scsi_debug ] || wait_for 10 rmmod scsi_debug
}

set_debug() # ATTRIBUTE VALUE
{
	write_attr "$debug_root/$1" "$2"
}

# "TYPE COUNT OPCODE ...": 0 it never ends, 2 it fails (host, driver, status byte; key, asc, ascq), 3 it
# cannot be aborted, 4 nor does a reset help. So many times if COUNT is negative; with another one always.
inject() # TYPE COUNT OPCODE...
{
	write_attr "/sys/kernel/debug/scsi_debug/$hctl/error" "$*"
}

inject_nothing() # TYPE OPCODE
{
	write_attr "/sys/kernel/debug/scsi_debug/$hctl/error" "- $*"
}

# ---- the same at the target ----

pass_mgmt() # HANDLER
{
	echo "$scst/handlers/$1/mgmt"
}

add_pass() # HANDLER [H:C:I:L]
{
	write_attr "$(pass_mgmt "$1")" "add_device ${2:-$hctl}"
}

# The device, which is called $hctl or NAME, at LUN 0: $dev, $raw, $sg.
with_pass() # HANDLER [PARAMETERS OF THE LUN]
{
	raw=$(raw_of "$hctl")
	add_pass "$1"
	dev=$scst/devices/$hctl
	map_lun "$hctl" 0 "${2:-}"
	sg=$(sg_of 0)
	clear_unit_attentions "$sg"
}

handler_of() # NAME
{
	basename "$(readlink "$scst/devices/$1/handler")"
}

# For teardown: all of them, of whatever handler.
drop_passes()
{
	local path name
	for path in "$scst"/devices/*:*; do
		[ -e "$path" ] || continue
		name=${path##*/}
		write_attr "$(pass_mgmt "$(handler_of "$name")")" "del_device $name"
	done
	wait_for 10 no_sdev 0
}

# ---- what reaches the device ----

# From here on every CDB that it is given is in the trace.
watch_device() # H:C:I:L
{
	mountpoint -q $tracing || mount -t tracefs tracefs $tracing
	echo "host_no == ${1%%:*} && id == $(cut -d: -f3 <<<"$1") && lun == ${1##*:}" \
		>$tracing/events/scsi/scsi_dispatch_cmd_start/filter
	echo >$tracing/trace
	echo 1 >$tracing/events/scsi/scsi_dispatch_cmd_start/enable
}

# A CDB in a line, two digits a byte. Watching ends.
cdbs_seen()
{
	echo 0 >$tracing/events/scsi/scsi_dispatch_cmd_start/enable
	sed -n 's/.*raw=\([0-9a-f ]*\)).*/\1/p' $tracing/trace
}

# The CDBs that COMMAND makes the device see; what it says is told elsewhere.
cdbs_of() # COMMAND...
{
	watch_device "$hctl"
	"$@" >&2 || true
	cdbs_seen
}

# ---- commands ----

# Some hundred commands a file: one process sends them.
start_asking()
{
	mkfifo "$tap_dir/asked" "$tap_dir/told"
	exec 8<>"$tap_dir/asked" 9<>"$tap_dir/told"
	python3 "$(dirname "${BASH_SOURCE[0]}")/../kernel/sg_io.py" --serve "$tap_dir/asked" "$tap_dir/told" >&2 &
	asking=$!
}

stop_asking()
{
	kill "$asking"
	wait "$asking" || true
	exec 8>&- 9>&-
}

# The line that sg_io.py tells of a command, as $answer: status, sense, residual, how much was brought. What
# a test that was killed had asked is still told to somebody, who knows that it is not his.
ask() # SG LENGTH CDB-BYTE...
{
	local mine=$BASHPID.$RANDOM.$RANDOM word
	echo "$mine $*" >&8
	while read -r -u 9 -t $((70 * PATIENCE)) word answer; do
		[ "$word" != "$mine" ] || return 0
	done
	fail "nobody answered: $*"
}

# Status and sense, then residual and how much was brought, in one line.
answer_of() # SG LENGTH CDB-BYTE...
{
	local answer
	ask "$@"
	echo "$answer"
}

# "STATUS SENSE".
sense_of() # SG LENGTH CDB-BYTE...
{
	local answer
	ask "$@"
	echo "${answer% * *}"
}

# Key, ASC and ASCQ of sense data in hexadecimal digits, of either format, as KEY/ASC/ASCQ.
codes_of() # SENSE
{
	case $1 in
	7[01]* | f[01]*) echo "${1:5:1}/${1:24:2}/${1:26:2}" ;;
	72* | 73*) echo "${1:3:1}/${1:4:2}/${1:6:2}" ;;
	*) echo none ;;
	esac
}

# "STATUS KEY/ASC/ASCQ"; without sense "STATUS none".
told() # SG LENGTH CDB-BYTE...
{
	local answer sense
	ask "$@"
	sense=${answer#* }
	echo "${answer%% *} $(codes_of "$sense")"
}

tur() # SG
{
	told "$1" 0 00 00 00 00 00 00
}

# Unit attentions of that one, in the order in which they come, until none is left.
attentions_of() # SG
{
	local said i
	for i in 1 2 3 4 5 6 7 8; do
		said=$(tur "$1")
		[[ $said == "02 6/"* ]] || return 0
		echo "${said#02 }"
	done
	fail "$1: unit attentions without end"
}

# What lies on it: BLOCKS of 512 bytes from LBA on, by way of that generic node.
content_of() # SG LBA BLOCKS
{
	sg_dd if="$1" of=- bs=512 bpt=64 skip="$2" count="$3" iflag=sgio 2>/dev/null
}

# Random bytes, the same for the same SEED.
noise() # SEED BYTES
{
	python3 -c 'import random, sys
random.seed(sys.argv[1])
sys.stdout.buffer.write(random.randbytes(int(sys.argv[2])))' "$@"
}
