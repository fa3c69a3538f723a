// SPDX-License-Identifier: Apache-2.0
#include "device_filter.h"

#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// Instructions of the kernel's BPF machine (Documentation/bpf/instruction-set.rst).
#define LOAD(to, field)                                                                            \
    {                                                                                              \
        .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = (to), .src_reg = BPF_REG_1,                  \
        .off = offsetof(struct bpf_cgroup_dev_ctx, field)                                          \
    }
#define ARITHMETIC(operation, to, value)                                                           \
    { .code = BPF_ALU64 | (operation) | BPF_K, .dst_reg = (to), .imm = (value) }
#define JUMP_IF(comparison, of, value, distance)                                                   \
    { .code = BPF_JMP | (comparison) | BPF_K, .dst_reg = (of), .imm = (value), .off = (distance) }
#define RETURN(value)                                                                              \
    ARITHMETIC(BPF_MOV, BPF_REG_0, value), {                                                       \
        .code = BPF_JMP | BPF_EXIT                                                                 \
    }

enum { ACCESS = BPF_REG_2, TYPE = BPF_REG_3, MAJOR = BPF_REG_4, MINOR = BPF_REG_5 };

// Majors and minors: Documentation/admin-guide/devices.txt.
enum { MEMORY_DEVICES = 1, TTY_DEVICES = 5, PTS_DEVICES = 136 };

// "Allow" is instruction 18, "deny" instruction 20; a jump's distance counts from the next one.
static const struct bpf_insn program[] = {
    LOAD(ACCESS, access_type),
    LOAD(MAJOR, major),
    LOAD(MINOR, minor),
    {.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = TYPE, .src_reg = ACCESS},
    ARITHMETIC(BPF_AND, TYPE, 0xffff),
    ARITHMETIC(BPF_RSH, ACCESS, 16),
    // 6: making a node is free.
    JUMP_IF(BPF_JEQ, ACCESS, BPF_DEVCG_ACC_MKNOD, 11),
    JUMP_IF(BPF_JNE, TYPE, BPF_DEVCG_DEV_CHAR, 12),
    JUMP_IF(BPF_JEQ, MAJOR, PTS_DEVICES, 9),
    // 9: /dev/tty, /dev/console, /dev/ptmx.
    JUMP_IF(BPF_JNE, MAJOR, TTY_DEVICES, 1),
    JUMP_IF(BPF_JLE, MINOR, 2, 7),
    // 11: /dev/null, zero, full, random, urandom.
    JUMP_IF(BPF_JNE, MAJOR, MEMORY_DEVICES, 8),
    JUMP_IF(BPF_JEQ, MINOR, 3, 5),
    JUMP_IF(BPF_JEQ, MINOR, 5, 4),
    JUMP_IF(BPF_JEQ, MINOR, 7, 3),
    JUMP_IF(BPF_JEQ, MINOR, 8, 2),
    JUMP_IF(BPF_JEQ, MINOR, 9, 1),
    JUMP_IF(BPF_JA, BPF_REG_0, 0, 2),
    // 18
    RETURN(1),
    // 20
    RETURN(0),
};

static int filter = -1;

static int bpf(enum bpf_cmd command, union bpf_attr *attributes) {
    return (int)syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

bool device_filter_load(void) {
    if (filter >= 0)
        return true;
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    attributes.insns = (uint64_t)(uintptr_t)program;
    attributes.insn_cnt = sizeof program / sizeof *program;
    attributes.license = (uint64_t)(uintptr_t) "Apache-2.0";
    filter = bpf(BPF_PROG_LOAD, &attributes);
    return filter >= 0;
}

bool device_filter_attach(int group) {
    union bpf_attr attributes;
    if (!device_filter_load())
        return false;
    memset(&attributes, 0, sizeof attributes);
    attributes.target_fd = (uint32_t)group;
    attributes.attach_bpf_fd = (uint32_t)filter;
    attributes.attach_type = BPF_CGROUP_DEVICE;
    return bpf(BPF_PROG_ATTACH, &attributes) == 0;
}
