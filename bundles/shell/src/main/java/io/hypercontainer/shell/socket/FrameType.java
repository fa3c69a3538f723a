// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

/** Numbers of the client protocol. */
final class FrameType {
    static final int VERSION = 2;

    static final byte INVOKE = 0x01;
    static final byte STDIN = 0x02;
    static final byte STDIN_EOF = 0x03;
    static final byte RESIZE = 0x04;
    static final byte SIGNAL = 0x05;
    static final byte FILE_OPENED = 0x10;
    static final byte FILE_CONTENT = 0x11;
    static final byte FILE_DONE = 0x12;
    static final byte FILE_ERROR = 0x13;

    static final byte STDOUT = (byte) 0x81;
    static final byte STDERR = (byte) 0x82;
    static final byte STDIN_CREDIT = (byte) 0x83;
    static final byte RAW_MODE = (byte) 0x84;
    static final byte EXIT = (byte) 0x85;
    static final byte FILE_READ = (byte) 0x90;
    static final byte FILE_WRITE = (byte) 0x91;
    static final byte FILE_CREDIT = (byte) 0x92;
    static final byte FILE_DATA = (byte) 0x93;
    static final byte FILE_FINISH = (byte) 0x94;
    static final byte FILE_CLOSE = (byte) 0x95;
    static final byte FILE_LOOK = (byte) 0x96;
    static final byte FILE_MAKE = (byte) 0x97;

    private FrameType() {}
}
