# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
# The initiator alone: scsi_debug completes at once and moves no data.

title="scsi_debug (floor)"

up()
{
	modprobe scsi_debug fake_rw=1 delay=0 dev_size_mb=64
	wait_for_disk Linux scsi_debug 64
}

down()
{
	rmmod scsi_debug
}
