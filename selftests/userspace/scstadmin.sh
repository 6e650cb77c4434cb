#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# scstadmin on the real modules: a file is applied, written, and changes nothing when it is applied
# once more; groups come back in the order in which they match. What it says, and all its verbs,
# have unit tests (selftests/unit/scstadmin), which run against files that behave like sysfs.
. "$(dirname "$0")/../iscsi/lib.sh"

PATH=$PATH:/usr/local/sbin
conf=$tap_dir/scst.conf
first=$tap_dir/first.img
target=iqn.2026-01.org.example:admin

setup_file()
{
	load_iscsi
	truncate -s 8M "$first"
}

teardown_file()
{
	unload_iscsi
}

teardown()
{
	admin -clear_config -force -noprompt
	[ ! -d "$scst/targets/iscsi/$target" ] || fail "$target is still there"
	[ ! -d "$scst/devices/first" ] || fail "the device is still there"
	[ ! -e /sys/kernel/config/nullb/nullb0 ] || drop_nullb
}

# It succeeds; what it says is in $said.
admin() # OPTION...
{
	said=$(scstadmin "$@" 2>&1) || fail "scstadmin $* ended with $?: $said"
}

# It ends with that status.
admin_fails() # STATUS OPTION...
{
	local expected=$1 status=0
	shift
	said=$(scstadmin "$@" 2>&1) || status=$?
	assert_eq "$status" "$expected" "status of scstadmin $*, which says '$said',"
}

write_conf()
{
	cat >"$conf" <<-EOT
	HANDLER vdisk_fileio {
		DEVICE first {
			filename $first
			usn 4711
		}
	}
	HANDLER vdisk_nullio {
		DEVICE null {
			size_mb 64
		}
	}
	TARGET_DRIVER iscsi {
		TARGET $target {
			IncomingUser "joe secret123456"
			alias "of a test"
			LUN 0 first
			LUN 1 null {
				read_only 1
			}
			GROUP zebra {
				LUN 0 first
				INITIATOR iqn.z*
			}
			GROUP ant {
				LUN 0 null
				INITIATOR *
			}
		}
	}
	EOT
}

test_file_is_applied()	# devices, target, LUNs, groups, CHAP
{
	local dir=$scst/targets/iscsi/$target
	write_conf
	admin -config "$conf"
	assert_match "$said" "change\(s\) made" "what it says"
	assert_eq "$(head -n 1 "$scst/devices/first/usn")" 4711 usn
	assert_eq "$(head -n 1 "$dir/IncomingUser")" "joe secret123456" "user"
	assert_eq "$(head -n 1 "$dir/luns/1/read_only")" 1 read_only
	assert_match "$(readlink "$dir/ini_groups/ant/luns/0/device")" "/null$" "device of ant"
	[ -e "$dir/ini_groups/zebra/initiators/iqn.z*" ] || fail "no pattern in zebra"
}

test_written_file_changes_nothing()	# and is for root only
{
	write_conf
	admin -config "$conf"
	rm "$conf"
	admin -write_config "$conf"
	assert_eq "$(stat -c %a "$conf")" 600 "mode of the file"
	admin -config "$conf"
	assert_match "$said" "Done, 0 change\(s\) made" "what it says of $(cat "$conf"),"
}

test_saved_block_device_of_scst_applies()	# its default of bind_alua_state, as -write_config -nonkey writes it
{
	make_nullb
	cat >"$conf" <<-EOT
	HANDLER vdisk_blockio {
		DEVICE block {
			filename $nullb

			# Non-key attributes
			active 1
			bind_alua_state 1
			cluster_mode 0
			expl_alua 0
		}
	}
	EOT
	admin -config "$conf"
	assert_eq "$(cat "$scst/devices/block/bind_alua_state")" 1 bind_alua_state
	admin -config "$conf"
	assert_match "$said" "Done, 0 change\(s\) made" "what it says the second time"
}

