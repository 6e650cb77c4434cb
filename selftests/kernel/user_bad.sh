#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Programs that are a device's back end and do what they should not: wrong fields, queues, tags, lengths,
# answers twice or to nothing, other threads and rings, mappings that would let them write what the
# kernel checks; and users who want more than they may have. What is refused is refused as
# include/uapi/scst/user.h says, and changes nothing.
#
# expects: disks that go
# expects: I/O error
# expects: no program came within
# expects: initiator: scsi_
# expects: does not give back what was aborted
# expects: does not answer

. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/scst.sh"
. "$(dirname "$0")/../lib/user.sh"

teardown()
{
	echo 1 >/sys/bus/scsi/drivers_autoprobe
	chmod 600 /dev/scst_user
	drop_user_disk
	rm -rf "${user_files:?}"
}

# The client again, where another user can run it.
user_files=/dev/shm/scst-test-user

start_client_as() # UID
{
	mkdir -p "$user_files"
	cp "$client" "$user_files/user_client"
	chmod 755 "$user_files" "$user_files/user_client"
	chmod 666 /dev/scst_user
	client="setpriv --reuid=$1 --regid=$1 --clear-groups $user_files/user_client" start_client
}

nothing_is_there()
{
	[ ! -e "$scst/devices/disk" ] || fail "there is a disk"
}

test_fields_are_judged()	# each by itself; nothing is made
{
	local field
	start_client
	tell ok open
	for field in size=0 size=128 flags=0x10 block_size=513 block_size=0 max_bytes=4096 max_bytes=0 \
		max_bytes=0xffff0000 nblocks=0 nblocks=0xffffffffffffffff ops=0 ops=0x1ff nr_queues=0 nr_queues=65 \
		depth=0 depth=2000 depth=65535 recover_s=601 reserved=1 token=01; do
		tell EINVAL add disk $field
		nothing_is_there
	done
	tell EINVAL add ..
	tell EINVAL add $'\x01'
	tell ok add disk
}

test_ioctls_without_a_device_are_refused()	# and wild addresses
{
	local start stop del resize add
	start=$((0x7522)) stop=$((0x7523)) del=$((0x7524)) resize=$((0x40087525)) add=$((0xc0787520))
	start_client
	tell ok open
	tell ENOTCONN start
	tell ENOTCONN stop
	tell ENOTCONN del
	tell ENOTCONN resize 10
	tell ENOTCONN map descs size=4096
	tell ok ring
	tell ENOTCONN fetch 0 0
	tell EFAULT ioctl $add
	nothing_is_there
	tell ok add disk
	tell EFAULT ioctl $resize
	tell EINVAL ioctl $((start + 0x40))
	tell EINVAL ioctl 0
	tell ok ioctl $stop
	tell ENODEV ioctl $start
	tell ok ioctl $del
	tell ENODEV ioctl $del
	tell ENODEV resize 10
	tell ENODEV start
}

test_queues_and_tags_have_bounds()	# of the device, and of memory
{
	local where
	start_client
	tell ok open
	tell ok add disk nr_queues=2 depth=4
	tell ok ring
	for where in "2 0" "0 4" "65535 0" "0 65535" "65535 65535"; do
		# shellcheck disable=SC2086	# two words
		tell EINVAL fetch $where
	done
	tell waits fetch 1 3
	tell EBUSY fetch 1 3
	tell EINVAL fetch 0 0 op=0
	tell EINVAL fetch 0 0 op=0xffffffff
}

test_queue_is_of_who_fetches()	# and not of who commits what it cannot have
{
	start_client
	tell ok open
	tell ok add disk
	tell ok ring
	tell EINVAL commit 0 0
	tell EINVAL both 0 0
	tell EINVAL fetch 0 0 op=0
	tell EINVAL start
	tell EINVAL fetch 0 4
	tell EINVAL start
	tell waits fetch 0 0
	tell ok start
}

test_queue_is_of_one_thread_and_ring()	# others, workers of io_uring and other kinds of rings are refused
{
	start_client
	tell ok open
	tell ok add disk nr_queues=4
	tell ok ring
	tell waits fetch 0 0
	tell EINVAL fetch 0 1 thread
	tell EINVAL fetch 0 1 async
	tell EINVAL fetch 1 0 async
	tell ok ring
	tell EINVAL fetch 0 1
	tell waits fetch 1 0
	tell ok ring 0x400
	tell waits fetch 2 0
	tell ok ring 0x800
	tell waits fetch 3 0
	tell ok ring 1
	tell EOPNOTSUPP fetch 3 1
}

# One command is with the client, at queue 0, tag 0: a read of one block.
client_has_a_read()
{
	start_client
	client_has_disk
	map_user_disk_of_client
	sg_raw --timeout=100 --request=512 "$sg" 28 00 00 00 00 08 00 00 01 00 >"$tap_dir/read" 2>&1 &
	reader=$!
	tell "0 0 0" wait 5000
}

