# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The disk that a row brings up.

# The disk of this vendor, once it is usable: $disk.
wait_for_disk()
{
	local dir tries
	for ((tries = 0; tries < 100; tries++)); do
		for dir in /sys/block/sd*; do
			if [ -e "$dir" ] && [ "$(tr -d ' ' <"$dir/device/vendor")" = "$1" ]; then
				disk=/dev/${dir##*/}
				return
			fi
		done
		sleep 0.1
	done
	echo "no disk of vendor $1" >&2
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
	# fio would make a plain file if the disk were missing
	[ -b "$disk" ]
	quiet_backend "${disk##*/}"
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
