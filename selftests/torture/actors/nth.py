# SPDX-License-Identifier: GPL-2.0-only
"""
An administrator of LUNs whose memory runs out in the middle: the Nth allocation of each of its
writes fails, where the kernel can do that (fail-nth of the debug kernel). What is refused so has
changed nothing.
"""
import os

from actors.luns import Actor as Luns

NTH = "/proc/thread-self/fail-nth"
MOST = 40
SLEEPERS = ("failslab", "fail_page_alloc")


class Actor(Luns):
    promises = "a write is carried out or changes nothing"

    def start(self):
        super().start()
        self.can = os.path.exists(NTH)
        for name in SLEEPERS if self.can else ():
            # those that may wait fail as well, and no trace of it looks like a report
            for knob, value in (("ignore-gfp-wait", "N"), ("verbose", "0")):
                with open(f"/sys/kernel/debug/{name}/{knob}", "w") as file:
                    file.write(value)

    def step(self):
        if self.can:
            super().step()
        else:
            self.pause(1)

    def stop(self):
        if self.can:
            super().stop()

    def try_to_write(self, path, text):
        try:
            file = os.open(path, os.O_WRONLY)
        except OSError as error:
            return error.errno
        try:
            return self.write_with(file, text)
        finally:
            os.close(file)

    def write_with(self, file, text):
        nth = os.open(NTH, os.O_RDWR)
        try:
            os.write(nth, str(self.random.randint(1, MOST)).encode())
            os.write(file, text.encode())
            return 0
        except OSError as error:
            return error.errno
        finally:
            os.write(nth, b"0")
            os.close(nth)
