# SPDX-License-Identifier: GPL-2.0-only
"""
The bytes of one direction of an iSCSI connection, cut into PDUs as RFC 7143 11.2 describes them:
basic header, additional header segments, header digest, data, padding, data digest. Bytes may come
in pieces of any size.
"""
import struct

BHS_LEN = 48
LOGIN_RESPONSE = 0x23	# comes before the digests that it agrees on

CRC_TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82f63b78 if byte & 1 else 0)
    CRC_TABLE.append(byte)


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc = crc >> 8 ^ CRC_TABLE[(crc ^ byte) & 255]
    return struct.pack("<I", crc ^ 0xffffffff)


class Cut:
    """A PDU as it was on the wire. Digests are what came, or None where there is none."""

    def __init__(self, bhs, ahs, header_digest, data, padding, data_digest):
        self.bhs, self.ahs, self.header_digest = bhs, ahs, header_digest
        self.data, self.padding, self.data_digest = data, padding, data_digest
        self.opcode = bhs[0]


class Stream:
    def __init__(self, header_digest=False, data_digest=False):
        self.header_digest, self.data_digest = header_digest, data_digest
        self.bytes = bytearray()

    def parts(self):
        """Lengths of AHS, header digest, data, padding and data digest behind the header."""
        digests = self.bytes[0] != LOGIN_RESPONSE
        data = int.from_bytes(self.bytes[5:8], "big")
        return (self.bytes[4] * 4, 4 * (digests and self.header_digest), data, -data % 4,
                4 * bool(digests and self.data_digest and data))

    def wants(self):
        """How many bytes are missing to the end of a header, or of a PDU; not 0."""
        have = len(self.bytes)
        return BHS_LEN - have if have < BHS_LEN else BHS_LEN + sum(self.parts()) - have

    def header(self):
        """Of the PDU whose end is not there, or None."""
        return bytes(self.bytes[:BHS_LEN]) if len(self.bytes) >= BHS_LEN else None

    def feed(self, data):
        """Return: the PDUs that end in @data."""
        self.bytes += data
        found = []
        while len(self.bytes) >= BHS_LEN and self.wants() <= 0:
            found.append(self.take())
        return found

    def take(self):
        pieces, at = [bytes(self.bytes[:BHS_LEN])], BHS_LEN
        ahs, header_digest, data, padding, data_digest = self.parts()
        for length in (ahs, header_digest, data, padding, data_digest):
            pieces.append(bytes(self.bytes[at:at + length]))
            at += length
        del self.bytes[:at]
        pieces[2] = pieces[2] if header_digest else None
        pieces[5] = pieces[5] if data_digest else None
        return Cut(*pieces)
