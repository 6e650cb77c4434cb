#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Scripts of administrators run as they are, and the tree they make, with an initiator in both targets,
# is the one that is promised: our own examples (docs/examples), and the samples of SCST's iSCSI
# README, which boot leaves in .build/seeds if the checkout has them beside it.
#
# Targets are taken away with their disks in use:
# expects: disks that go
# expects: detected conn error
. "$(dirname "$0")/daemon_lib.sh"
. "$(dirname "$0")/isns_lib.sh"

here=$(dirname "$0")
examples=docs/examples
readme=.build/seeds/004_e7d0ec054ba01552.txt
client=10.170.75.2			# in SCST's listing
isns_address=192.168.1.16		# in its script; only this guest has it here

setup_file()
{
	add_addresses
	ip addr replace "$client/32" dev lo
	ip addr replace "$isns_address/32" dev lo
	modprobe brd rd_nr=1 rd_size=65536
	mkdir -p /var/lib/scst
	truncate -s 64M /disk1 /disk2 /var/lib/scst/disk1 /var/lib/scst/disk2
	mknod /dev/sda5 b 1 0
}

teardown_file()
{
	modprobe -r brd
	rm /disk1 /disk2 /var/lib/scst/disk1 /var/lib/scst/disk2 /dev/sda5
	ip addr flush dev lo scope global
}

setup()
{
	:
}

teardown()
{
	iscsiadm -m node --logout || true
	iscsiadm -k 0 || true
	service iscsi-scst stop
	teardown_isnsd
	unload_iscsi
	wait_for 10 modprobe -r iscsi_tcp
	rm -rf /etc/iscsi/nodes
}

be_initiator() # NAME
{
	initiator=$1
	rm -rf /etc/iscsi/nodes
	start_open_iscsi
}

node() # IQN VERB...
{
	iscsiadm -m node -T "$1" -p "$client" "${@:2}"
}

# open-iscsi's settings of a target: NAME VALUE...
log_in() # IQN [NAME VALUE]...
{
	local target=$1
	shift
	node "$target" -o new
	while [ $# -gt 0 ]; do
		node "$target" -o update -n "node.session.auth.$1" -v "$2"
		shift 2
	done
	node "$target" --login
}

# Script NUMBER of the README: from its first line to that which switches the driver on.
sample_script() # NUMBER
{
	awk -v want="$1" '
		/^#!\/bin\/bash/ { number++; inside = 1 }
		inside && number == want
		/targets\/iscsi\/enabled$/ { inside = 0 }' "$readme"
}

need_readme()
{
	[ -e "$readme" ] || skip "SCST's README is not here (../shared/seeds)"
}

assert_tree() # LISTING
{
	local report
	report=$(python3 "$here/tree.py" "$scst" <"$1") || fail "$report"
	echo "$report"
}

test_one_disk()	# docs/examples/one-disk.sh
{
	bash "$examples/one-disk.sh"
	be_initiator "$initiator"
	log_in iqn.2026-01.org.example:one-disk
	assert_match "$(cat "$iscsi"/iqn*/sessions/*/initiator_name)" "$initiator"
}

test_two_targets()	# docs/examples/two-targets.sh makes docs/examples/two-targets.tree
{
	bash "$examples/two-targets.sh"
	be_initiator iqn.2026-01.org.example:node1
	log_in iqn.2026-01.org.example:public authmethod CHAP username joe password 12charsecret
	client=$addr1 log_in iqn.2026-01.org.example:vault authmethod CHAP username joe \
		password 12charsecret username_in vault password_in 12charpasswd
	assert_tree "$examples/two-targets.tree"
}

test_first_sample_of_scst()	# unchanged
{
	need_readme
	sample_script 1 >"$tap_dir/script"
	bash -e "$tap_dir/script"
	be_initiator "$initiator"
	log_in iqn.2006-10.net.vlnb:tgt
	assert_eq "$(cat "$iscsi"/iqn*/sessions/*/initiator_name)" "$initiator"
}

test_second_sample_of_scst()	# unchanged, and all that its listing shows is there
{
	need_readme
	sample_script 2 >"$tap_dir/script"
	start_isnsd
	bash -e "$tap_dir/script"
	be_initiator iqn.2005-03.org.open-iscsi:cacdcd2520
	wait_for 10 server_knows nodes iqn.2006-10.net.vlnb:tgt1
	admin --register entity=host "initiator=$initiator"
	wait_for 30 all_are_allowed "$client" 2 joeD%12charsecret@
	log_in iqn.2006-10.net.vlnb:tgt
	log_in iqn.2006-10.net.vlnb:tgt1 authmethod CHAP username joe \
		password 12charsecret username_in jim1 password_in 12charpasswd
	assert_tree "$readme"
	assert_eq "$(python3 "$here/tree.py" <"$readme" | wc -l)" 217 "entries of the listing"
}

run_tests "$@"
