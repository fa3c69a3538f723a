#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# /init of the test guest: loads the modules, then runs every line that comes in on the agent's port and answers with
# one line. A read from the port ends while nobody is connected on the host, so it is tried again.
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
while read -r module; do insmod "/modules/$module" || echo "cannot load $module"; done </modules/order
ifconfig lo 127.0.0.1
port=
while [ -z "$port" ]; do
    for name in /sys/class/virtio-ports/*/name; do
        [ "$(cat "$name" 2>/dev/null)" = hyper.agent.0 ] && port=${name%/name} && port=/dev/${port##*/}
    done
    [ -n "$port" ] || usleep 2000
done
disk() { # disk ID: its device
    for serial in /sys/block/*/serial; do
        [ "$(cat "$serial" 2>/dev/null)" = "$1" ] && serial=${serial%/serial} && echo "/dev/${serial##*/}"
    done
}
await() { # await COMMAND...: until it says something
    while ! "$@" 2>/dev/null | grep -q .; do usleep 5000; done
}
exec 5<>"$port"
echo "test guest is up"
while :; do
    while read -r line; do echo "$(eval "$line" 2>&1 | tr '\n' '|')"; done <&5 >&5
    usleep 10000
done
