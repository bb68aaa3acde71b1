// What uname(2) says the kernel is: the level of system calls it has, not a Linux of some distribution.

export const SYSTEM_NAME = 'Linux';
export const RELEASE = '6.6.0-uintrd';
export const VERSION = '#1 SMP PREEMPT_DYNAMIC uintrd';
export const MACHINE = 'x86_64';
