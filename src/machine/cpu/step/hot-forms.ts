// The forms that the dispatch loop holds as arms of its br_table: those executed most by the programs of the cpu
// benchmark, a static busybox shell and musl's and glibc's string functions; and those that bulk-strings.ts knows, which need the
// loop's locals. Order does not matter.
// A name is iced's Code and the shape: R register, B base + displacement, I indexed.

export const HOT_FORMS: readonly string[] = `
  Mov_r32_rm32:B Add_RAX_imm32:R Mov_rm32_r32:R Mov_rm64_r64:R Mov_rm8_imm8:B Imul_r64_rm64:R Jbe_rel8_64:R Add_rm32_r32:R
  Mov_r64_rm64:B Add_rm64_r64:R Cdqe:R Xor_rm32_r32:R Add_rm32_imm32:B Cmp_RAX_imm32:R Lea_r64_m:I Movzx_r32_rm8:B
  Cmp_EAX_imm32:R Jne_rel8_64:R Movsd_xmm_xmmm64:B Mov_rm32_r32:B Mov_r64_rm64:I Jmp_rm64:R Movsxd_r64_rm32:R
  Cmp_rm64_r64:R Cmp_rm32_r32:R Mov_rm64_r64:B Ror_rm32_imm8:R Shl_rm64_imm8:R Add_rm64_imm32:B Jle_rel8_64:R
  Cmp_rm64_r64:B Jae_rel8_64:R Movsd_xmm_xmmm64:I Sub_EAX_imm32:R Jl_rel8_64:R And_rm32_r32:R Mov_r32_rm32:I Jg_rel8_64:R
  Add_EAX_imm32:R Pxor_xmm_xmmm128:R Xor_rm64_r64:R Movsd_xmmm64_xmm:B Mulsd_xmm_xmmm64:R Sub_RAX_imm32:R
  Addsd_xmm_xmmm64:R Shr_rm64_imm8:R Cmp_rm32_r32:B Lea_r32_m:I Jge_rel8_64:R And_r32_rm32:B Je_rel8_64:R
  Movaps_xmm_xmmm128:R Sub_rm64_r64:R Nopw:R Cmp_r32_rm32:B Paddd_xmm_xmmm128:R Test_rm8_r8:R Jmp_rel8_64:R Lea_r64_m:B
  Shr_rm32_imm8:R Mov_rm32_imm32:R Add_r32_rm32:B Por_xmm_xmmm128:R Shl_rm32_imm8:R Mov_rm8_r8:B Mov_rm32_r32:I Push_r64:R
  Call_rel32_64:R Movaps_xmmm128_xmm:B Mul_rm64:R Cmp_rm8_r8:R Retnq:R Movzx_r32_rm8:R Pop_r64:R Cmp_rm8_imm8:B
  Mov_rm8_r8:I Movzx_r32_rm8:I Leaveq:R Sub_rm32_r32:R Or_rm32_r32:R Mov_rm32_imm32:B Add_rm32_r32:B Cmp_rm32_imm32:B
  Pand_xmm_xmmm128:R Movaps_xmm_xmmm128:B Test_rm64_r64:R Test_rm32_r32:R Test_AL_imm8:R Cmp_AL_imm8:R Cmp_r64_rm64:B
  Cmp_rm64_imm32:B Jb_rel8_64:R Ja_rel8_64:R Js_rel8_64:R Jns_rel8_64:R Mov_rm64_imm32:R Mov_rm64_imm32:B Movzx_r32_rm16:R
  And_RAX_imm32:R And_EAX_imm32:R And_rm64_r64:R Or_rm64_r64:R Inc_rm32:R Inc_rm64:R Dec_rm32:R Dec_rm64:R Xor_EAX_imm32:R
  Sar_rm64_imm8:R Cmp_rm8_imm8:I Jmp_rm64:B Movups_xmm_xmmm128:B Movups_xmmm128_xmm:B Pcmpeqb_xmm_xmmm128:R
  Pcmpeqb_xmm_xmmm128:B Pmovmskb_r32_xmm:R Bsf_r32_rm32:R Sete_rm8:R Setne_rm8:R Cmove_r64_rm64:R Cmovne_r64_rm64:R
  Movsxd_r64_rm32:B Movsx_r32_rm8:R Movsx_r32_rm8:B Addpd_xmm_xmmm128:R Mulpd_xmm_xmmm128:B Mulpd_xmm_xmmm128:R
  Mulsd_xmm_xmmm64:B Mulsd_xmm_xmmm64:I Addsd_xmm_xmmm64:B Movlhps_xmm_xmm:R Mov_r64_rm64:F Sub_r64_rm64:F
  Stosb_m8_AL:rep Movsb_m8_m8:rep Stosw_m16_AX:rep Movsw_m16_m16:rep Stosd_m32_EAX:rep Movsd_m32_m32:rep
  Stosq_m64_RAX:rep Movsq_m64_m64:rep Scasb_AL_m8:repne Cmpsb_m8_m8:rep Lea_r32_m:B Mov_r8_rm8:B Mov_r8_rm8:I Movzx_r32_rm16:I Mov_rm8_imm8:I Mov_rm64_r64:I
  Cmp_r8_rm8:I Cmp_r8_rm8:B Seta_rm8:R Test_rm8_imm8:B Movsx_r64_rm8:B Cmp_rm8_r8:I Test_rm16_r16:R Xor_r64_rm64:B
`
  .trim()
  .split(/\s+/);
