# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
# LIO: tcm_loop to iblock on null_blk.

title="LIO block"
target=/sys/kernel/config/target
port=$target/loopback/naa.5001405aaaaaaaaa/tpgt_1
store=$target/core/iblock_0/block

up()
{
	modprobe null_blk irqmode=0 gb=1
	quiet_backend nullb0
	modprobe -a configfs target_core_mod tcm_loop
	mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
	mkdir -p "$store"
	echo udev_path=/dev/nullb0 >"$store/control"
	echo 1 >"$store/enable"
	mkdir -p "$port/lun/lun_0"
	echo naa.5001405bbbbbbbbb >"$port/nexus"
	ln -s "$store" "$port/lun/lun_0/block"
	wait_for_disk LIO-ORG IBLOCK 1024
}

down()
{
	rm "$port/lun/lun_0/block"
	rmdir "$port/lun/lun_0" "$port" "${port%/*}" "$store" "${store%/*}"
	modprobe -r null_blk
}
