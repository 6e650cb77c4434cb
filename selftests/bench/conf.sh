# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# What rows of scstctl share: files of configuration, of things FROM up to TO, made before anything is counted.

objects=yes
PATH=$PATH:/usr/local/sbin
confs=$(mktemp -d)

# Devices, and a target with one LUN of each, enabled.
targets_of() # FROM TO
{
	jq -n --argjson from "$1" --argjson to "$2" '{
		handlers: [ { name: "vdisk_nullio", devices: [ range($from; $to) | { name: "d\(.)", size_mb: 64 } ] } ],
		drivers: [ { name: "iscsi", targets: [ range($from; $to) | { name: "iqn.2026-01.org.example:t\(.)",
			enabled: true, luns: [ { lun: 0, device: "d\(.)" } ] } ] } ] }'
}

# Devices, and their LUNs of one target.
luns_of() # FROM TO
{
	jq -n --argjson from "$1" --argjson to "$2" '{
		handlers: [ { name: "vdisk_nullio", devices: [ range($from; $to) | { name: "d\(.)", size_mb: 64 } ] } ],
		drivers: [ { name: "iscsi", targets: [ select($to > 0) | { name: "iqn.2026-01.org.example:t",
			luns: [ range($from; $to) | { lun: ., device: "d\(.)" } ] } ] } ] }'
}

# A row says of which kind its files are: file_of=FUNCTION.
up()
{
	modprobe -a scst scst_vdisk iscsi-scst
	$file_of 0 0 >"$confs/0-0"
	$file_of 0 "$each" >"$confs/0-$each"
	$file_of "$each" $((2 * each)) >"$confs/$each-$((2 * each))"
	$file_of 0 $((2 * each)) >"$confs/0-$((2 * each))"
}

add() # FROM TO
{
	scstctl apply "$confs/$1-$2" >/dev/null
}

# So many, and no others.
have() # NUMBER
{
	scstctl apply --prune --force "$confs/0-$1" >/dev/null
}

# What is there is what there should be, or this fails.
diff_of() # NUMBER
{
	scstctl diff "$confs/0-$1" >/dev/null
}

down()
{
	have 0
	rm -rf "$confs"
	unload iscsi-scst scst_vdisk scst
}
