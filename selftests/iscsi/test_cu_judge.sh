#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# test_cu.py, by which test_cu.sh judges what libiscsi's suite says: it must not take a failure for one
# that is excused, nor let an excuse stand that nobody needs. Needs no guest.
. "$(dirname "$0")/../lib/tap.sh"

here=$(dirname "$0")

# What the suite prints of these tests, in the words of CUnit.
log_of_three()
{
	cat <<-'END'

	     CUnit - A unit testing framework for C - Version 2.1-3

	Suite: Read10
	  Test: Simple ...
	    Test READ10
	    [FAILED] READ10 command failed, as it should
	passed
	  Test: Removable ...    [SKIPPED] Logical unit is not removable. Skipping test.
	passed    [FAILED] PRIN command: failed with sense.
	Suite: Inquiry
	  Test: Standard ...
	    Verify version field
	    [FAILED] Invalid version. Version 7 found
	FAILED
	    1. ../../test-tool/test_inquiry_standard.c:70  - CU_FAIL("Invalid version")
	    2. ../../test-tool/test_inquiry_standard.c:99  - CU_ASSERT_EQUAL(_r,0)
	    3. ../../test-tool/test_inquiry_standard.c:99  - CU_ASSERT_EQUAL(_r,0)    [FAILED] PRIN command

	Run Summary:    Type  Total    Ran Passed Failed Inactive

	Tests completed with return value: 0
	END
}

excuses_of_three()
{
	sed 's/^| /\t/' <<-'END'
	# for a test
	one,two Inquiry.Standard
	other Inquiry.Standard
	| test_inquiry_standard.c:70 CU_FAIL("Invalid version")
	| [FAILED] Invalid version. Version 7 found
	| 2 x test_inquiry_standard.c:99 CU_ASSERT_EQUAL(_r,0)
	| = SPC-5: it is 07h
	one,two Read10.Removable
	| [SKIPPED] Logical unit is not removable. Skipping test.
	| = elsewhere: a removable disk
	END
}

setup()
{
	log_of_three >"$tap_dir/one"
	excuses_of_three >"$tap_dir/expected"
}

check() # DISK [TEST...]
{
	[ $# -gt 1 ] || set -- "$1" Read10.Simple Read10.Removable Inquiry.Standard
	"$here/test_cu.py" check "$tap_dir/expected" "$1" "$tap_dir/one" "${@:2}"
}

# What it says of the log when that is edited like this.
judge_log() # SED-SCRIPT [TEST...]
{
	sed -i "$1" "$tap_dir/one"
	assert_fails_with "$2" check one "${@:3}"
}

test_what_is_expected_passes()	# all of it, and nothing else
{
	assert_eq "$(check one)" ""
	assert_eq "$(check two)" ""
}

test_new_assertion_in_an_excused_test_fails()	# another line of it, and one more time the same one
{
	judge_log '/1\. .*:70/a\    2. test_inquiry_standard.c:81  - CU_ASSERT_EQUAL(rdf,2)' \
		"Inquiry.Standard: not excused: test_inquiry_standard.c:81 CU_ASSERT_EQUAL(rdf,2)"
	setup
	judge_log '/3\. .*:99/p' "Inquiry.Standard: not excused: test_inquiry_standard.c:99 CU_ASSERT_EQUAL(_r,0)"
}

test_same_assertion_for_another_reason_fails()	# its message is another one
{
	judge_log 's/Version 7 found/Version 3 found/' \
		"Inquiry.Standard: not excused: [FAILED] Invalid version. Version 3 found"
}

test_excuse_that_is_not_needed_fails()	# the whole of it, one of two, or its test is a pass
{
	judge_log '/2\. .*:99/d' \
		"Inquiry.Standard: excused, but not said: test_inquiry_standard.c:99 CU_ASSERT_EQUAL(_r,0)"
	setup
	judge_log '/1\. .*:70/d' \
		'Inquiry.Standard: excused, but not said: test_inquiry_standard.c:70 CU_FAIL("Invalid version")'
	setup
	judge_log '/^FAILED/,/3\. /c\passed' \
		"Inquiry.Standard: excused, but not said: 2 x test_inquiry_standard.c:99 CU_ASSERT_EQUAL(_r,0)"
}

test_failure_of_another_test_fails()	# and one that says nothing of itself
{
	judge_log '0,/^passed/s/^passed/FAILED\n    1. a\/test_read10.c:5  - CU_ASSERT(a - b)/' \
		"Read10.Simple: not excused: test_read10.c:5 CU_ASSERT(a - b)"
	setup
	judge_log '0,/^passed/s/^passed/FAILED/' "Read10.Simple: FAILED without an assertion"
}

test_skip_counts()	# one that is new, one that is none any more, and one for another reason
{
	judge_log 's/Simple \.\.\./&    [SKIPPED] READ10 is not implemented./' \
		"Read10.Simple: not excused: [SKIPPED] READ10 is not implemented."
	setup
	judge_log 's/\[SKIPPED\].*//' \
		"Read10.Removable: excused, but not said: [SKIPPED] Logical unit is not removable. Skipping test."
	setup
	judge_log 's/is not removable/is read-only/' "Read10.Removable: not excused: [SKIPPED]"
}

test_what_did_not_run_fails()	# cut off, left out, or twice
{
	judge_log '/^Tests completed/d' "the suite has not come to its end"
	setup
	judge_log '/^passed/d' "Read10.Simple: no verdict"
	setup
	judge_log '' "Read10.Other: did not run" Read10.Simple Read10.Removable Inquiry.Standard Read10.Other
	judge_log '' "Read10.Simple: ran too often" Read10.Removable Inquiry.Standard
	judge_log '/^Suite: Inquiry/,/3\. /d' "Inquiry.Standard: excused on one, but did not run"
}

test_excuse_is_of_a_disk()	# on another one it excuses nothing
{
	assert_fails_with "Read10.Removable: not excused: [SKIPPED]" check other
	assert_fails_with "Inquiry.Standard: not excused: test_inquiry_standard.c:70" check unknown
}

judge_list() # SED-SCRIPT TEXT
{
	sed -i "$1" "$tap_dir/expected"
	assert_fails_with "$2" check one
	setup
}

test_excuse_has_a_reason_and_a_test()	# without one it is none
{
	judge_list '/= SPC-5/d' "one Inquiry.Standard: without a reason"
	judge_list '/SKIPPED/d' "one Read10.Removable: excuses nothing"
	judge_list '1,3d' "line 1: of which test?"
}

test_who_is_elsewhere_is_there()	# and who is not, has run nowhere
{
	log_of_three | sed 's/ *\[SKIPPED\].*//' >"$tap_dir/two"
	"$here/test_cu.py" homes "$tap_dir/expected" "$tap_dir"/{one,two}
	assert_fails_with "Read10.Removable: ran nowhere" \
		"$here/test_cu.py" homes "$tap_dir/expected" "$tap_dir/one"
	sed -i 's/elsewhere/optional/' "$tap_dir/expected"
	"$here/test_cu.py" homes "$tap_dir/expected" "$tap_dir/one"
	assert_fails_with "Read10.Removable: ran elsewhere, and nobody says so" \
		"$here/test_cu.py" homes "$tap_dir/expected" "$tap_dir"/{one,two}
}

run_tests "$@"