test_answer_comes_once()	# also to who asks for many (of kernels that know of that)
{
	client_has_a_read
	assert_match "$(told commit 0 0 flags=2)" "^(EINVAL|EOPNOTSUPP)$"
	assert_match "$(told fetch 0 1 flags=2)" "^(EINVAL|EOPNOTSUPP)$"
	tell 0 commit 0 0
	wait "$reader"
}

test_wrong_answers_change_nothing()	# the command is still to be answered
{
	client_has_a_read
	tell EINVAL commit 0 0 seq=0
	tell EINVAL commit 0 0 seq=0xffffffff
	tell EINVAL commit 0 0 moved=0
	tell EINVAL commit 0 0 moved=513
	tell EINVAL commit 0 0 moved=0xffffffff
	tell EINVAL commit 0 0 result=1
	tell EINVAL commit 0 0 result=-5000 moved=0
	tell EINVAL commit 0 0 result=-84 moved=0
	tell EINVAL commit 0 1
	tell EINVAL commit 0 0 async
	tell EINVAL commit 0 0 thread
	tell EBUSY fetch 0 0
	tell hello data 0 0 hello
	tell 0 commit 0 0
	wait "$reader"
	grep -q hello "$tap_dir/read" || fail "no hello in $(cat "$tap_dir/read")"
}

test_second_answer_is_refused()	# of a command that is over, also when the tag has another one
{
	client_has_a_read
	tell 0 commit 0 0
	tell EINVAL commit 0 0
	tell EINVAL both 0 0
	wait "$reader"
	tell waits fetch 0 0
	tell EINVAL commit 0 0
}

test_descriptors_cannot_be_written()	# by no mapping of them
{
	start_client
	tell ok open
	tell ok add disk
	tell EPERM map descs rw
	tell EINVAL map descs private
	tell EINVAL map descs rw private
	tell EINVAL map descs size=8192
	tell EINVAL map arena size=4096
	tell EINVAL map arena private
	tell ok map descs
	tell EACCES protect
	tell ok map arena rw
}

# In CDB mode, one of a tape that has no blocks of a size.
add_cdb_device() # ANSWER [FIELD=VALUE]...
{
	local answer=$1
	shift
	tell "$answer" add disk flags=0x10 type=1 ops=0 nblocks=0 block_size=0 "$@"
}

test_fields_of_cdb_mode_are_judged()	# each by itself; and what is for disks, or for others only
{
	local field
	start_client
	tell ok open
	for field in flags=0x11 flags=0x20 flags=0x30 flags=0x80000010 type=31 type=255 block_size=0x1000001 nblocks=1 ops=1 \
		reserved=1 depth=0; do
		add_cdb_device EINVAL $field
		nothing_is_there
	done
	add_cdb_device ok
	tell EINVAL resize 10
	tell EINVAL block 0x1000001
	tell ok block 0x1000000
	tell ok block 0
	tell EINVAL map arena size=$((4 * 65536))
	tell EINVAL map arena size=$((4 * 65536 + 8192))
	tell ok map arena
	tell ok open
	tell ok add other
	tell EINVAL block 512
	tell EFAULT ioctl $((0x40047526))
	tell ok del
}

test_lies_in_cdb_mode_change_nothing()	# lengths, statuses, sense data; the command is still to be answered
{
	local status good
	good=$((18 << 8 | 2))
	start_client
	client_has_processor
	python3 "$(dirname "$0")/sg_io.py" "$sg" 512 d0 00 00 00 00 00 00 00 00 00 >"$tap_dir/answer" &
	reader=$!
	tell "0 0 0" wait 5000
	tell EINVAL commit 0 0 seq=0
	tell EINVAL commit 0 0 moved=513
	tell EINVAL commit 0 0 moved=0xffffffff
	for status in 1 2 0x10 0x14 0x22 0x30 0x40 0xff; do
		tell EINVAL commit 0 0 result=$status
	done
	tell EINVAL commit 0 0 result=4 moved=1
	tell EINVAL commit 0 0 result=8 moved=1
	tell EINVAL commit 0 0 result=-5 moved=1
	tell EINVAL commit 0 0 result=-4096
	tell EINVAL commit 0 0 result=$good
	tell ok sense 0 0 740003000000000a0000000011000000
	tell EINVAL commit 0 0 result=$good
	tell ok sense 0 0 700003000000000a00000000110000000000
	tell EINVAL commit 0 0 result=$((18 << 8))
	tell EINVAL commit 0 0 result=$((18 << 8 | 8))
	tell EINVAL commit 0 0 result=$((2 << 8 | 2))
	tell EINVAL commit 0 0 result=$((253 << 8 | 2))
	tell EINVAL commit 0 0 result=0x7fffff02
	tell EINVAL commit 0 0 result=$good moved=513
	tell waits both 0 0 result=$good moved=512
	wait "$reader"
	assert_eq "$(paste -sd ' ' "$tap_dir/answer")" "02 700003000000000a00000000110000000000 0 512"
}