test_an_attribute_is_set_to_nothing()	# by a word that stands alone, as -write_config -nonkey writes it
{
	write_conf
	admin -config "$conf"
	assert_eq "$(head -n 1 "$scst/targets/iscsi/$target/alias")" "of a test" alias
	sed -i 's/alias .*/alias/' "$conf"
	admin -config "$conf"
	assert_eq "$(head -n 1 "$scst/targets/iscsi/$target/alias")" "" "alias, which has been cleared,"
}

test_groups_come_back_in_their_order()	# the first that matches counts: not by name
{
	write_conf
	admin -config "$conf"
	admin -add_group middle -driver iscsi -target "$target"
	admin -write_config "$conf"
	assert_eq "$(sed -n 's/^\t*GROUP \([a-z]*\).*/\1/p' "$conf" | xargs)" "zebra ant middle" \
		groups
}

test_user_gets_another_secret()	# and the target another name for itself, while both are in force
{
	local dir=$scst/targets/iscsi/$target
	write_conf
	sed -i 's/alias .*/OutgoingUser "me secret222222"/' "$conf"
	admin -config "$conf"
	sed -i 's/joe .*"/joe secret333333"/; s/me secret2.*"/myself secret444444"/' "$conf"
	admin_fails 1 -config "$conf"
	admin -config "$conf" -force -noprompt
	assert_match "$said" "attribute 'IncomingUser' to value 'joe secret333333'" "what it says"
	assert_no_match "$said" "Removing dynamic attribute" "what it says"
	assert_eq "$(head -n 1 "$dir/IncomingUser")" "joe secret333333" user
	assert_eq "$(head -n 1 "$dir/OutgoingUser")" "myself secret444444" "who the target is"
	[ ! -e "$dir/IncomingUser1" ] || fail "there is another user"
}

# It ends with that status; what it says is in $said.
restore_fails() # STATUS
{
	local status=0
	said=$(scstctl restore "$conf" 2>&1) || status=$?
	assert_eq "$status" "$1" "status of restore, which says '$said',"
}

write_users() # WHAT FOLLOWS THE USER
{
	printf 'TARGET_DRIVER iscsi {\n\tTARGET %s {\n\t\tenabled 1\n\t\tIncomingUser "joe %s"'"$1" \
		"$target" secret123456 >"$conf"
}

test_restore_lets_in_no_more_than_the_file_says()	# a line without its end, a NUL before the user
{
	write_users '\n\t}\n}\n'
	scstctl restore "$conf"
	assert_eq "$(cat "$scst/targets/iscsi/$target/enabled")" 1 enabled
	admin -clear_config -force -noprompt
	write_users ' }\n}\n'
	restore_fails 1
	assert_match "$said" "scst.conf:4: the statement that begins with \"IncomingUser\" is lost"
	assert_match "$said" "target iscsi/$target is not enabled"
	assert_eq "$(cat "$scst/targets/iscsi/$target/enabled")" 0 enabled
	admin -clear_config -force -noprompt
	write_users '\n\t}\n}\n'
	sed -i 's/Incoming/\x00Incoming/' "$conf"
	restore_fails 2
	assert_match "$said" "there is a NUL byte in it"
	[ ! -e "$scst/targets/iscsi/$target" ] || fail "something of it was done"
}

test_only_root_may_ask()	# as SCST's program: not even what only reads
{
	local status=0
	said=$(setpriv --reuid=65534 --clear-groups scstadmin -list_device 2>&1) || status=$?
	assert_eq "$said" "This program must run as root." "what it says"
	assert_eq "$status" 255 status
}

test_verbs_end_with_their_codes()	# 41: exists; 40: does not; a device in use; no answer
{
	admin -add_target "$target" -driver iscsi
	admin_fails 41 -add_target "$target" -driver iscsi
	admin_fails 40 -rem_target nobody -driver iscsi -noprompt
	admin -open_dev first -handler vdisk_fileio -attributes "filename=$first"
	admin -add_lun 0 -driver iscsi -target "$target" -device first
	admin_fails 1 -close_dev first -handler vdisk_fileio -noprompt
	assert_match "$said" "still in use, aborting" "what it says"
	admin -close_dev first -handler vdisk_fileio </dev/null
	assert_match "$said" "Aborting action" "without an answer"
	[ -d "$scst/devices/first" ] || fail "the device is gone"
}

run_tests "$@"
