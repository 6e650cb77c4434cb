#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What goes wrong at a real disk, dev_disk, as its initiators hear of it: sense data byte for byte in the
# format of the disk, data beside sense, residuals, what its host adapter says; unit attentions, which the
# disk tells once, and all initiators hear; parameters that one of them changes; reservations and locks,
# which are kept here and not at the disk. The disk is scsi_debug's, which fails as it is told.
#
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/pass.sh"
. "$(dirname "$0")/../lib/pr.sh"

setup_file()
{
	load_pass scst_disk
	make_scsi_debug
	inject 2 1 c0 0 0 0 0 0 0	# a command that ends well
}

teardown_file()
{
	drop_scsi_debug
	unload_pass
}

setup()
{
	with_pass dev_disk
}

teardown()
{
	set_debug every_nth 0
	set_debug opts 0
	set_debug dsense 0
	inject_nothing 2 28 || true
	inject_nothing 2 00 || true
	inject_nothing 2 1e || true
	drop_second_host
	drop_passes
}

# The same command to the disk itself and to the LUN has the same answer, sense and all.
same_answer() # LENGTH CDB-BYTE...
{
	local own ours
	own=$(answer_of "$raw" "$@")
	ours=$(answer_of "$sg" "$@")
	echo "$*: $own"
	assert_eq "$ours" "$own" "answer to $*"
}

# Of one that fails: how much has been moved by then is not asked.
same_sense() # LENGTH CDB-BYTE...
{
	assert_eq "$(sense_of "$sg" "$@")" "$(sense_of "$raw" "$@")" "status and sense of $*"
}

# ---- sense ----

read_10="28 00 00 00 00 00 00 00 01 00"

# Of each sense key that means something, with codes that only the disk can know.
sense_is_verbatim()
{
	local key
	for key in 0 1 2 3 4 5 7 8 9 a b d e f; do
		inject 2 1 28 0 0 2 "$key" 80 "$key"
		# shellcheck disable=SC2086	# a list
		same_sense 512 $read_10
		# shellcheck disable=SC2086
		assert_eq "$(told "$sg" 512 $read_10)" "02 $key/80/0$key" "what of it is told"
	done
}

test_sense_is_the_disks_own()	# every key, codes of the vendor, in fixed format
{
	sense_is_verbatim
	[[ $(sense_of "$sg" 512 28 00 00 00 00 00 00 00 01 00) == "02 70"* ]] || fail "not of fixed format"
}

test_sense_of_descriptors_is_the_disks_own()	# whatever format our own would have
{
	set_debug dsense 1
	sense_is_verbatim
	[[ $(sense_of "$sg" 512 28 00 00 00 00 00 00 00 01 00) == "02 72"* ]] || fail "not of descriptor format"
}

test_pointer_to_a_field_is_the_disks_own()	# of the CDB as the initiator has sent it; INFORMATION of a block
{
	same_sense 96 12 01 c7 00 60 00		# a page that is not there
	same_sense 252 1a 00 2f 00 fc 00	# nor that
	set_debug dsense 1
	same_sense 96 12 01 c7 00 60 00
	set_debug dsense 0
	set_debug opts 2
	same_sense 512 28 00 00 00 12 34 00 00 01 00
	assert_match "$(sense_of "$sg" 512 28 00 00 00 12 34 00 00 01 00)" "^02 f00003000012340a" "sense of a block"
}

test_status_is_the_disks_own()	# also where nobody expects it, and sense that says nothing
{
	local status
	for status in 04 18 22 40; do
		inject 2 1 28 0 0 "$status" 0 0 0
		# shellcheck disable=SC2086	# a list
		assert_match "$(sense_of "$sg" 512 $read_10)" "^$status " "status"
	done
	inject 2 1 28 0 0 2 0 0 0	# CHECK CONDITION, and nothing to say
	# shellcheck disable=SC2086
	same_sense 512 $read_10
	inject_nothing 2 28
	same_answer 0 34 00 00 00 00 00 00 00 08 00	# PRE-FETCH: CONDITION MET
}

test_busy_is_tried_again()	# the disk's host does that, and the command ends well
{
	local status
	for status in 08 28; do
		inject 2 -2 28 0 0 "$status" 0 0 0
		# shellcheck disable=SC2086	# a list
		assert_eq "$(told "$sg" 512 $read_10)" "00 none" "status $status"
	done
}

# Host byte, and what an initiator is told of it.
test_what_the_adapter_says_is_told()	# gone: NOT READY; broken: HARDWARE ERROR; parity: 47h/00h
{
	local wrong='' host expected said
	while read -r host expected; do
		inject 2 1 28 "$host" 0 0 0 0 0
		# shellcheck disable=SC2086	# a list
		said=$(told "$sg" 512 $read_10)
		[[ $said =~ ^$expected$ ]] || wrong+="$host: $said, expected $expected"$'\n'
	done <<-END
		01 02 2/04/00
		04 02 2/04/00
		06 02 b/47/00
		07 02 4/44/00
	END
	assert_eq "$wrong" "" "what is told wrongly"
}

