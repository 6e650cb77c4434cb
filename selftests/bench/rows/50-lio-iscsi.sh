# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
# LIO: open-iscsi over loopback to fileio, buffered, on tmpfs.

title="LIO iSCSI file"
streams=yes
target=/sys/kernel/config/target
store=$target/core/fileio_0/file
# shellcheck source=selftests/bench/iscsi.sh
. iscsi.sh
tpg=$target/iscsi/$iqn/tpgt_1

up()
{
	make_file
	modprobe -a configfs target_core_mod target_core_file iscsi_target_mod
	mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
	mkdir -p "$store"
	echo "fd_dev_name=$dir/disk,fd_dev_size=67108864,fd_buffered_io=1" >"$store/control"
	echo 1 >"$store/enable"
	mkdir -p "$target/iscsi" "$tpg/lun/lun_0" "$tpg/np/$portal"
	ln -s "$store" "$tpg/lun/lun_0/file"
	echo 0 >"$tpg/attrib/authentication"
	echo 1 >"$tpg/attrib/generate_node_acls"
	echo 0 >"$tpg/attrib/demo_mode_write_protect"
	echo 1 >"$tpg/enable"
	log_in
	wait_for_disk LIO-ORG FILEIO 64
}

down()
{
	log_out
	echo 0 >"$tpg/enable"
	rm "$tpg/lun/lun_0/file"
	rmdir "$tpg/np/$portal" "$tpg/lun/lun_0" "$tpg" "${tpg%/*}" "$target/iscsi" "$store" "${store%/*}"
	modprobe -r iscsi_target_mod
	drop_file
}
