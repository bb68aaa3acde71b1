// Bits in an i64 as WebAssembly's floats, and back.

import type { Expression } from '../../wasm/expression.ts';
import { F64, type Format } from './format.ts';

export const number = (bits: Expression, t: Format): Expression =>
  t === F64 ? bits.unary('f64.reinterpret_i64', 'f64') : bits.wrap().unary('f32.reinterpret_i32', 'f32');
export const bitsOf = (x: Expression, t: Format): Expression =>
  t === F64 ? x.unary('i64.reinterpret_f64', 'i64') : x.unary('i32.reinterpret_f32', 'i32').extend();
