#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What packages do when they are made, installed, upgraded and removed, without building one.
# guests: own

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../vm/common.sh"

packaging=$src/userspace/packaging

# ---- keys of modules -------------------------------------------------------------------------------

test_key_is_not_kept_where_make_clean_removes_it()	# hosts that were told of it would take no more modules
{
	assert_fails_with "the key has to be kept" "$packaging/deb-modules" 6.12 "$out/keys"
	[ ! -e "$out/keys" ]
}

test_half_a_key_is_refused()	# DKMS would make a new one over it
{
	mkdir "$tap_dir/keys"
	echo secret >"$tap_dir/keys/mok.key"
	assert_fails_with "mok.key and mok.pub, or none" "$packaging/deb-modules" 6.12 "$tap_dir/keys" "$tap_dir"
	assert_eq "$(cat "$tap_dir/keys/mok.key")" secret "key"
}

run_tests "$@"
