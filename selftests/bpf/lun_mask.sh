#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# bpf/policies/lun_mask, driven with bpftool alone.
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go
. "$(dirname "$0")/lib.sh"

# The key of lun_mask_rules as bytes: the name, zeros up to 256, the LUN.
key_bytes() # INITIATOR LUN
{
	python3 - "$1" "$2" <<-END
		import struct, sys
		key = sys.argv[1].encode().ljust(256, b"\0") + struct.pack("=I", int(sys.argv[2], 0))
		print("hex", *(f"{b:02x}" for b in key))
	END
}

rule() # INITIATOR LUN ACCESS
{
	# shellcheck disable=SC2046
	bpftool map update pinned "$pins/map_lun_mask_rules" key $(key_bytes "$1" "$2") \
		value hex "0$3" 00 00 00
	echo 1 >"$policies/lun_mask/revalidate"
}

drop_rule() # INITIATOR LUN
{
	# shellcheck disable=SC2046
	bpftool map delete pinned "$pins/map_lun_mask_rules" key $(key_bytes "$1" "$2")
	echo 1 >"$policies/lun_mask/revalidate"
}

test_rule_hides_and_its_removal_shows()	# for this initiator, this LUN; while it reads
{
	load "$bpf/lun_mask.bpf.o"
	start_load "$disk0" 60
	rule scst_local_host 1 2
	wait_for_luns 0
	assert_match "$(bpftool map dump pinned "$pins/map_lun_mask_rules")" "scst_local_host" "the mask in bpftool"
	drop_rule scst_local_host 1
	wait_for_luns 0 1
	kill -0 "$load" || fail "it had ended before: $(cat "$tap_dir/fio.log")"
	end_load
}

test_rule_of_another_initiator_does_nothing()	# names are compared as a whole
{
	load "$bpf/lun_mask.bpf.o"
	rule scst_local_hos 1 2
	rule scst_local_host2 1 2
	rule scst_local_host 7 2
	judged_again lun_mask
	luns_are 0 1
	rule scst_local_host 1 2
	judged_again lun_mask
	luns_are 0
}

test_most_specific_rule_decides()	# exact, initiator, LUN, any
{
	load "$bpf/lun_mask.bpf.o"
	rule '*' 1 2
	wait_for_luns 0
	rule scst_local_host 0xffffffff 0
	wait_for_luns 0 1
	rule scst_local_host 1 2
	wait_for_luns 0
}

test_allow_list()	# default_access=hide and a rule for what may be seen
{
	load "$bpf/lun_mask.bpf.o" default_access=2 lun_mask.scope=3 lun_mask.scope_name=d1
	wait_for_luns 0
	rule scst_local_host 1 0
	wait_for_luns 0 1
}

test_read_only_rule()	# writes are refused
{
	load "$bpf/lun_mask.bpf.o"
	rule scst_local_host 1 1
	wait_for 5 grep -q "read_only=[1-9]" "$policies/lun_mask/verdicts"
	writes_are_refused
}

run_tests "$@"
