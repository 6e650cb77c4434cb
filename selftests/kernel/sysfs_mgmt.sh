#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What is written to sysfs and is wrong: refused with the errno that says why, with a line in the
# kernel log that names the word, and nothing has changed. What is right is in sysfs_tree.sh; the
# grammar itself has unit tests.
#
# Disks go, or are hidden, while the host looks at them:
# expects: disks that go

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"

einval="Invalid argument"
drv=$scst/targets/scst_local

setup_file()
{
	load_scst
	add_null disk0
	add_null spare
	map_lun disk0 0
}

teardown_file()
{
	unload_scst
}

# Names, links and settings; not what counts by itself.
tree()
{
	find "$scst" -printf '%p %l\n' | sort
	(cd "$scst" && grep -r . setup_id threads devices/*/type targets/*/*/{addr_method,aen_disabled} \
		targets/*/*/{comment,rel_tgt_id} targets/*/*/luns/*/read_only)
}

# One write(2) whatever is in the text, unlike bash's printf.
write_raw() # FILE FORMAT
{
	# shellcheck disable=SC2059
	printf "$2" | dd of="$1" bs=4096 iflag=fullblock status=none
}

last_tree=		# what it was after the last write; empty: it changed since

# A write of TEXT to FILE fails with ERRNO, the log has LOG, and the tree is as before.
refused() # FILE TEXT ERRNO [LOG]
{
	local log
	[ -n "$last_tree" ] || last_tree=$(tree)
	echo "test: ${2:0:99}" >/dev/kmsg
	assert_fails_with "$3" write_attr "$1" "$2"
	[ "$(<"$scst"/last_sysfs_mgmt_res)" -lt 0 ] || fail "last_sysfs_mgmt_res after '$2'"
	assert_eq "$(tree)" "$last_tree" "tree after '$2'"
	[ -n "${4:-}" ] || return 0
	log=$(dmesg | tail -n 9)
	[[ ${log##*test: } == *"$4"* ]] || fail "'$2' is not explained by '$4': $log"
}

test_luns_refuse_what_is_malformed()	# every word in turn
{
	local luns=$tgt/luns/mgmt
	refused "$luns" "" "$einval"
	refused "$luns" "frob spare 1" "$einval" '"frob"'
	refused "$luns" "add" "$einval" "device is missing"
	refused "$luns" "add spare" "$einval" "LUN is missing"
	refused "$luns" "add spare one" "$einval" '"one"'
	refused "$luns" "add spare -1" "$einval" '"-1"'
	refused "$luns" "add spare 16384" "$einval" '"16384"'
	refused "$luns" "add spare 1 2" "$einval" '"2"'
	refused "$luns" "add spare 1 read_only" "$einval" '"read_only"'
	refused "$luns" "add spare 1 read_only=2" "$einval" '"2"'
	refused "$luns" "add spare 1 read_only=1 read_only=0" "$einval" '"read_only"'
	refused "$luns" "add spare 1 readonly=1" "$einval" '"readonly"'
	refused "$luns" "del" "$einval"
	refused "$luns" "del 0 0" "$einval" "too many words"
	refused "$luns" "del x" "$einval" '"x"'
	refused "$luns" "clear 0" "$einval" "too many words"
	refused "$luns" "replace spare" "$einval" "LUN is missing"
}

test_luns_refuse_what_does_not_fit()	# well-formed, but not here
{
	local luns=$tgt/luns/mgmt
	refused "$luns" "add nobody 1" "$einval" "nobody"
	refused "$luns" "add spare 0" "File exists" "LUN 0"
	refused "$luns" "del 5" "$einval" "LUN 5"
	refused "$luns" "replace nobody 5" "$einval" "LUN 5"
	refused "$luns" "replace nobody 0" "$einval" "nobody"
	refused "$luns" "replace_no_ua nobody 0" "$einval" "nobody"
}

test_handlers_refuse_what_is_malformed()	# and what is there already
{
	refused "$null_mgmt" "" "$einval"
	refused "$null_mgmt" "frob" "$einval" '"frob"'
	refused "$null_mgmt" "add_device" "$einval" "name is missing"
	refused "$null_mgmt" "add_device d0 size_mb" "$einval" '"size_mb"'
	refused "$null_mgmt" "add_device d0 frob=1" "$einval" frob
	refused "$null_mgmt" "add_device d0 size_mb=64; blocksize=1000" "$einval" blocksize
	refused "$null_mgmt" "add_device d0 size_mb=64 blocksize=512" "$einval" '"size_mb"'
	refused "$null_mgmt" "add_device disk0" "File exists" disk0
	refused "$null_mgmt" "del_device" "$einval" "name is missing"
	refused "$null_mgmt" "del_device nobody" "$einval" nobody
	refused "$null_mgmt" "del_device disk0 now" "$einval" '"now"'
}

test_drivers_refuse_what_is_malformed()	# the driver's own verbs as well
{
	refused "$drv"/mgmt "frob" "$einval"
	refused "$drv"/mgmt "add_target" "$einval" "name is missing"
	refused "$drv"/mgmt "add_target scst_local_tgt" "File exists" scst_local_tgt
	refused "$drv"/mgmt "add_target t frob=1" "$einval" frob
	refused "$drv"/mgmt "del_target nobody" "$einval" nobody
	refused "$drv"/mgmt "del_target scst_local_tgt now" "$einval" '"now"'
	refused "$drv"/mgmt "add_session scst_local_tgt" "$einval"
	refused "$drv"/mgmt "add_session nobody s" "$einval" nobody
	refused "$drv"/mgmt "del_session scst_local_tgt nobody" "$einval"
	refused "$drv"/mgmt "add_target t session_name=a;frob=1" "$einval" frob
	refused "$drv"/mgmt "add_target t session_name=a;session_name=a" "File exists" t
}

test_names_that_are_no_file_names_are_refused()	# of devices, targets and sessions
{
	local long
	long=$(printf 'x%.0s' {1..64})
	refused "$null_mgmt" "add_device a/b" "$einval"
	refused "$null_mgmt" "add_device ." "$einval"
	refused "$null_mgmt" "add_device .." "$einval"
	refused "$null_mgmt" $'add_device a\001b' "$einval"
	refused "$null_mgmt" "add_device $long" "name too long"
	refused "$drv"/mgmt "add_target a/b" "$einval"
	refused "$drv"/mgmt "add_target .." "$einval"
	refused "$drv"/mgmt "add_target $long$long$long$long" "name too long" "at most 255"
	refused "$drv"/mgmt "add_session scst_local_tgt a/b" "$einval"
	refused "$null_mgmt" 'add_device #1' "$einval" "0x23"
	refused "$null_mgmt" 'add_device a$(id)' "$einval" "0x24"
	refused "$tgt/ini_groups/mgmt" "create a'b" "$einval" "0x27"
}

# Of a record it tells each byte that is not printable ASCII as \xHH.
raw_log()
{
	dd if=/dev/kmsg iflag=nonblock bs=8k status=none 2>/dev/null || true
}

test_log_is_ascii()	# whatever is written where, and refused
{
	local odd=$'\xe9\x9b2J\x7f'
	sleep 6			# of what others were told too often nothing more is told for a while
	mark_log
	refused "$null_mgmt" "$odd" "$einval"
	refused "$null_mgmt" "add_device $odd" "$einval" "0xe9"
	refused "$null_mgmt" "add_device d $odd" "$einval"
	refused "$null_mgmt" "add_device d $odd=1" "$einval"
	refused "$null_mgmt" "add_device d size_mb=$odd" "$einval"
	refused "$null_mgmt" "del_device $odd" ""
	refused "$scst/handlers/vdisk_fileio/mgmt" "add_device d filename=/$odd" ""
	refused "$drv"/mgmt "$odd" "$einval"
	refused "$drv"/mgmt "add_target $odd" "$einval"
	refused "$drv"/mgmt "add_target t $odd=$odd" "$einval"
	refused "$drv"/mgmt "add_session $odd $odd" ""
	refused "$drv"/mgmt "add_session scst_local_tgt $odd" "$einval"
	refused "$host_session"/transport_id "$odd" "$einval"
	refused "$tgt"/luns/mgmt "add $odd 1" "$einval"
	refused "$tgt"/luns/mgmt "add spare $odd" "$einval"
	refused "$tgt"/luns/mgmt "add spare 1 $odd=1" "$einval"
	refused "$tgt"/luns/mgmt "add spare 1 read_only=$odd" "$einval"
	refused "$tgt"/ini_groups/mgmt "create $odd" "$einval"
	refused "$scst"/trace_level "add $odd" "$einval"
	[ "$(raw_log | sed "1,/$log_mark/d" | nr_lines "vdisk\|local")" -gt 10 ] || fail "nothing in the log"
	assert_eq "$(raw_log | sed "1,/$log_mark/d" | lines_with -F '\x' | lines_with -v ';test: ')" "" "other bytes"
}

# What a name may have, and what a pattern may besides.
name_class='A-Za-z0-9_.:,=+@%#-'
pattern_class="]*?[!$name_class"

# each_byte CLASS ADD DEL: names "x", byte, "y" go through both functions, if CLASS has the byte; else
# ADD fails. A shell writes what is before a newline by itself.
each_byte()
{
	local LC_ALL=C byte name taken class="^x[$1]y\$"
	for ((byte = 1; byte < 256; byte++)); do
		[ "$byte" -ne 10 ] || continue
		printf -v name '\\x%02x' "$byte"
		printf -v name %b "x${name}y"
		taken=no
		! "$2" "$name" 2>/dev/null || taken=yes
		[ $taken = no ] || "$3" "$name" || fail "$3 $name"
		[[ $name =~ $class ]] && [ $taken = yes ] || [[ ! $name =~ $class && $taken = no ]] ||
			fail "byte $byte: taken: $taken, by $2"
	done
}

add_target() { write_attr "$drv"/mgmt "add_target $1"; }
del_target() { write_attr "$drv"/mgmt "del_target $1"; }
add_session() { write_attr "$drv"/mgmt "add_session bare $1"; }
del_session() { write_attr "$drv"/mgmt "del_session bare $1"; }
add_group() { write_attr "$tgt"/ini_groups/mgmt "create $1"; }
del_group() { write_attr "$tgt"/ini_groups/mgmt "del $1"; }
add_pattern() { write_attr "$tgt"/ini_groups/g/initiators/mgmt "add $1"; }
del_pattern() { write_attr "$tgt"/ini_groups/g/initiators/mgmt "del $1"; }

# The kernel's isgraph() is that of Latin-1: a name with an accent went to the log, and "$(id)" into
# whatever shell command it was pasted.
test_names_are_plain()	# each byte of 255, in the name of each kind of object
{
	each_byte "$name_class" add_null del_null
	each_byte "$name_class" add_target del_target
	add_target bare		# without a LUN, so that no host looks for disks
	each_byte "$name_class" add_session del_session
	del_target bare
	each_byte "$name_class" add_group del_group
	add_group g
	each_byte "$pattern_class" add_pattern del_pattern
	del_group g
	last_tree=
	assert_fails_with "$einval" write_raw "$null_mgmt" 'add_device x\ny'
}

test_names_of_files_are_taken()	# a device or target cannot be called like a file beside it
{
	refused "$null_mgmt" "add_device mgmt" "File exists" mgmt
	refused "$null_mgmt" "add_device type" "File exists" type
	refused "$drv"/mgmt "add_target mgmt" "File exists" mgmt
}

test_values_out_of_range_are_refused()	# attributes of the root and of a target
{
	local text
	for text in 0 -1 x 99999999 "1 2" ""; do
		refused "$scst"/threads "$text" "$einval"
	done
	for text in x -1 0x100000000 "1 2" ""; do
		refused "$scst"/setup_id "$text" "$einval"
	done
	for text in x "add" "add frob" "set" "value" "value x" "value 1 2" "all of them" ""; do
		refused "$scst"/trace_level "$text" "$einval"
	done
	for text in -1 x 0x100000000 ""; do
		refused "$scst"/poll_us "$text" "$einval"
		refused "$scst"/max_tasklet_cmd "$text" "$einval"
	done
	for text in 0 -1 x ""; do
		refused "$scst"/devices/disk0/max_tgt_dev_commands "$text" "$einval"
	done
	for text in -1 65536 x "1 2" ""; do
		refused "$tgt"/rel_tgt_id "$text" "$einval"
	done
	for text in 2 x yes ""; do
		refused "$tgt"/aen_disabled "$text" "$einval"
	done
	refused "$tgt"/addr_method "LUNS" "$einval"
	assert_fails_with "$einval" write_raw "$tgt"/comment 'two\nlines'
	assert_eq "$(head -n 1 "$tgt"/comment)" "" comment
}

test_texts_too_long_are_refused()	# not cut off
{
	refused "$tgt"/comment "$(head -c 1024 /dev/zero | tr '\0' x)" "$einval"
	refused "$tgt"/luns/mgmt "add spare 1 $(head -c 5000 /dev/zero | tr '\0' ' ')" "Argument list too long"
}

test_binary_zeros_are_refused()	# what follows one would be ignored
{
	assert_fails_with "$einval" write_raw "$tgt"/luns/mgmt 'add spare 1\0'
	[ ! -e "$tgt"/luns/1 ]
}

test_relative_target_port_ids_are_unique()	# among targets that serve; EBADSLT as in SCST
{
	local id
	id=$(head -n 1 "$tgt"/rel_tgt_id)
	write_attr "$drv"/mgmt "add_target second"
	refused "$drv"/second/rel_tgt_id "$id" "Invalid slot" "rel_tgt_id $id"
	refused "$drv"/second/rel_tgt_id 0 "$einval"
	write_attr "$drv"/second/rel_tgt_id 777
	last_tree=
	assert_eq "$(head -n 1 "$drv"/second/rel_tgt_id)" 777
	refused "$tgt"/rel_tgt_id 777 "Invalid slot" "rel_tgt_id 777"
	write_attr "$drv"/second/rel_tgt_id 777
	write_attr "$drv"/mgmt "del_target second"
	write_attr "$tgt"/rel_tgt_id 777
	write_attr "$tgt"/rel_tgt_id "$id"
}

test_last_result_is_that_of_the_last_write()	# 0 or a negative errno
{
	assert_fails_with "" write_attr "$tgt"/luns/mgmt "del 5"
	assert_eq "$(cat "$scst"/last_sysfs_mgmt_res)" -22 "after EINVAL"
	map_lun spare 1
	assert_eq "$(cat "$scst"/last_sysfs_mgmt_res)" 0 "after success"
	unmap_lun 1
}

test_replace_maps_what_is_not_mapped()	# as in SCST
{
	write_attr "$tgt"/luns/mgmt "replace spare 5"
	assert_eq "$(readlink "$tgt"/luns/5/device)" ../../../../../devices/spare
	unmap_lun 5
	write_attr "$tgt"/luns/mgmt "replace_no_ua spare 6 read_only=1"
	assert_eq "$(head -n 1 "$tgt"/luns/6/read_only)" 1
	unmap_lun 6
}

test_target_gets_several_sessions()	# all that add_target names
{
	write_attr "$drv"/mgmt "add_target three session_name=s1;session_name=s2; session_name=s3"
	assert_eq "$(ls "$drv"/three/sessions)" $'s1\ns2\ns3'
	write_attr "$drv"/mgmt "del_target three"
}

test_verbs_and_parameters_ignore_case()	# as in SCST
{
	write_attr "$tgt"/luns/mgmt "ADD spare 0x10 Read_Only=1 ;"
	[ -d "$tgt"/luns/16 ]
	write_attr "$tgt"/luns/mgmt "Del 16"
	[ ! -e "$tgt"/luns/16 ]
}

test_clear_leaves_no_lun()	# and mgmt as it was
{
	map_lun spare 1
	map_lun spare 2
	write_attr "$tgt"/luns/mgmt clear
	assert_eq "$(ls "$tgt"/luns)" mgmt
	[ -z "$(ls "$scst"/devices/spare/exported)" ]
	map_lun disk0 0
}

run_tests "$@"
