/* SPDX-License-Identifier: MIT */
/*
 * A guest of some 400 bytes that does what the first moments of a boot loader
 * and a kernel do: protected mode, long mode with paging, model-specific
 * registers, and in both modes interrupts of the local APIC's timer. There are
 * hosts where /dev/kvm opens and makes a machine, but a real guest hangs in
 * one of these. It is put in place of the firmware, so it needs nothing else,
 * and tells that it got to the end through QEMU's isa-debug-exit.
 */
#include <errno.h>
#include <string.h>

#include "lv.h"

#if defined(__x86_64__)

/* Where it stands in the firmware, and in the guest's memory (the last 64 KiB
 * below 1 MiB show the firmware). */
#define CODE_OFFSET  0xf000
#define RESET_OFFSET 0xfff0

extern const unsigned char hyp_lv_guest[], hyp_lv_guest_end[];

__asm__(".pushsection .rodata\n"
	".globl hyp_lv_guest, hyp_lv_guest_end\n"
	".hidden hyp_lv_guest, hyp_lv_guest_end\n"
	".set hyp_lv_at, 0xff000\n"
	".code16\n"
	"hyp_lv_guest:\n"
	"	cli\n"
	"	movw %cs, %ax\n"
	"	movw %ax, %ds\n"
	"	lgdtl 8f - hyp_lv_guest + 0xf000\n"
	"	movl %cr0, %eax\n"
	"	orl $1, %eax\n"
	"	movl %eax, %cr0\n"
	"	ljmpl $8, $(1f - hyp_lv_guest + hyp_lv_at)\n"
	/* protected mode */
	".code32\n"
	"1:	movw $16, %ax\n"
	"	movw %ax, %ds\n"
	"	movw %ax, %es\n"
	"	movw %ax, %ss\n"
	"	movl $0x8000, %esp\n"
	/* local APIC: on; its timer again and again, as vector 32 */
	"	movl $0xfee00000, %esi\n"
	"	movl $0x1ff, 0xf0(%esi)\n"
	"	movl $0xb, 0x3e0(%esi)\n"
	"	movl $0x20020, 0x320(%esi)\n"
	"	movl $100000, 0x380(%esi)\n"
	/* interrupt table at 0x9000 */
	"	movl $(5f - hyp_lv_guest + hyp_lv_at), %eax\n"
	"	movw %ax, 0x9100\n"
	"	movw $8, 0x9102\n"
	"	movw $0x8e00, 0x9104\n"
	"	shrl $16, %eax\n"
	"	movw %ax, 0x9106\n"
	"	lidtl 9f - hyp_lv_guest + hyp_lv_at\n"
	"	xorl %ebx, %ebx\n"
	"	sti\n"
	"2:	hlt\n"
	"	cmpl $3, %ebx\n"
	"	jb 2b\n"
	"	cli\n"
	/* page tables from 0x10000: 4 GiB one to one, in 2 MiB pages */
	"	movl $0x10000, %edi\n"
	"	movl %edi, %cr3\n"
	"	xorl %eax, %eax\n"
	"	movl $0x1800, %ecx\n"
	"	cld\n"
	"	rep stosl\n"
	"	movl $0x11003, 0x10000\n"
	"	movl $0x12003, 0x11000\n"
	"	movl $0x13003, 0x11008\n"
	"	movl $0x14003, 0x11010\n"
	"	movl $0x15003, 0x11018\n"
	"	movl $0x12000, %edi\n"
	"	movl $0x83, %eax\n"
	"	movl $2048, %ecx\n"
	"3:	movl %eax, (%edi)\n"
	"	addl $0x200000, %eax\n"
	"	addl $8, %edi\n"
	"	loop 3b\n"
	"	movl %cr4, %eax\n"
	"	orl $0x20, %eax\n"
	"	movl %eax, %cr4\n"
	"	movl $0xc0000080, %ecx\n"
	"	rdmsr\n"
	"	orl $0x100, %eax\n"
	"	wrmsr\n"
	"	movl %cr0, %eax\n"
	"	orl $0x80000000, %eax\n"
	"	movl %eax, %cr0\n"
	"	ljmpl $24, $(4f - hyp_lv_guest + hyp_lv_at)\n"
	"5:	incl %ebx\n"
	"	movl $0, 0xb0(%esi)\n"
	"	iretl\n"
	/* long mode */
	".code64\n"
	"4:	movl $0x9200, %edi\n"
	"	movl $(7f - hyp_lv_guest + hyp_lv_at), %eax\n"
	"	movw %ax, (%rdi)\n"
	"	movw $24, 2(%rdi)\n"
	"	movw $0x8e00, 4(%rdi)\n"
	"	shrl $16, %eax\n"
	"	movl %eax, 6(%rdi)\n"
	"	movw $0, 10(%rdi)\n"
	"	movl $0, 12(%rdi)\n"
	"	xorl %ebx, %ebx\n"
	"	sti\n"
	"6:	hlt\n"
	"	cmpl $3, %ebx\n"
	"	jb 6b\n"
	"	xorl %eax, %eax\n"
	"	cpuid\n"
	"	movb $0x2a, %al\n" /* QEMU ends with 2 * 0x2a + 1 */
	"	outb %al, $0xf4\n"
	"0:	hlt\n"
	"	jmp 0b\n"
	"7:	incl %ebx\n"
	"	movl $0, 0xb0(%rsi)\n"
	"	iretq\n"
	/* none, 32-bit code, data, 64-bit code */
	".balign 8\n"
	"0:	.quad 0, 0x00cf9b000000ffff\n"
	"	.quad 0x00cf93000000ffff, 0x00af9b000000ffff\n"
	"8:	.word 31\n"
	"	.long 0b - hyp_lv_guest + hyp_lv_at\n"
	"9:	.word 0xfff\n"
	"	.long 0x9000\n"
	"hyp_lv_guest_end:\n"
	".popsection\n");

unsigned char *hyp_lv_kvm_rom(void)
{
	/* jmp 0xf000:CODE_OFFSET */
	static const unsigned char reset[] = { 0xea, CODE_OFFSET & 0xff,
					       CODE_OFFSET >> 8, 0x00, 0xf0 };
	unsigned char *rom = calloc(1, HYP_LV_ROM_SIZE);

	if (!rom)
		return NULL;
	memcpy(rom + CODE_OFFSET, hyp_lv_guest,
	       (size_t)(hyp_lv_guest_end - hyp_lv_guest));
	memcpy(rom + RESET_OFFSET, reset, sizeof(reset));
	return rom;
}

#else

unsigned char *hyp_lv_kvm_rom(void)
{
	errno = ENOSYS;
	return NULL;
}

#endif
