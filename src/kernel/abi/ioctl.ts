// ioctl requests that files answer (include/uapi/asm-generic/ioctls.h, linux/fs.h, linux/random.h).

export const TCGETS = 0x5401;
export const TCSETS = 0x5402;
export const TCSETSW = 0x5403;
export const TCSETSF = 0x5404;
export const TIOCGPGRP = 0x540f;
export const TIOCSPGRP = 0x5410;
export const TIOCGWINSZ = 0x5413;
export const TIOCSWINSZ = 0x5414;
export const FIONREAD = 0x541b;
export const FIONBIO = 0x5421;
export const FIONCLEX = 0x5450;
export const FIOCLEX = 0x5451;
export const FIOASYNC = 0x5452;
export const RNDGETENTCNT = 0x8004_5200;
/** sizeof(struct termios) of the kernel. */
export const TERMIOS_BYTES = 36;