test_watch_is_one_of_a_queue()	# and has no tag
{
	start_client
	tell ok open
	tell ok add disk nr_queues=2
	tell ok ring
	tell waits fetch 0 0
	tell waits watch 0
	tell EBUSY watch 0
	tell EINVAL watch 1 1
	tell EINVAL watch 2
	tell EINVAL watch 0 0 thread
}

test_ring_that_closes_ends_the_program()	# as its death does
{
	client_has_a_read
	tell waits fetch 0 1
	tell ok noring
	wait_for 5 is_in_state recovering
	tell ok ring
	tell ENODEV fetch 0 0
	tell ENODEV commit 0 0
	tell ENODEV start
	stop_client
	wait "$reader" || true
}

test_ring_may_be_another_one()	# when nothing is fetched by the last, which is closed or not
{
	client_has_a_read
	tell ok noring
	tell ok ring
	tell EINVAL commit 0 0 seq=0
	tell waits both 0 0
	wait "$reader"
	tell ok ring
	tell EINVAL fetch 0 1		# 0 0 still is, by the ring before
	assert_eq "$(disk_attr state)" serving
}

test_child_keeps_the_device()	# it has the file, so nobody else gets it while it lives
{
	local token child
	client_has_a_read
	token=$(told token)
	tell waits both 0 0
	wait "$reader"
	child=$(told child)
	stop_client
	sg_raw --timeout=100 --request=512 "$sg" 28 00 00 00 00 08 00 00 01 00 >/dev/null 2>&1 &
	reader=$!
	wait_for 5 is_in_state recovering
	start_client
	tell ok open
	tell EBUSY attach disk token="$token"
	kill -KILL "$child"
	wait_for 10 has_no_program
	tell ok attach disk token="$token"
	wait "$reader" || true
}

client_is_gone()
{
	! kill -0 "$client_pid" 2>/dev/null
}

test_program_is_killed_whoever_it_has_become()	# it hangs after it has dropped its rights
{
	client_has_a_read
	tell ok setuid 1000
	echo 2 >"$scst/devices/disk/answer_s"
	wait_for 15 client_is_gone
	wait "$client_pid" || assert_eq $? 137 "status of the program"
	wait_for 5 has_no_program
	wait "$reader" || true
}

test_device_that_never_was_served_goes()	# with its program, which may not have kept the token
{
	start_client
	tell ok open
	tell ok add disk
	map_lun disk 0
	stop_client
	wait_for 15 test ! -e "$scst/devices/disk"
	start_client
	tell ok open
	tell ok add disk
}

test_node_is_for_the_administrator()	# until somebody else may open it
{
	start_client_as 1000
	chmod 600 /dev/scst_user
	tell EACCES open
}

test_names_of_users_say_whose_they_are()	# and no other user takes one over, with the token or not
{
	local token
	start_client_as 1000
	tell ok open
	tell EPERM add disk
	tell EPERM add u1001.disk
	tell EPERM add u1000.
	tell ok add u1000.disk
	tell ok ring
	tell waits fetch 0 0
	tell ok start
	token=$(told token)
	assert_eq "$(cat "$scst/devices/u1000.disk/owner")" 1000
	stop_client
	wait_for 5 user_is_gone
	start_client_as 1001
	tell ok open
	tell EACCES attach u1000.disk token="$token"
	stop_client
	start_client_as 1000
	tell ok open
	tell EACCES attach u1000.disk
	tell ok attach u1000.disk token="$token"
	tell ok del
}

# The checksum of the first name is that of the second.
test_nobody_takes_the_identity_of_a_disk()	# by a name that was chosen for that
{
	local sg
	start_client_as 1000
	tell ok open
	tell ok add u1000.hl9oaaqb
	add_null disk1
	echo 0 >/sys/bus/scsi/drivers_autoprobe		# sd spins up for 100 s what is not ready
	map_lun u1000.hl9oaaqb 0
	wait_for 15 sdev_dir 0
	sg=$(sg_of 0)
	assert_match "$(sg_vpd --page=sn "$sg")" "serial number: 3e8\.[0-9a-f]{8}"
	assert_match "$(sg_vpd --page=di "$sg")" "0x3000003e8[0-9a-f]{7}"
	! sg_vpd --page=di "$sg" | grep -q "EUI-64" || fail "there is an EUI-64"
	del_null disk1
	tell ok del
}

