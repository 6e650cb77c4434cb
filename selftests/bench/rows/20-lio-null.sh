# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
# LIO: tcm_loop to a RAM disk that moves no data.

title="LIO null"
target=/sys/kernel/config/target
port=$target/loopback/naa.5001405aaaaaaaaa/tpgt_1
store=$target/core/rd_mcp_0/null

up()
{
	modprobe -a configfs target_core_mod tcm_loop
	mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
	mkdir -p "$store"
	echo rd_pages=16384,rd_nullio=1 >"$store/control"
	echo 1 >"$store/enable"
	mkdir -p "$port/lun/lun_0"
	echo naa.5001405bbbbbbbbb >"$port/nexus"
	ln -s "$store" "$port/lun/lun_0/null"
	wait_for_disk LIO-ORG RAMDISK-MCP 64
}

down()
{
	rm "$port/lun/lun_0/null"
	rmdir "$port/lun/lun_0" "$port" "${port%/*}" "$store" "${store%/*}"
}
