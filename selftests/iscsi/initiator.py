# SPDX-License-Identifier: GPL-2.0-only
"""
A login, PDU by PDU, for what no stock initiator says; the responses to its requests are judged.
Used as a program it reads lines:

    FLAGS [KEY=VALUE]...	sends a Login Request with these flags (hex) and keys, prints the
				response: flags, status, keys
    raw HEX			sends these bytes as they are
    wait			until the peer closes; prints "closed", or what came
"""
import hashlib
import socket
import struct
import sys

sys.dont_write_bytecode = True
from iscsi import DEFAULTS  # noqa: E402
from judge import Judge  # noqa: E402

HASHES = {5: "md5", 6: "sha1", 7: "sha256", 8: "sha3_256"}


class Login:
    def __init__(self, host="127.0.0.1", port=3260, isid=1, source="", cid=1):
        self.sock = socket.create_connection((host, port), timeout=30, source_address=(source, 0))
        self.isid = b"\x80\0\0" + isid.to_bytes(3, "big")
        self.tsih = 0
        self.cid = cid
        self.judge = Judge(DEFAULTS)

    def read(self, count):
        data = b""
        while len(data) < count:
            part = self.sock.recv(count - len(data))
            if not part:
                raise EOFError
            data += part
        return data

    def send(self, flags, keys):
        data = b"".join(key.encode() + b"\0" for key in keys)
        bhs = struct.pack(">BBBB I 6sH I HH II 16x", 0x43, flags, 0, 0, len(data), self.isid,
                          self.tsih, 1, self.cid, 0, 1, 1)
        pdu = bhs + data + bytes(-len(data) % 4)
        self.judge.sends(pdu)
        self.sock.sendall(pdu)

    def receive(self):
        """Return: flags, status, keys; the PDU is in @response."""
        pdus = []
        while not pdus:
            pdus = self.judge.hears(self.read(self.judge.incoming.wants()))
        self.response, = pdus
        bhs, data = self.response.bhs, self.response.data
        keys = [pair.decode() for pair in data.split(b"\0") if pair]
        return bhs[1], int.from_bytes(bhs[36:38], "big"), dict(k.split("=", 1) for k in keys)

    def request(self, flags, *keys):
        self.send(flags, keys)
        return self.receive()

    def chap(self, names, algorithms, user, secret):
        """Up to the response to our proof."""
        self.request(0x01, *names, "AuthMethod=CHAP")
        _, status, keys = self.request(0x00, "CHAP_A=" + algorithms)
        if status:
            return status, keys
        proof = hashlib.new(HASHES[int(keys["CHAP_A"])])
        proof.update(bytes([int(keys["CHAP_I"], 0)]) + secret.encode() +
                     bytes.fromhex(keys["CHAP_C"][2:]))
        _, status, _ = self.request(0x81, "CHAP_N=" + user, "CHAP_R=0x" + proof.hexdigest())
        return status, keys


def main():
    login = Login(*sys.argv[1:2])
    for line in sys.stdin:
        words = line.split()
        try:
            if words[0] == "raw":
                login.sock.sendall(bytes.fromhex(words[1]))
            elif words[0] == "wait":
                print(login.sock.recv(4096).hex() or "closed")
            else:
                flags, status, keys = login.request(int(words[0], 16), *words[1:])
                print("%02x %04x" % (flags, status), *("%s=%s" % k for k in keys.items()))
        except (EOFError, ConnectionError):
            print("closed")


if __name__ == "__main__":
    main()
