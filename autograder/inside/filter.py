"""System calls that student code never needs, refused by the kernel (seccomp).

Some would go round a limit: memory that belongs to no process (`memfd_create`, `shmget`) is not counted
anywhere. Some would reach other processes, or get privileges in a namespace of their own. Where the
network is not closed in another way, no socket can be made; `socketpair` still works.

A filter is a short program for the kernel, see `man 2 seccomp`; written here for two processors.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys

# the number of a call: on x86-64, on 64-bit Arm
NUMBERS = {
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),  # and these outlive their process
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "io_uring_setup": (425, 425),  # it makes sockets and opens files without the calls for it
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "userfaultfd": (323, 282),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
}
SOCKET, CLONE, CLONE3 = (41, 198), (56, 220), (435, 435)
PROCESSORS = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
CLONE_NEWUSER, FOREIGN_CALLS = 0x10000000, 0x40000000
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER_AT, PROCESSOR_AT, FIRST_ARGUMENT_AT = 0, 4, 16
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2


def known() -> bool:
    """Whether there is a filter for this system and processor."""
    return sys.platform.startswith("linux") and platform.machine() in PROCESSORS


def program(machine: str, *, sockets: bool) -> bytes:
    """The filter as the kernel reads it: instructions of 8 bytes, carried out from the top."""
    column, processor = PROCESSORS[machine]
    steps = [
        *(_step(LOAD, PROCESSOR_AT), _step(EQUAL, processor, 1, 0), _step(RETURN, KILL)),
        _step(LOAD, NUMBER_AT),
        *(_step(AT_LEAST, FOREIGN_CALLS, 0, 1), _step(RETURN, REFUSE | errno.EPERM)),
    ]
    refused = {numbers[column]: errno.EPERM for numbers in NUMBERS.values()}
    refused[CLONE3[column]] = errno.ENOSYS  # its flags cannot be looked at: libc then takes `clone`
    if not sockets:
        refused[SOCKET[column]] = errno.ENETDOWN
    for number, code in refused.items():
        steps += [_step(EQUAL, number, 0, 1), _step(RETURN, REFUSE | code)]
    steps += [_step(EQUAL, CLONE[column], 0, 3), _step(LOAD, FIRST_ARGUMENT_AT)]
    steps += [_step(ANY_BIT, CLONE_NEWUSER, 0, 1), _step(RETURN, REFUSE | errno.EPERM)]
    return b"".join([*steps, _step(RETURN, ALLOW)])


def install(*, sockets: bool) -> None:
    """Put this process and all its children under the filter, for good. Raises OSError."""
    code = program(platform.machine(), sockets=sockets)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_char_p(header), 0, 0) == -1:
        raise OSError(ctypes.get_errno(), "the kernel takes no seccomp filter")


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)
