#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# PDUs that are wrong in all ways, against the kernel's full feature phase (pdu_fuzz.py): nothing may
# be hurt but the session that they come in. They are of several seeds, which are printed: what a bug
# needs at the beginning of a session is met more often. PDU_FUZZ=N sends N PDUs of each seed instead of
# a thousand, PDU_FUZZ_SEED="S..." those that these seeds stand for.

. "$(dirname "$0")/lib.sh"

count=${PDU_FUZZ:-1000}
read -ra seeds <<<"${PDU_FUZZ_SEED:-$RANDOM $RANDOM $RANDOM $RANDOM}"
case_timeout=$((case_timeout + count * ${#seeds[@]} / 50))

setup_file()
{
	load_iscsi
	truncate -s 64M /run/disk /run/quiet
	add_file_disk disk /run/disk
	add_file_disk quiet /run/quiet
	iscsi_mgmt add_target "$iqn"
	write_attr "$itgt/luns/mgmt" "add disk 0"
	write_attr "$itgt/luns/mgmt" "add quiet 1"
	write_attr "$itgt/enabled" 1
	write_attr "$iscsi/enabled" 1
}

teardown_file()
{
	unload_iscsi
	rm /run/disk /run/quiet
}

test_wrong_pdus_hurt_their_session_only()	# not the one beside it; and no command, buffer or session is left behind
{
	local seed
	for seed in "${seeds[@]}"; do
		echo "seed $seed"
		python3 "$(dirname "$0")/pdu_fuzz.py" "$iqn" "$count" "$seed"
		wait_for 20 no_sessions
	done
}

diag "seeds ${seeds[*]}"
run_tests "$@"
