# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# Which kernel is meant. Sourced after common.sh.

# find_kernel NAME: set $ktree and $kver: $ktree/boot/vmlinuz-$kver, $ktree/usr/lib/modules/$kver.
# NAME is the beginning of a version in the root, "backports", "debug", "kcsan", or such a tree. Backports goes
# on to newer kernels, so a 7.x that it no longer has stands for the one that it has now.
find_kernel()
{
	local name=$1 images
	case $name in
	debug | kcsan | *-scst-debug | *-scst-kcsan)
		name=${name##*-}
		ktree=$(debug_tree "$name")
		[ -d "$ktree" ] || die "no $name kernel yet, make it with selftests/vm/mkdebugkernel $name"
		name=
		;;
	/*)
		ktree=${name%/}
		name=
		;;
	*)
		ktree=$root
		;;
	esac
	images=("$ktree/boot/vmlinuz-$name"*)
	if [[ $name == backports || ($name == 7.* && ! -e ${images[-1]}) ]]; then
		images=("$ktree"/boot/vmlinuz-7.*)
		say "the kernel of backports is ${images[-1]##*/vmlinuz-}"
	fi
	[ -e "${images[-1]}" ] || die "no kernel '$1' under $ktree/boot"
	kver=${images[-1]##*/vmlinuz-}
}
