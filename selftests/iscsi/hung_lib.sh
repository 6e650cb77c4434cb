# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# What hung.sh and tmfs.sh share: beside LUN 0 there is LUN 1, whose back end answers when it is told to
# (hung.py).

. "$(dirname "$0")/cases.sh"

setup_file()
{
	make_target
	add_hung_lun
}

add_hung_lun()
{
	local dm
	modprobe brd rd_nr=1 rd_size=16384
	dmsetup create hung --noudevsync --table "0 32768 linear /dev/ram0 0"
	dm=/dev/$(dmsetup info --columns --noheadings -o blkdevname hung)
	wait_for 5 test -b "$dm"
	write_attr "$scst/handlers/vdisk_blockio/mgmt" "add_device hung filename=$dm; tst=0"
	write_attr "$itgt/luns/mgmt" "add hung 1"
}

# When the modules have gone, nobody has it any more.
remove_hung_lun()
{
	unload_iscsi
	rm /tmp/disk
	dmsetup remove --noudevsync --retry hung
	modprobe -r brd
}

teardown_file()
{
	remove_hung_lun
}

answer_and_end()
{
	dmsetup resume --noudevsync hung
	wait_for 30 no_sessions
}

teardown()
{
	answer_and_end
}
