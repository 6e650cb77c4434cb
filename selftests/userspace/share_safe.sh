#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scstctl share and unshare never take a disk from under somebody, nor give it to this host twice: what the
# kernel itself has open is seen, more paths of the disk, and what was left half done. The rest: share.sh.
#
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/pass.sh"
. "$(dirname "$0")/../lib/pr.sh"
. "$(dirname "$0")/../lib/share.sh"

# ---- what the kernel has open ----

# COMMAND, while there is a virtual disk of NODE that claims nothing.
with_vdisk_of() # NODE COMMAND...
{
	local mgmt=$scst/handlers/vdisk_fileio/mgmt
	write_attr "$mgmt" "add_device other filename=$1"
	("${@:2}") || { write_attr "$mgmt" "del_device other"; fail "see above"; }
	write_attr "$mgmt" "del_device other"
}

test_vdisk_keeps_its_disk()	# or its partition: a raw one, and the LUN of a shared one
{
	with_vdisk_of "$(raw_disk)" refused "$(raw_disk) is what device other is made of"
	partition "$(raw_disk)"
	wait_for 10 test -b "$(raw_disk)1"
	with_vdisk_of "$(raw_disk)1" refused "$(raw_disk)1 is what device other is made of"
	with_shared
	with_vdisk_of "$disk" assert_fails_with "$disk is what device other is made of" scstctl unshare "$hctl"
	ctl unshare "$hctl"
}

run_tests "$@"