page_of() # PAGE ANSWER: what comes of it, in hexadecimal digits
{
	local asker
	sg_raw --timeout=100 --binary --request=252 "$sg" 12 01 "$1" 00 fc 00 >"$tap_dir/page" 2>/dev/null &
	asker=$!
	tell "0 0 0" wait 5000
	tell ok bytes 0 0 "$2"
	tell waits both 0 0 moved=$((${#2} / 2))
	wait "$asker"
	od -An -v -tx1 "$tap_dir/page" | tr -d ' \n'
}

test_nobody_takes_an_identity_in_cdb_mode()	# what its program says of that is not told
{
	start_client_as 1000
	tell ok open
	tell ok add u1000.box flags=0x10 type=3 ops=0 nblocks=0 block_size=0
	tell ok map descs
	tell ok map arena rw
	tell ok ring
	tell waits fetch 0 0
	tell ok start
	map_lun u1000.box 0
	answer_until answer_cdb has_sg 0
	sg=$(sg_of 0)
	answer_until answer_cdb is_ready_to_be_asked
	assert_match "$(page_of 83 0383000c010300085000c500a1b2c3d4)" "^038300..010300083000003e8[0-9a-f]{7}"
	! grep -q a1b2c3d4 <(od -An -v -tx1 "$tap_dir/page" | tr -d ' \n') || fail "the program's is told"
	assert_match "$(page_of 83 0300000c010300085000c500a1b2c3d4)" "^038300..010300083000003e8[0-9a-f]{7}"
	assert_match "$(page_of 80 0380000457445858)" "^0380000c3365382e"
}

test_log_is_not_flooded()	# by who comes and goes, each time too late
{
	start_client_as 1000
	tell ok open
	tell ok add u1000.disk recover_s=0
	tell ok ring
	tell waits fetch 0 0
	tell ok start
	tell ok stop
	assert_match "$(told wait 5000)" ENODEV
	mark_log
	tell ok come 500
	[ "$(log_since_mark | grep -c "u1000.disk: no program came")" -le 100 ] || fail "the log is flooded"
	tell ok open
	write_attr "$user_mgmt" "del_device u1000.disk"
}

user_is_gone()
{
	[ "$(cat "$scst/devices/u1000.disk/daemon_pid")" = 0 ]
}

with_limit() # PARAMETER VALUE
{
	echo "$2" >"/sys/module/scst_user/parameters/$1"
}

test_users_have_limits()	# of devices, memory and commands; what has gone counts no more
{
	with_limit max_devices 2
	with_limit max_mib 4
	with_limit max_cmds 32
	start_client_as 1000
	tell ok open
	tell EDQUOT add u1000.a max_bytes=0x100000 depth=5
	tell EDQUOT add u1000.a max_bytes=0x10000 depth=33
	tell ok add u1000.a max_bytes=0x100000 depth=3
	tell ok open
	tell EDQUOT add u1000.b max_bytes=0x100000 depth=2
	tell ok add u1000.b max_bytes=0x100000 depth=1
	tell ok del
	tell ok open
	tell EDQUOT add u1000.b max_bytes=0x10000 depth=1
	stop_client
	wait_for 5 takes_again
	with_limit max_devices 16
	with_limit max_mib 256
	with_limit max_cmds 4096
}

takes_again()
{
	start_client_as 1000
	tell ok open
	tell ok add u1000.b max_bytes=0x100000 depth=4
	tell ok del
	stop_client
}

# Whatever is there, is mapped and read from.
poke()
{
	local nr sg
	for nr in 0 1; do
		map_lun "fuzz$nr" "$nr" 2>/dev/null || true
		for sg in "$host_session"/host/device/target*/*:0:0:"$nr"/scsi_generic/sg*; do
			sg_raw --timeout=3 --request=512 "/dev/${sg##*/}" 28 00 00 00 00 "0$nr" 00 00 01 00 >/dev/null 2>&1 || true
		done
	done
}

test_anything_is_survived()	# random programs; the seed is told. Another disk does not notice
{
	local seed i nr fuzzer
	nr=$(amount 3 300)
	add_null other
	map_lun other 5
	disk=$(disk_of 5)
	echo 0 >/sys/bus/scsi/drivers_autoprobe		# sd spins up for 100 s what is not ready
	for ((i = 0; i < nr; i++)); do
		seed=$RANDOM
		echo "seed $seed"
		"$fuzz" "$seed" 20000 &
		fuzzer=$!
		while kill -0 "$fuzzer" 2>/dev/null; do
			(tap_asking=1 poke) || true
			dd if="$disk" of=/dev/null bs=64k count=16 iflag=direct 2>/dev/null
		done
		wait "$fuzzer" || true
	done
	unmap_lun 5
	del_null other
	wait_for 15 no_sdev 5
}

run_tests "$@"
