#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The target says what it always said: a conversation in full feature phase (wire.py) is compared with
# its record, wire.expected, byte by byte, with digests and without. `wire.sh record` in a guest
# prints a new record. Fifteen seconds.

. "$(dirname "$0")/lib.sh"

here=$(dirname "$0")

setup_file()
{
	load_iscsi
	head -c 1M >/run/disk < <(seq 1000000)
	add_file_disk disk0 /run/disk
	iscsi_mgmt add_target "$iqn"
	write_attr "$itgt/luns/mgmt" "add disk0 0"
	write_attr "$itgt/enabled" 1
	write_attr "$iscsi/enabled" 1
}

teardown_file()
{
	unload_iscsi
	rm /run/disk
}

teardown()
{
	wait_for 10 no_sessions
	write_attr "$itgt/NopInInterval" :default:
}

converse() # HEADER-DIGEST DATA-DIGEST
{
	python3 "$here/wire.py" "$iqn" "$@"
}

assert_as_recorded() # HEADER-DIGEST DATA-DIGEST
{
	converse "$@" >"$tap_dir/said" || { tail -n 5 "$tap_dir/said"; fail "the conversation ended early"; }
	diff "$here/wire.expected" "$tap_dir/said"
}

test_conversation_without_digests()	# is the recorded one
{
	assert_as_recorded None None
}

test_conversation_with_header_digests()	# is the same
{
	assert_as_recorded CRC32C None
}

test_conversation_with_data_digests()	# is the same
{
	assert_as_recorded None CRC32C
}

test_conversation_with_both_digests()	# is the same
{
	assert_as_recorded CRC32C CRC32C
}

if [ "${1:-}" = record ]; then
	setup_file
	converse None None
	exit
fi
run_tests "$@"
