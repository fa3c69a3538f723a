// SPDX-License-Identifier: Apache-2.0
// The frame protocol between hyperctl and hyperd: docs/client-protocol.md.
#ifndef HYPERCTL_PROTOCOL_H
#define HYPERCTL_PROTOCOL_H

enum {
    PROTOCOL_VERSION = 2,
    HEADER_SIZE = 5,
    PAYLOAD_MAX = 64 * 1024,      // every frame but INVOKE
    INVOKE_MAX = 8 * 1024 * 1024, // arguments and environment
    CHUNK_MAX = PAYLOAD_MAX - 4,  // data that fits behind a file id
    FILES_MAX = 16,               // files open at a time
    PATH_LIMIT = 4095,
};

enum from_client {
    INVOKE = 0x01,
    STDIN = 0x02,
    STDIN_EOF = 0x03,
    RESIZE = 0x04,
    SIGNAL = 0x05,
    FILE_OPENED = 0x10,
    FILE_CONTENT = 0x11,
    FILE_DONE = 0x12,
    FILE_ERROR = 0x13,
};

enum from_daemon {
    STDOUT = 0x81,
    STDERR = 0x82,
    STDIN_CREDIT = 0x83,
    RAW_MODE = 0x84,
    EXIT = 0x85,
    FILE_READ = 0x90,
    FILE_WRITE = 0x91,
    FILE_CREDIT = 0x92,
    FILE_DATA = 0x93,
    FILE_FINISH = 0x94,
    FILE_CLOSE = 0x95,
    FILE_LOOK = 0x96,
    FILE_MAKE = 0x97,
};

#endif
