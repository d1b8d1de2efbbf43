/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The switch from one stack to another and nothing else: a few lines of assembly for x86-64 and
 * aarch64, ucontext elsewhere or when built with -Dfiber=ucontext (30 to 50 times slower, for it
 * saves the signal mask by a system call). Called by fiber.c only, on a worker's thread.
 */
#include "net/worker-private.h"

#if !defined(NJ_FIBER_UCONTEXT) && (defined(__x86_64__) || defined(__aarch64__))

void nj_fiber_switch_registers (void **ret_saved, void *target);

#if defined(__x86_64__)

/* System V AMD64 psABI §3.2.1: rbx, rbp, r12-r15, the x87 control word and mxcsr belong to the caller. */
__asm__ (".text\n"
         ".globl nj_fiber_switch_registers\n"
         ".type nj_fiber_switch_registers,@function\n"
         ".align 16\n"
         "nj_fiber_switch_registers:\n"
         "  .cfi_startproc\n"
         "  pushq %rbp\n"
         "  pushq %rbx\n"
         "  pushq %r12\n"
         "  pushq %r13\n"
         "  pushq %r14\n"
         "  pushq %r15\n"
         "  subq $8, %rsp\n"
         "  stmxcsr (%rsp)\n"
         "  fnstcw 4(%rsp)\n"
         "  movq %rsp, (%rdi)\n"
         "  movq %rsi, %rsp\n"
         "  ldmxcsr (%rsp)\n"
         "  fldcw 4(%rsp)\n"
         "  addq $8, %rsp\n"
         "  popq %r15\n"
         "  popq %r14\n"
         "  popq %r13\n"
         "  popq %r12\n"
         "  popq %rbx\n"
         "  popq %rbp\n"
         "  ret\n"
         "  .cfi_endproc\n"
         ".size nj_fiber_switch_registers,.-nj_fiber_switch_registers\n"
         ".section .note.GNU-stack,\"\",@progbits\n"
         ".text\n");

/**
 * nj_fiber_switch_prepare:
 * @stack_base: lowest byte of a stack
 * @stack_size: its bytes
 * @entry: where the stack begins to run; never returns
 *
 * Lays out a stack so that the first switch to it enters @entry. The worker's thread.
 *
 * Returns: the stack pointer to switch to
 */
void *
nj_fiber_switch_prepare (void *stack_base, gsize stack_size, void (*entry) (void))
{
  guint64 *top = (guint64 *) ((char *) stack_base + stack_size);

  /* After "ret" the stack must be 8 bytes off a 16-byte boundary, as after a call. */
  *--top = 0;
  *--top = (guint64) (gsize) entry;
  for (int i = 0; i < 6; i++)
    *--top = 0;
  *--top = ((guint64) 0x037f << 32) | 0x1f80;
  return top;
}

#else

/* AAPCS64 §6.1: x19-x28, the frame pointer, the link register and d8-d15 belong to the caller. */
__asm__ (".text\n"
         ".globl nj_fiber_switch_registers\n"
         ".type nj_fiber_switch_registers,%function\n"
         ".align 4\n"
         "nj_fiber_switch_registers:\n"
         "  sub sp, sp, #160\n"
         "  stp x19, x20, [sp, #0]\n"
         "  stp x21, x22, [sp, #16]\n"
         "  stp x23, x24, [sp, #32]\n"
         "  stp x25, x26, [sp, #48]\n"
         "  stp x27, x28, [sp, #64]\n"
         "  stp x29, x30, [sp, #80]\n"
         "  stp d8, d9, [sp, #96]\n"
         "  stp d10, d11, [sp, #112]\n"
         "  stp d12, d13, [sp, #128]\n"
         "  stp d14, d15, [sp, #144]\n"
         "  mov x9, sp\n"
         "  str x9, [x0]\n"
         "  mov sp, x1\n"
         "  ldp x19, x20, [sp, #0]\n"
         "  ldp x21, x22, [sp, #16]\n"
         "  ldp x23, x24, [sp, #32]\n"
         "  ldp x25, x26, [sp, #48]\n"
         "  ldp x27, x28, [sp, #64]\n"
         "  ldp x29, x30, [sp, #80]\n"
         "  ldp d8, d9, [sp, #96]\n"
         "  ldp d10, d11, [sp, #112]\n"
         "  ldp d12, d13, [sp, #128]\n"
         "  ldp d14, d15, [sp, #144]\n"
         "  add sp, sp, #160\n"
         "  ret\n"
         ".size nj_fiber_switch_registers,.-nj_fiber_switch_registers\n"
         ".section .note.GNU-stack,\"\",%progbits\n"
         ".text\n");

void *
nj_fiber_switch_prepare (void *stack_base, gsize stack_size, void (*entry) (void))
{
  guint64 *frame = (guint64 *) ((char *) stack_base + stack_size) - 20;

  memset (frame, 0, 160);
  frame[11] = (guint64) (gsize) entry;
  return frame;
}

#endif

/**
 * nj_fiber_switch:
 * @ret_saved: (out): where the stack that is left can be entered again
 * @target: a stack prepared or left before
 *
 * Goes to @target; returns when somebody switches back. The worker's thread.
 */
void
nj_fiber_switch (void **ret_saved, void *target)
{
  nj_fiber_switch_registers (ret_saved, target);
}

/**
 * nj_fiber_switch_release:
 * @saved: a stack that will not be entered again
 *
 * Frees what a switch may have kept beside the stack.
 */
void
nj_fiber_switch_release (void *saved)
{
}

#else

#include <ucontext.h>

typedef struct
{
  ucontext_t context;
} NjSavedContext;

void *
nj_fiber_switch_prepare (void *stack_base, gsize stack_size, void (*entry) (void))
{
  NjSavedContext *saved = g_new0 (NjSavedContext, 1);

  getcontext (&saved->context);
  saved->context.uc_stack.ss_sp = stack_base;
  saved->context.uc_stack.ss_size = stack_size;
  saved->context.uc_link = NULL;
  makecontext (&saved->context, entry, 0);
  return saved;
}

void
nj_fiber_switch (void **ret_saved, void *target)
{
  NjSavedContext *here = *ret_saved;

  if (here == NULL)
    *ret_saved = here = g_new0 (NjSavedContext, 1);

  swapcontext (&here->context, &((NjSavedContext *) target)->context);
}

void
nj_fiber_switch_release (void *saved)
{
  g_free (saved);
}

#endif
