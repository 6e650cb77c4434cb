# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
# LIO: tcm_loop to a file on tmpfs, through the page cache.

title="LIO file"
target=/sys/kernel/config/target
port=$target/loopback/naa.5001405aaaaaaaaa/tpgt_1
store=$target/core/fileio_0/file

up()
{
	make_file
	modprobe -a configfs target_core_mod tcm_loop
	mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
	mkdir -p "$store"
	echo "fd_dev_name=$dir/disk,fd_dev_size=$((64 << 20)),fd_buffered_io=1" >"$store/control"
	echo 1 >"$store/enable"
	mkdir -p "$port/lun/lun_0"
	echo naa.5001405bbbbbbbbb >"$port/nexus"
	ln -s "$store" "$port/lun/lun_0/file"
	wait_for_disk LIO-ORG FILEIO 64
}

down()
{
	rm "$port/lun/lun_0/file"
	rmdir "$port/lun/lun_0" "$port" "${port%/*}" "$store" "${store%/*}"
	drop_file
}
