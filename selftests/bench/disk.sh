# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The disk that a row brings up.

# A disk that the row before has left behind would be measured under another name.
no_disk()
{
	local tries
	for ((tries = 0; tries < 50; tries++)); do
		compgen -G '/sys/block/sd*' >/dev/null || return 0
		sleep 0.1
	done
	echo "left behind: $(cd /sys/block && echo sd*)" >&2
	return 1
}

# What a disk says of itself, and how many MiB it has.
is_disk() # DIR VENDOR MODEL MIB
{
	[ "$(cat "$1/device/vendor" "$1/device/model" | tr -s ' \n' ' ')" = "$2 $3 " ] &&
		[ "$(cat "$1/size")" -eq $(($4 * 2048)) ]
}

# The disks that are it, as many as there are sessions (1), once they are usable: $disk, "${disks[@]}".
wait_for_disk() # VENDOR MODEL MIB
{
	local dir tries
	for ((tries = 0; tries < 100; tries++)); do
		disks=()
		for dir in /sys/block/sd*; do
			if [ -e "$dir" ] && is_disk "$dir" "$@"; then
				disks+=("/dev/${dir##*/}")
			fi
		done
		disk=${disks[0]:-}
		[ ${#disks[@]} -lt "${sessions:-1}" ] || return 0
		sleep 0.1
	done
	echo "no disk $1 $2 of $3 MiB, but: $(tail -n +1 /sys/block/sd*/device/model /sys/block/sd*/size)" >&2
	return 1
}

# What differs between hosts' defaults, and is not the path.
quiet_backend() # NAME below /sys/block
{
	echo none >"/sys/block/$1/queue/scheduler"
	echo 0 >"/sys/block/$1/queue/iostats"
}

quiet_disk()
{
	local disk
	for disk in "${disks[@]}"; do
		[ -b "$disk" ]	# fio would make a plain file if the disk were missing
		quiet_backend "${disk##*/}"
	done
}

# The host may still look what became of its last disk, and holds the module as long as it does.
unload() # MODULE...
{
	local tries
	for ((tries = 0; tries < 50; tries++)); do
		modprobe -qr "$@" && return
		sleep 0.1
	done
	modprobe -r "$@"
}

# 64 MiB of data in $dir/disk, on tmpfs.
dir=/run/bench
make_file()
{
	mkdir -p $dir
	mount -t tmpfs -o size=80m tmpfs $dir
	head -c 64M /dev/urandom >$dir/disk
}

drop_file()
{
	umount $dir
}
