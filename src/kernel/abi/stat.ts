// File modes, struct stat, statx and statfs (include/uapi/linux/stat.h, arch/x86/include/uapi/asm/stat.h).

export const S_IFMT = 0o170000;
export const S_IFSOCK = 0o140000;
export const S_IFLNK = 0o120000;
export const S_IFREG = 0o100000;
export const S_IFBLK = 0o060000;
export const S_IFDIR = 0o040000;
export const S_IFCHR = 0o020000;
export const S_IFIFO = 0o010000;
export const S_ISUID = 0o4000;
export const S_ISGID = 0o2000;
export const S_ISVTX = 0o1000;
export const PERMISSION_BITS = 0o7777;

/** Access masks of permission checks and access(2). */
export const MAY_EXEC = 1;
export const MAY_WRITE = 2;
export const MAY_READ = 4;

/** sizeof(struct stat) on x86-64. */
export const STAT_BYTES = 144;
export const STATX_BYTES = 256;
export const STATFS_BYTES = 120;
export const STATX_BASIC_STATS = 0x7ff;
export const STATX_BTIME = 0x800;
export const STATX_RESERVED = 0x8000_0000;

export const UTIME_NOW = 0x3fff_ffff;
export const UTIME_OMIT = 0x3fff_fffe;

/** Device numbers as the kernel's 32-bit encoding: major in bits 19:8, minor in bits 7:0 and 31:20. */
export function makeDevice(major: number, minor: number): number {
  return ((minor & 0xff) | ((major & 0xfff) << 8) | ((minor & ~0xff) << 12)) >>> 0;
}
export function deviceMajor(device: number): number {
  return (device >>> 8) & 0xfff;
}
export function deviceMinor(device: number): number {
  return (device & 0xff) | ((device >>> 12) & 0xfff00);
}
