// What uname(2), /proc/version and sysctl say of this kernel.

export const SYSTEM_NAME = 'Linux';
export const RELEASE = '6.6.0-uintrd';
export const BUILD = '#1 SMP PREEMPT_DYNAMIC';
export const MACHINE = 'x86_64';
