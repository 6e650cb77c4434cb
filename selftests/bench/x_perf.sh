#!/bin/bash
cd "$(dirname "$0")"
. ./disk.sh
runtime=2
row() {
. rows/60-iscsi-file.sh
}
row
set -e
up
quiet_disk
for rw in write read; do
perf record -F 20000 -e cpu-clock -a -g -o /tmp/perf.$rw -- fio --name=bench --filename="$disk" --rw=rand$rw --bs=4k --size=32m --ioengine=io_uring --iodepth=16 --direct=1 --time_based --runtime=1 --norandommap --output-format=json > /tmp/fio.$rw 2>/dev/null
jq -r ".jobs[0].$rw | .runtime * 1000000 / .total_ios | round" /tmp/fio.$rw
perf report -i /tmp/perf.$rw --no-children -g none --percent-limit 0.4 --stdio 2>/dev/null | grep -v '^#' > ../../.build/results/perf.$rw.flat
perf report -i /tmp/perf.$rw --children -g none --percent-limit 0.7 --stdio 2>/dev/null | grep -v '^#' > ../../.build/results/perf.$rw.children
perf script -i /tmp/perf.$rw 2>/dev/null | head -300000 > ../../.build/results/perf.$rw.script
done
nstat -az 2>/dev/null | grep -i 'OutSegs\|InSegs\|PureAck\|DelayedACK' || true
