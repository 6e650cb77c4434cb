# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# What tests of scstctl share and unshare have in common: a disk of scsi_debug, $hctl, and what a test has left.
# Stands on pass.sh.

PATH=$PATH:/usr/local/sbin
file=/etc/scst/share.json
share_tgt=$scst/targets/scst_local/scst_share_tgt
share_host=$share_tgt/sessions/scst_share_host
guard=/sys/fs/bpf/scst/tracers/raw_guard
mnt=$tap_dir/mnt

setup_file()
{
	load_pass scst_disk
	modprobe -a loop dm_mod ext4
	mkdir -p "$mnt"
}

teardown_file()
{
	unload_pass
}

setup()
{
	make_scsi_debug
	wait_for 10 raw_disk
}

# Whatever a test has left.
teardown()
{
	local lun
	! mountpoint -q "$mnt" || umount "$mnt"
	drop_second_host
	for lun in "$tgt"/luns/[0-9]*; do
		[ ! -e "$lun" ] || unmap_lun "${lun##*/}"
	done
	drop_shared
	[ ! -e "$guard" ] || scstctl tracer unload raw_guard
	! mountpoint -q /sys/kernel/security || umount /sys/kernel/security
	rm -rf "$file" /etc/scst/.share.json.new
	if [ -e "$scst/devices/other" ]; then del_null other; fi
	drop_scsi_debug
}

# As if the machine had been switched off: nothing is forgotten.
drop_shared()
{
	[ ! -e "$share_tgt" ] || write_attr "$scst/targets/scst_local/mgmt" "del_target scst_share_tgt"
	drop_passes
}

raw_disk() # [H:C:I:L]
{
	node_of "${1:-$hctl}" block
}

no_raw_disk()
{
	! raw_disk "$@"
}

# It succeeds; what it says is in $said.
ctl() # WORD...
{
	said=$(scstctl "$@" 2>&1) || fail "scstctl $* ended with $?: $said"
}

# The raw disk is shared: $raw is its generic node, $disk and $sg those of the LUN.
with_shared()
{
	raw=$(raw_of "$hctl")
	ctl share "$hctl"
	disk=$(disk_of 0 "$share_host")
	sg=$(sg_of 0 "$share_host")
}

# What names the unit in page 83h, and its serial number.
identity_of() # H:C:I:L
{
	python3 - "/sys/bus/scsi/devices/$1" <<-'END'
	import sys
	page = open(sys.argv[1] + "/vpd_pg83", "rb").read()
	at, end = 4, 4 + int.from_bytes(page[2:4], "big")
	while at < end:
	    n = 4 + page[at + 3]
	    if not page[at + 1] & 0x30:
	        print(page[at:at + n].hex())
	    at += n
	print(open(sys.argv[1] + "/vpd_pg80", "rb").read().hex())
	for name in "vendor", "model", "rev":
	    print(open(sys.argv[1] + "/" + name).read())
	END
}

lun_address()
{
	basename "$(sdev_dir "${1:-0}" "$share_host")"
}

# The disk is as if nobody had asked.
untouched()
{
	raw_disk >/dev/null || fail "the raw disk has gone"
	[ ! -e "$scst/devices/$hctl" ] || fail "it is a device of the target"
	[ ! -e "$share_tgt" ] || fail "there is a target"
	[ ! -e "$file" ] || fail "it stands in $file"
}

refused() # TEXT
{
	assert_fails_with "$1" scstctl share "$hctl"
	untouched
}

# Has it open, and does nothing.
hold() # NODE SECONDS
{
	# shellcheck disable=SC2217	# nor does it read
	exec sleep "$2" <"$1"
}

# One partition, of 4 MiB behind the first.
partition() # DISK
{
	python3 - "$1" <<-'END'
	import struct, sys
	entry = struct.pack("<B3sB3sII", 0, b"", 0x83, b"", 2048, 8192)
	with open(sys.argv[1], "r+b", buffering=0) as disk:
	    disk.write(bytes(446) + entry + bytes(48) + b"\x55\xaa")
	END
	blockdev --rereadpt "$1"
}

with_lsm()
{
	mount -t securityfs securityfs /sys/kernel/security
	has -w bpf </sys/kernel/security/lsm >/dev/null || skip "no BPF LSM in force"
}

# Does a generic node let itself be opened?
opens() # NODE
{
	: <"$1"
}
