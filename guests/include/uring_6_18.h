// What io_uring has had since the headers that compilers come with: numbers and structures of include/uapi/linux/io_uring.h, Linux 6.18.

#ifndef GUESTS_URING_6_18_H
#define GUESTS_URING_6_18_H

enum {
  SETUP_NO_MMAP = 1 << 14,
  SETUP_REGISTERED_FD_ONLY = 1 << 15,
  SETUP_NO_SQARRAY = 1 << 16,
  SETUP_CQE_MIXED = 1 << 18,
};

enum {
  OP_READ_MULTISHOT = 49,
  OP_WAITID = 50,
  OP_FUTEX_WAIT = 51,
  OP_FUTEX_WAKE = 52,
  OP_FIXED_FD_INSTALL = 54,
  OP_FTRUNCATE = 55,
  OP_BIND = 56,
  OP_LISTEN = 57,
  OP_EPOLL_WAIT = 59,
  OP_PIPE = 62,
};

enum {
  REGISTER_PBUF_RING = 22,
  UNREGISTER_PBUF_RING = 23,
  REGISTER_PBUF_STATUS = 26,
  REGISTER_CLONE_BUFFERS = 30,
  REGISTER_RESIZE_RINGS = 33,
  REGISTER_MEM_REGION = 34,
};

enum { PBUF_RING_MMAP = 1, PBUF_RING_INC = 2 };
enum { RECVSEND_BUNDLE = 16, RECV_MULTISHOT = 2, ACCEPT_MULTISHOT = 1 };
enum { CQE_BUFFER = 1, CQE_MORE = 2, CQE_NOTIF = 8, CQE_BUF_MORE = 16, CQE_BIG = 1 << 15 };
enum { ENTER_ABS_TIMER = 32, ENTER_EXT_ARG_REG = 64 };
enum { NOP_INJECT_RESULT = 1, NOP_CQE32 = 32 };

struct buffer_registration {
  unsigned long long address;
  unsigned entries;
  unsigned short group, flags;
  unsigned long long reserved[3];
};

struct ring_buffer {
  unsigned long long address;
  unsigned length;
  unsigned short id, tail;
};

struct buffer_status {
  unsigned group, head, reserved[8];
};

struct clone_buffers {
  unsigned source, flags, from, to, count, reserved[3];
};

struct region_description {
  unsigned long long address, size;
  unsigned flags, id;
  unsigned long long mmap_offset, reserved[4];
};

struct region_registration {
  unsigned long long description, flags, reserved[2];
};

struct wait_argument {
  long long seconds, nanoseconds;
  unsigned least_microseconds, flags;
  unsigned long long mask;
  unsigned mask_size, reserved[3];
  unsigned long long more[2];
};

#endif
