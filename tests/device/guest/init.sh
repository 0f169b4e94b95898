#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# First program of the guest: kernel modules, udevd (libusb learns of hot-plug from it), the checks.
/bin/busybox mount -t proc p /proc
/bin/busybox --install -s /bin
export PATH=/bin
mount -t sysfs s /sys
mount -t devtmpfs d /dev
mount -t tmpfs r /run
for m in usb-common usbcore hid usbhid hid-generic usblp xhci-hcd xhci-pci; do
    insmod /m/$m.ko || echo "FAILED module $m"
done
systemd-udevd --daemon 2>/dev/null || echo "FAILED udevd does not start"

wanted=$(cat /wanted) # vendor ids
n=0
for id in $wanted; do
    while ! grep -qs "$id" /sys/bus/usb/devices/*/idVendor && [ $n -lt 200 ]; do
        usleep 50000
        n=$((n + 1))
    done
done
dmesg | grep -E 'New USB device found' | sed 's/^\[[^]]*\] //'

bound() { # driver
    set -- /sys/bus/usb/drivers/"$1"/*:*
    [ -e "$1" ]
}
settle() { # driver: give it a moment to bind
    n=0
    while ! bound "$1" && [ $n -lt 60 ]; do usleep 50000; n=$((n + 1)); done
    bound "$1" && echo "OK $1 has its device" || echo "FAILED $1 has no device"
}
settle usbhid
settle usblp
usb_client real && echo "CLIENT PASSED" || echo "CLIENT FAILED"
guest_drivers /devices
settle usbhid # libusb gave the devices back
settle usblp
dmesg | grep -iE 'BUG:|Oops|WARNING:|invalid .*descriptor|config .* has' | sed 's/^/KERNEL /'
echo "GUEST END"
poweroff -f