test_disturbances_are_passed_over()	# of the bus: the initiator is asked to come again, and does
{
	local host
	for host in 02 0b 0c 0e; do
		inject 2 -1 28 "$host" 0 0 0 0 0
		# shellcheck disable=SC2086	# a list
		assert_eq "$(told "$sg" 512 $read_10)" "00 none" "host byte $host"
	done
}

# ---- data and residuals ----

test_data_comes_with_recovered_errors()	# all of it, it is right, and nothing is missing
{
	noise recovered 65536 >"$tap_dir/noise"
	sg_raw --send=65536 --infile="$tap_dir/noise" "$raw" 2a 00 00 00 00 00 00 00 80 00
	set_debug opts 8
	set_debug every_nth 1
	same_answer 65536 28 00 00 00 00 00 00 00 80 00
	assert_match "$(answer_of "$sg" 65536 28 00 00 00 00 00 00 00 80 00)" \
		"^02 70000100000000.*5d00.* 0 65536$" answer
	sg_raw --request=65536 --outfile="$tap_dir/data" "$sg" 28 00 00 00 00 00 00 00 80 00 || true
	cmp "$tap_dir/data" "$tap_dir/noise"
}

test_short_transfers_are_told()	# half of the blocks come, and so much is missing
{
	set_debug opts 0x100
	set_debug every_nth 1
	same_answer 65536 28 00 00 00 00 00 00 00 80 00
	assert_match "$(answer_of "$sg" 65536 28 00 00 00 00 00 00 00 80 00)" "^00 - 32768 " answer
}

test_lengths_that_differ_leave_residuals()	# the CDB's, the initiator's, what there is
{
	same_answer 4096 28 00 00 00 00 00 00 00 01 00
	same_answer 4096 12 00 00 00 24 00
	same_answer 8 12 00 00 00 ff 00
	same_answer 4096 12 01 80 00 ff 00
	same_answer 4096 1a 00 3f 00 ff 00
	same_answer 4 1a 00 3f 00 ff 00
	same_answer 252 25 00 00 00 00 00 00 00 00 00
	same_answer 512 4d 00 40 00 00 00 00 02 00 00
	same_answer 4096 28 00 00 00 00 00 00 00 00 00		# none
	same_answer 512 28 00 00 00 00 00 00 00 08 00		# more than there is room for
}

test_nothing_of_others_is_read()	# where the disk brings less than it was asked for
{
	printf '%.0ssecret' {1..11000} >"$tap_dir/secret"
	sg_raw --send=65536 --infile="$tap_dir/secret" "$sg" 2a 00 00 00 00 00 00 00 80 00
	sg_raw --request=65536 --outfile="$tap_dir/data" "$sg" 28 00 00 00 00 00 00 00 80 00
	sg_raw --request=4096 --outfile="$tap_dir/data" "$sg" c0 00 00 00 00 00 00 00 00 00	# GOOD, and no data
	! grep -q secret "$tap_dir/data" || fail "$(head -c 64 "$tap_dir/data")"
}

# ---- unit attentions ----

test_attentions_of_the_disk_reach_all()	# the one that met it as it was; each other one once
{
	local code
	with_second_host
	for code in "2a 01" "2a 09" "3f 01" "28 00" "29 00" "80 7f"; do
		# shellcheck disable=SC2086	# two words
		inject 2 -1 00 0 0 2 6 $code
		assert_eq "$(attentions_of "$sg")" "6/${code/ //}" "what the first one hears"
		assert_eq "$(attentions_of "$sg2")" "6/${code/ //}" "what the second one hears of $code"
	done
}

test_new_parameters_are_told_to_others()	# MODE SELECT of one: 2Ah/01h for the other, which the disk knows not of
{
	with_second_host
	sdparm --set=DRA=1 "$sg"
	attentions_of "$sg2" >"$tap_dir/heard"
	has "6/2a/01" <"$tap_dir/heard" || fail "it heard $(cat "$tap_dir/heard")"
	attentions_of "$sg"
	assert_eq "$(attentions_of "$sg2")" "" "what comes later"
}

test_format_of_sense_follows_the_disk()	# D_SENSE of its control page is for what we say as well
{
	with_second_host
	sdparm --set=D_SENSE=1 "$sg"
	attentions_of "$sg" >/dev/null
	attentions_of "$sg2" >/dev/null
	join "$sg" 0xa
	pr "$sg" reserve --param-rk=0xa --prout-type=3
	inject 2 -1 00 0 0 2 6 29 00
	attentions_of "$sg" >/dev/null
	[[ $(sense_of "$sg2" 0 00 00 00 00 00 00) == "02 72"* ]] || fail "ours is of the other format"
	pr "$sg" register --param-rk=0xa
	sdparm --clear=D_SENSE "$sg"
	attentions_of "$sg" >/dev/null
}

