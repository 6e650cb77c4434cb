# SPDX-License-Identifier: GPL-2.0-only
#
# Loaded into SCST's own scstadmin by test_perl.c: what its module SCST::SCST takes for
# /sys/kernel/scst_tgt becomes the directory $FAKE_ROOT, and what it writes there goes, as
# "PATH\nTEXT" in a packet, to the socket $FAKE_FD, where the test does what the kernel would do.
# The answer is an errno.
package FakeSysfs;

use strict;
use warnings;

my $root = $ENV{'FAKE_ROOT'};
open(my $kernel, '+<&=', $ENV{'FAKE_FD'}) or die("FAKE_FD: $!\n");

# In place of SCST::SCST::_syswrite: the number of bytes, or a negative errno. A blank at the end of
# a verb says nothing to SCST's kernel, nor does a newline at the end of a value.
sub write_to_kernel
{
	my ($io, $text, $length) = @_;
	my $path = readlink("/proc/self/fd/" . fileno($io));

	$path =~ s/^\Q$root\E\/+//;
	if ($path =~ /mgmt$/) {
		$text =~ s/[\s;]+$//;
	} else {
		$text =~ s/\n$//;
	}
	syswrite($kernel, "$path\n$text");
	sysread($kernel, my $answer, 16) or die("no answer to $path: $!\n");
	$! = $answer;
	return $answer ? -$answer : $length;
}

# Only now is SCST::SCST there.
INIT {
	no strict 'refs';
	no warnings 'redefine';
	my %dirs = (ROOT => '', HANDLERS => '/handlers', DEVICES => '/devices',
		    TARGETS => '/targets', DEV_GROUP => '/device_groups', SGV => '/sgv');

	foreach my $name (keys %dirs) {
		my $dir = $root . $dirs{$name};
		*{"SCST::SCST::SCST_${name}_DIR"} = sub { $dir };
	}
	*SCST::SCST::_syswrite = \&write_to_kernel;
}

1;
