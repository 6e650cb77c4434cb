# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# Two devices over the same data, and a LUN that leads to the one or the other under verified load. For
# files that have $disk and $tap_dir; every transport has the same directories of a target.

twin_file=/tmp/twins
tracing=/sys/kernel/tracing

add_twins()
{
	local i
	truncate -s 32M "$twin_file"
	for i in 0 1; do
		write_attr "$scst/handlers/vdisk_fileio/mgmt" "add_device twin$i filename=$twin_file"
	done
}

# Group "other" has the other device; so far it has nobody.
add_group() # TARGET
{
	write_attr "$1/ini_groups/mgmt" "create other"
	write_attr "$1/ini_groups/other/luns/mgmt" "add twin1 0"
}

# From here on every command that does not end with GOOD is in the trace; but not what a host asks for,
# and is told that there is no such thing.
count_answers()
{
	mountpoint -q "$tracing" || mount -t tracefs tracefs "$tracing"
	echo "status > 2 || status == 2 && (key == 6 || opcode == 0x28 || opcode == 0x2a)" \
		>"$tracing/events/scst/scst_cmd_done/filter"
	echo >"$tracing/trace"
	echo 1 >"$tracing/events/scst/scst_cmd_done/enable"
}

# How many of each, as "COUNT STATUS SENSE OPCODE".
bad_answers()
{
	echo 0 >"$tracing/events/scst/scst_cmd_done/enable"
	sed -n 's/.*opcode=\(0x[0-9a-f]*\) .*status=\(0x[0-9a-f]*\) sense=\([0-9a-f/]*\) .*/\2 \3 \1/p' "$tracing/trace" |
		sort | uniq -c
}

# Random writes, each read back and compared while it goes on, until end_load.
start_verified_load()
{
	local before
	before=$(nr_writes "$disk")
	fio --name=verified --filename="$disk" --rw=randwrite --bsrange=4k-64k --blockalign=4k --size=16m \
		--ioengine=libaio --iodepth=16 --direct=1 --time_based --runtime=3000 --verify=crc32c \
		--verify_backlog=64 --verify_fatal=1 --allow_file_create=0 >"$tap_dir/fio.log" 2>&1 &
	load=$!
	wait_for 40 has_written "$disk" "$before"
	kill -0 "$load" || fail "fio did not start: $(cat "$tap_dir/fio.log")"
	count_answers
}

# $nr times, and how long it took is told.
under_load() # FUNCTION ARGUMENT...
{
	local i start=$SECONDS
	nr=$(amount 150 500)
	start_verified_load
	for i in $(seq "$nr"); do
		"$@"
	done
	kill -0 "$load" || fail "the load ended: $(cat "$tap_dir/fio.log")"
	end_load
	echo "$((2 * nr)) times in $((SECONDS - start)) s"
}

there_and_back() # TARGET VERB
{
	write_attr "$1/luns/mgmt" "$2 twin1 0"
	write_attr "$1/luns/mgmt" "$2 twin0 0"
}

replaced_under_load() # TARGET VERB
{
	under_load there_and_back "$1" "$2"
}

in_and_out() # TARGET INITIATOR
{
	write_attr "$1/ini_groups/other/initiators/mgmt" "add $2"
	write_attr "$1/ini_groups/other/initiators/mgmt" "del $2"
}

moved_under_load() # TARGET INITIATOR
{
	under_load in_and_out "$1" "$2"
}

# Until what had begun is over; then the LUN leads elsewhere.
block_and_replace() # TARGET FROM TO
{
	write_attr "$scst/devices/$2/block" 1
	write_attr "$1/luns/mgmt" "replace_no_ua $3 0"
	write_attr "$scst/devices/$2/block" 0
}

block_there_and_back() # TARGET
{
	block_and_replace "$1" twin0 twin1
	block_and_replace "$1" twin1 twin0
}

blocked_under_load() # TARGET
{
	under_load block_there_and_back "$1"
}

# Each time they may be told, once; and they were told.
only_attentions() # ASC/ASCQ...
{
	local answers told sense
	answers=$(bad_answers)
	echo "$answers"
	[ -n "$answers" ] || fail "nobody was told"
	assert_eq "$(lines_with -vE " 0x02 6/($(IFS='|'; echo "$*")) " <<<"$answers")" "" "other answers"
	for sense; do
		told=$(awk -v sense="6/$sense" '$3 == sense { nr += $1 } END { print nr + 0 }' <<<"$answers")
		assert_at_most "$told" $((2 * nr)) "times that $sense was told"
	done
}