test_new_capacity_is_seen()	# the disk says 2Ah/09h: what is behind the old end can be read
{
	set_debug virtual_gb 1
	attentions_of "$sg" >"$tap_dir/heard"
	has "6/2a/09" <"$tap_dir/heard"
	assert_eq "$(told "$sg" 512 28 00 00 1f ff ff 00 00 01 00)" "00 none" "a read of the new last block"
	sg_readcap --raw "$sg" | cmp - <(sg_readcap --raw "$raw")
	set_debug virtual_gb 0
	attentions_of "$sg" >/dev/null
}

test_reset_of_the_adapter_reaches_all()	# what it ended is told 29h/00h, and so are others
{
	with_second_host
	inject 2 -1 28 8 0 0 0 0 0
	# shellcheck disable=SC2086	# a list
	assert_eq "$(told "$sg" 512 $read_10)" "02 6/29/00" "the command that was under way"
	assert_eq "$(attentions_of "$sg2")" "6/29/00" "what the other one hears"
}

test_attentions_without_end_are_no_end()	# of a disk that says nothing else: it comes, answers, and goes
{
	drop_passes
	inject 2 1 00 0 0 2 6 29 00
	with_second_host_of_a_storm
	assert_eq "$(tur "$sg")" "02 6/29/00" "the first one's"
	inject_nothing 2 00
	attentions_of "$sg"
	assert_at_most "$(attentions_of "$sg2" | wc -l)" 3 "attentions that are left"
}

# As with_pass and with_second_host, of a disk that is never ready.
with_second_host_of_a_storm()
{
	add_pass dev_disk
	map_lun "$hctl" 0
	sg=$(sg_of 0)
	write_attr "$scst/targets/scst_local/mgmt" "add_session scst_local_tgt second"
	sg2=$(sg_of 0 "$tgt/sessions/second")
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		tur "$sg"
	done
}

# ---- reservations and locks ----

test_reservations_hold_between_initiators()	# the disk knows none; also against what nobody knows
{
	with_second_host
	watch_device "$hctl"
	join "$sg" 0xa
	pr "$sg" reserve --param-rk=0xa --prout-type=3
	assert_conflict write_block "$sg2"
	assert_conflict read_block "$sg2"
	assert_conflict sg_raw --request=512 "$sg2" c0 00 00 00 00 00 00 00 00 00
	assert_conflict sg_raw "$sg2" 04 00 00 00 00 00
	can_write "$sg" || fail "nor can who reserved it"
	quietly sg_inq "$sg2"
	join "$sg2" 0xb
	pr "$sg2" preempt --param-rk=0xb --param-sark=0xa --prout-type=3
	attentions_of "$sg" >"$tap_dir/heard"
	assert_match "$(cat "$tap_dir/heard")" "6/2a/0[35]" "what the first one hears"
	assert_conflict write_block "$sg"
	can_write "$sg2" || fail "nor can who preempted"
	pr "$sg2" clear --param-rk=0xb
	assert_eq "$(cdbs_seen | lines_with -E "^(5e|5f|c0|04) ")" "" "what the disk saw of it"
}

test_reserve_of_spc2_holds_between_initiators()	# RESERVE and RELEASE of 6 bytes
{
	with_second_host
	sg_raw "$sg" 16 00 00 00 00 00
	assert_conflict write_block "$sg2"
	sg_raw "$sg2" 17 00 00 00 00 00
	assert_conflict write_block "$sg2"
	sg_raw "$sg" 17 00 00 00 00 00
	can_write "$sg2" || fail "it is still reserved"
}

locks_seen()
{
	cdbs_seen | lines_with "^1e" | cut -d' ' -f5 | paste -sd' '
}

test_locks_are_counted()	# PREVENT goes down with the first, ALLOW when the last lets go, or is gone
{
	with_second_host
	watch_device "$hctl"
	sg_prevent --prevent=1 "$sg"
	sg_prevent --prevent=1 "$sg2"
	sg_prevent --allow "$sg"
	assert_eq "$(locks_seen)" 01 "what the disk saw of two locks"
	watch_device "$hctl"
	drop_second_host
	assert_eq "$(locks_seen)" 00 "what the disk saw when the last one had left"
}

locks_sent() # HOW MANY
{
	[ "$(nr_lines "raw=1e" $tracing/trace)" = "$1" ]
}

test_attention_that_meets_the_end_of_a_lock_is_told()	# and the lock ends all the same
{
	with_second_host
	sg_prevent --prevent=1 "$sg2"
	inject 2 -1 1e 0 0 2 6 28 0
	watch_device "$hctl"
	drop_second_host
	wait_for 10 locks_sent 2
	assert_eq "$(locks_seen)" "00 00" "what the disk saw when the one who locked had left"
	assert_eq "$(attentions_of "$sg")" "6/28/00" "what the other one hears"
}

test_locks_end_with_the_device()	# and the disk is told
{
	sg_prevent --prevent=1 "$sg"
	watch_device "$hctl"
	drop_passes
	assert_eq "$(locks_seen)" 00 "what the disk saw"
}

run_tests "$@"
