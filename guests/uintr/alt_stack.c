// Where a handler's stack is: below the red zone of the interrupted code, or in the area that uintr_alt_stack named.

#include "check.h"
#include "uintr.h"

enum { AREA = 65536 };

static volatile unsigned long handler_stack, interrupted_stack;
static volatile int received;
static char area[AREA] __attribute__((aligned(64)));

UINTR_HANDLER(handler, frame, vector) {
  (void)vector;
  handler_stack = (unsigned long)frame;
  interrupted_stack = frame->rsp;
  received++;
}

static void interrupt(int index) {
  int before = received;
  _senduipi(index);
  while (received == before) continue;
}

static int inside(unsigned long address) {
  return address >= (unsigned long)area && address < (unsigned long)area + AREA;
}

int main(void) {
  check_errno(uintr_alt_stack(area, AREA, 0), EOPNOTSUPP, "uintr_alt_stack without a handler");
  must(uintr_register_handler(UINTR_ADDRESS(handler), 0) == 0, "uintr_register_handler");
  int index = uintr_register_self(0, 0);
  must(index >= 0, "uintr_register_self");
  _stui();
  interrupt(index);
  check(interrupted_stack - handler_stack >= 128 + 24 && interrupted_stack - handler_stack < 128 + 24 + 24,
        "128 bytes of red zone are left alone");
  check(((handler_stack - 8) & 15) == 0, "the frame ends on 16 bytes");
  check_errno(uintr_alt_stack(area, AREA, 1), EINVAL, "uintr_alt_stack with flags");
  check(uintr_alt_stack(area, AREA, 0) == 0, "uintr_alt_stack");
  interrupt(index);
  check(inside(handler_stack) && !inside(interrupted_stack), "the handler runs in the named area");
  check(handler_stack + 24 > (unsigned long)area + AREA - 64, "from its upper end");
  check(uintr_alt_stack(NULL, 0, 0) == 0, "NULL takes it away");
  interrupt(index);
  check(!inside(handler_stack), "and the red zone is back");
  return check_result();
}
