// Generated from codegen/operators/schema.json by `npm run generate`; do not edit.
import type { OperatorTable } from './notation.ts';

export const OPERATOR_TABLE: OperatorTable = {
  types: {
    types1: ["float16","float32","float64","int16","int32","int64","int8","uint16","uint32","uint64","uint8"],
    types2: ["bfloat16","float16","float32","float64","int16","int32","int64","int8","uint16","uint32","uint64","uint8"],
    types3: ["float16","float32","float64"],
    types4: ["bfloat16","float16","float32","float64"],
    types5: ["float16","float32","float64","int32","int64","uint32","uint64"],
    types6: ["bfloat16","float16","float32","float64","int32","int64","uint32","uint64"],
    types7: ["bfloat16","bool","float16","float32","float64","int16","int32","int64","int8","uint16","uint32","uint64","uint8"],
    types8: ["uint16","uint32","uint64","uint8"],
    types9: ["int16","int32","int64","int8","uint16","uint32","uint64","uint8"],
    types10: ["int32","int64"],
    types11: ["bool","float16","float32","float64","int16","int32","int64","int8","uint16","uint32","uint64","uint8"],
    types12: ["bool","float16","float32","float64","int16","int32","int64","int8","string","uint16","uint32","uint64","uint8"],
    types13: ["bfloat16","bool","float16","float32","float64","int16","int32","int64","int8","string","uint16","uint32","uint64","uint8"],
    types14: ["bfloat16","bool","float16","float32","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int16","int32","int64","int8","string","uint16","uint32","uint64","uint8"],
    types15: ["bfloat16","bool","float16","float32","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int16","int32","int4","int64","int8","string","uint16","uint32","uint4","uint64","uint8"],
    types16: ["bfloat16","bool","float16","float32","float4e2m1","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int16","int32","int4","int64","int8","string","uint16","uint32","uint4","uint64","uint8"],
    types17: ["bfloat16","bool","float16","float32","float4e2m1","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","float8e8m0","int16","int32","int4","int64","int8","string","uint16","uint32","uint4","uint64","uint8"],
    types18: ["bfloat16","bool","complex128","complex64","float16","float32","float64","int16","int32","int64","int8","string","uint16","uint32","uint64","uint8"],
    types19: ["bool","complex128","complex64","float16","float32","float64","int16","int32","int64","int8","string","uint16","uint32","uint64","uint8"],
    types20: ["seq(bool)","seq(complex128)","seq(complex64)","seq(float16)","seq(float32)","seq(float64)","seq(int16)","seq(int32)","seq(int64)","seq(int8)","seq(string)","seq(uint16)","seq(uint32)","seq(uint64)","seq(uint8)"],
    types21: ["bfloat16","bool","complex128","complex64","float16","float32","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int16","int32","int64","int8","string","uint16","uint32","uint64","uint8"],
    types22: ["bfloat16","bool","complex128","complex64","float16","float32","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int16","int32","int4","int64","int8","string","uint16","uint32","uint4","uint64","uint8"],
    types23: ["bfloat16","bool","complex128","complex64","float16","float32","float4e2m1","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int16","int32","int4","int64","int8","string","uint16","uint32","uint4","uint64","uint8"],
    types24: ["bfloat16","bool","complex128","complex64","float16","float32","float4e2m1","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","float8e8m0","int16","int32","int4","int64","int8","string","uint16","uint32","uint4","uint64","uint8"],
    types25: ["bfloat16","bool","float16","float32","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int16","int32","int64","int8","uint16","uint32","uint64","uint8"],
    types26: ["bfloat16","bool","float16","float32","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int16","int32","int4","int64","int8","uint16","uint32","uint4","uint64","uint8"],
    types27: ["bfloat16","bool","float16","float32","float4e2m1","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int16","int32","int4","int64","int8","uint16","uint32","uint4","uint64","uint8"],
    types28: ["bfloat16","bool","float16","float32","float4e2m1","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","float8e8m0","int16","int32","int4","int64","int8","uint16","uint32","uint4","uint64","uint8"],
    types29: ["int8","uint8"],
    types30: ["float32","float64","int32","int64","uint32","uint64"],
    types31: ["int32","int8","uint8"],
    types32: ["float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int32","int8","uint8"],
    types33: ["bfloat16","float16","float32"],
    types34: ["float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int16","int32","int4","int8","uint16","uint4","uint8"],
    types35: ["float4e2m1","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int16","int32","int4","int8","uint16","uint4","uint8"],
    types36: ["bfloat16","float16","float32","float8e8m0"],
    types37: ["bfloat16","float16","float32","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz"],
    types38: ["bool","int32","int64"],
    types39: ["bfloat16","bool","complex128","complex64","float16","float32","float64","int16","int32","int64","int8","seq(bool)","seq(complex128)","seq(complex64)","seq(float16)","seq(float32)","seq(float64)","seq(int16)","seq(int32)","seq(int64)","seq(int8)","seq(string)","seq(uint16)","seq(uint32)","seq(uint64)","seq(uint8)","string","uint16","uint32","uint64","uint8"],
    types40: ["bfloat16","bool","complex128","complex64","float16","float32","float64","int16","int32","int64","int8","optional(bool)","optional(complex128)","optional(complex64)","optional(float16)","optional(float32)","optional(float64)","optional(int16)","optional(int32)","optional(int64)","optional(int8)","optional(seq(bool))","optional(seq(complex128))","optional(seq(complex64))","optional(seq(float16))","optional(seq(float32))","optional(seq(float64))","optional(seq(int16))","optional(seq(int32))","optional(seq(int64))","optional(seq(int8))","optional(seq(string))","optional(seq(uint16))","optional(seq(uint32))","optional(seq(uint64))","optional(seq(uint8))","optional(string)","optional(uint16)","optional(uint32)","optional(uint64)","optional(uint8)","seq(bool)","seq(complex128)","seq(complex64)","seq(float16)","seq(float32)","seq(float64)","seq(int16)","seq(int32)","seq(int64)","seq(int8)","seq(string)","seq(uint16)","seq(uint32)","seq(uint64)","seq(uint8)","string","uint16","uint32","uint64","uint8"],
    types41: ["bfloat16","bool","complex128","complex64","float16","float32","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int16","int32","int64","int8","optional(bool)","optional(complex128)","optional(complex64)","optional(float16)","optional(float32)","optional(float64)","optional(int16)","optional(int32)","optional(int64)","optional(int8)","optional(seq(bool))","optional(seq(complex128))","optional(seq(complex64))","optional(seq(float16))","optional(seq(float32))","optional(seq(float64))","optional(seq(int16))","optional(seq(int32))","optional(seq(int64))","optional(seq(int8))","optional(seq(string))","optional(seq(uint16))","optional(seq(uint32))","optional(seq(uint64))","optional(seq(uint8))","optional(string)","optional(uint16)","optional(uint32)","optional(uint64)","optional(uint8)","seq(bool)","seq(complex128)","seq(complex64)","seq(float16)","seq(float32)","seq(float64)","seq(int16)","seq(int32)","seq(int64)","seq(int8)","seq(string)","seq(uint16)","seq(uint32)","seq(uint64)","seq(uint8)","string","uint16","uint32","uint64","uint8"],
    types42: ["bfloat16","bool","complex128","complex64","float16","float32","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int16","int32","int4","int64","int8","optional(bool)","optional(complex128)","optional(complex64)","optional(float16)","optional(float32)","optional(float64)","optional(int16)","optional(int32)","optional(int64)","optional(int8)","optional(seq(bool))","optional(seq(complex128))","optional(seq(complex64))","optional(seq(float16))","optional(seq(float32))","optional(seq(float64))","optional(seq(int16))","optional(seq(int32))","optional(seq(int64))","optional(seq(int8))","optional(seq(string))","optional(seq(uint16))","optional(seq(uint32))","optional(seq(uint64))","optional(seq(uint8))","optional(string)","optional(uint16)","optional(uint32)","optional(uint64)","optional(uint8)","seq(bool)","seq(complex128)","seq(complex64)","seq(float16)","seq(float32)","seq(float64)","seq(int16)","seq(int32)","seq(int64)","seq(int8)","seq(string)","seq(uint16)","seq(uint32)","seq(uint64)","seq(uint8)","string","uint16","uint32","uint4","uint64","uint8"],
    types43: ["bfloat16","bool","complex128","complex64","float16","float32","float4e2m1","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int16","int32","int4","int64","int8","optional(bool)","optional(complex128)","optional(complex64)","optional(float16)","optional(float32)","optional(float64)","optional(int16)","optional(int32)","optional(int64)","optional(int8)","optional(seq(bool))","optional(seq(complex128))","optional(seq(complex64))","optional(seq(float16))","optional(seq(float32))","optional(seq(float64))","optional(seq(int16))","optional(seq(int32))","optional(seq(int64))","optional(seq(int8))","optional(seq(string))","optional(seq(uint16))","optional(seq(uint32))","optional(seq(uint64))","optional(seq(uint8))","optional(string)","optional(uint16)","optional(uint32)","optional(uint64)","optional(uint8)","seq(bool)","seq(complex128)","seq(complex64)","seq(float16)","seq(float32)","seq(float64)","seq(int16)","seq(int32)","seq(int64)","seq(int8)","seq(string)","seq(uint16)","seq(uint32)","seq(uint64)","seq(uint8)","string","uint16","uint32","uint4","uint64","uint8"],
    types44: ["bfloat16","bool","complex128","complex64","float16","float32","float4e2m1","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","float8e8m0","int16","int32","int4","int64","int8","optional(bool)","optional(complex128)","optional(complex64)","optional(float16)","optional(float32)","optional(float64)","optional(int16)","optional(int32)","optional(int64)","optional(int8)","optional(seq(bool))","optional(seq(complex128))","optional(seq(complex64))","optional(seq(float16))","optional(seq(float32))","optional(seq(float64))","optional(seq(int16))","optional(seq(int32))","optional(seq(int64))","optional(seq(int8))","optional(seq(string))","optional(seq(uint16))","optional(seq(uint32))","optional(seq(uint64))","optional(seq(uint8))","optional(string)","optional(uint16)","optional(uint32)","optional(uint64)","optional(uint8)","seq(bool)","seq(complex128)","seq(complex64)","seq(float16)","seq(float32)","seq(float64)","seq(int16)","seq(int32)","seq(int64)","seq(int8)","seq(string)","seq(uint16)","seq(uint32)","seq(uint64)","seq(uint8)","string","uint16","uint32","uint4","uint64","uint8"],
    types45: ["bool","complex128","complex64","float16","float32","float64","int16","int32","int64","int8","seq(bool)","seq(complex128)","seq(complex64)","seq(float16)","seq(float32)","seq(float64)","seq(int16)","seq(int32)","seq(int64)","seq(int8)","seq(string)","seq(uint16)","seq(uint32)","seq(uint64)","seq(uint8)","string","uint16","uint32","uint64","uint8"],
    types46: ["bfloat16","bool","complex128","complex64","float16","float32","float64","int16","int32","int64","int8","optional(bfloat16)","optional(bool)","optional(complex128)","optional(complex64)","optional(float16)","optional(float32)","optional(float64)","optional(int16)","optional(int32)","optional(int64)","optional(int8)","optional(seq(bfloat16))","optional(seq(bool))","optional(seq(complex128))","optional(seq(complex64))","optional(seq(float16))","optional(seq(float32))","optional(seq(float64))","optional(seq(int16))","optional(seq(int32))","optional(seq(int64))","optional(seq(int8))","optional(seq(string))","optional(seq(uint16))","optional(seq(uint32))","optional(seq(uint64))","optional(seq(uint8))","optional(string)","optional(uint16)","optional(uint32)","optional(uint64)","optional(uint8)","seq(bfloat16)","seq(bool)","seq(complex128)","seq(complex64)","seq(float16)","seq(float32)","seq(float64)","seq(int16)","seq(int32)","seq(int64)","seq(int8)","seq(string)","seq(uint16)","seq(uint32)","seq(uint64)","seq(uint8)","string","uint16","uint32","uint64","uint8"],
    types47: ["bfloat16","bool","complex128","complex64","float16","float32","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int16","int32","int64","int8","optional(bfloat16)","optional(bool)","optional(complex128)","optional(complex64)","optional(float16)","optional(float32)","optional(float64)","optional(float8e4m3fn)","optional(float8e4m3fnuz)","optional(float8e5m2)","optional(float8e5m2fnuz)","optional(int16)","optional(int32)","optional(int64)","optional(int8)","optional(seq(bfloat16))","optional(seq(bool))","optional(seq(complex128))","optional(seq(complex64))","optional(seq(float16))","optional(seq(float32))","optional(seq(float64))","optional(seq(int16))","optional(seq(int32))","optional(seq(int64))","optional(seq(int8))","optional(seq(string))","optional(seq(uint16))","optional(seq(uint32))","optional(seq(uint64))","optional(seq(uint8))","optional(string)","optional(uint16)","optional(uint32)","optional(uint64)","optional(uint8)","seq(bfloat16)","seq(bool)","seq(complex128)","seq(complex64)","seq(float16)","seq(float32)","seq(float64)","seq(float8e4m3fn)","seq(float8e4m3fnuz)","seq(float8e5m2)","seq(float8e5m2fnuz)","seq(int16)","seq(int32)","seq(int64)","seq(int8)","seq(string)","seq(uint16)","seq(uint32)","seq(uint64)","seq(uint8)","string","uint16","uint32","uint64","uint8"],
    types48: ["bfloat16","bool","complex128","complex64","float16","float32","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int16","int32","int4","int64","int8","optional(bfloat16)","optional(bool)","optional(complex128)","optional(complex64)","optional(float16)","optional(float32)","optional(float64)","optional(float8e4m3fn)","optional(float8e4m3fnuz)","optional(float8e5m2)","optional(float8e5m2fnuz)","optional(int16)","optional(int32)","optional(int4)","optional(int64)","optional(int8)","optional(seq(bfloat16))","optional(seq(bool))","optional(seq(complex128))","optional(seq(complex64))","optional(seq(float16))","optional(seq(float32))","optional(seq(float64))","optional(seq(int16))","optional(seq(int32))","optional(seq(int64))","optional(seq(int8))","optional(seq(string))","optional(seq(uint16))","optional(seq(uint32))","optional(seq(uint64))","optional(seq(uint8))","optional(string)","optional(uint16)","optional(uint32)","optional(uint4)","optional(uint64)","optional(uint8)","seq(bfloat16)","seq(bool)","seq(complex128)","seq(complex64)","seq(float16)","seq(float32)","seq(float64)","seq(float8e4m3fn)","seq(float8e4m3fnuz)","seq(float8e5m2)","seq(float8e5m2fnuz)","seq(int16)","seq(int32)","seq(int4)","seq(int64)","seq(int8)","seq(string)","seq(uint16)","seq(uint32)","seq(uint4)","seq(uint64)","seq(uint8)","string","uint16","uint32","uint4","uint64","uint8"],
    types49: ["bfloat16","bool","complex128","complex64","float16","float32","float4e2m1","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int16","int32","int4","int64","int8","optional(bfloat16)","optional(bool)","optional(complex128)","optional(complex64)","optional(float16)","optional(float32)","optional(float4e2m1)","optional(float64)","optional(float8e4m3fn)","optional(float8e4m3fnuz)","optional(float8e5m2)","optional(float8e5m2fnuz)","optional(int16)","optional(int32)","optional(int4)","optional(int64)","optional(int8)","optional(seq(bfloat16))","optional(seq(bool))","optional(seq(complex128))","optional(seq(complex64))","optional(seq(float16))","optional(seq(float32))","optional(seq(float64))","optional(seq(int16))","optional(seq(int32))","optional(seq(int64))","optional(seq(int8))","optional(seq(string))","optional(seq(uint16))","optional(seq(uint32))","optional(seq(uint64))","optional(seq(uint8))","optional(string)","optional(uint16)","optional(uint32)","optional(uint4)","optional(uint64)","optional(uint8)","seq(bfloat16)","seq(bool)","seq(complex128)","seq(complex64)","seq(float16)","seq(float32)","seq(float4e2m1)","seq(float64)","seq(float8e4m3fn)","seq(float8e4m3fnuz)","seq(float8e5m2)","seq(float8e5m2fnuz)","seq(int16)","seq(int32)","seq(int4)","seq(int64)","seq(int8)","seq(string)","seq(uint16)","seq(uint32)","seq(uint4)","seq(uint64)","seq(uint8)","string","uint16","uint32","uint4","uint64","uint8"],
    types50: ["bfloat16","bool","complex128","complex64","float16","float32","float4e2m1","float64","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","float8e8m0","int16","int32","int4","int64","int8","optional(bfloat16)","optional(bool)","optional(complex128)","optional(complex64)","optional(float16)","optional(float32)","optional(float4e2m1)","optional(float64)","optional(float8e4m3fn)","optional(float8e4m3fnuz)","optional(float8e5m2)","optional(float8e5m2fnuz)","optional(float8e8m0)","optional(int16)","optional(int32)","optional(int4)","optional(int64)","optional(int8)","optional(seq(bfloat16))","optional(seq(bool))","optional(seq(complex128))","optional(seq(complex64))","optional(seq(float16))","optional(seq(float32))","optional(seq(float64))","optional(seq(int16))","optional(seq(int32))","optional(seq(int64))","optional(seq(int8))","optional(seq(string))","optional(seq(uint16))","optional(seq(uint32))","optional(seq(uint64))","optional(seq(uint8))","optional(string)","optional(uint16)","optional(uint32)","optional(uint4)","optional(uint64)","optional(uint8)","seq(bfloat16)","seq(bool)","seq(complex128)","seq(complex64)","seq(float16)","seq(float32)","seq(float4e2m1)","seq(float64)","seq(float8e4m3fn)","seq(float8e4m3fnuz)","seq(float8e5m2)","seq(float8e5m2fnuz)","seq(float8e8m0)","seq(int16)","seq(int32)","seq(int4)","seq(int64)","seq(int8)","seq(string)","seq(uint16)","seq(uint32)","seq(uint4)","seq(uint64)","seq(uint8)","string","uint16","uint32","uint4","uint64","uint8"],
    types51: ["float32","float64"],
    types52: ["bfloat16","float32"],
    types53: ["float16","float32","float64","int8","uint8"],
    types54: ["bfloat16","float16","float32","float64","int8","uint8"],
    types55: ["float16","float32","float64","int16","int32","int64","int8"],
    types56: ["bfloat16","float16","float32","float64","int16","int32","int64","int8"],
    types57: ["optional(bool)","optional(complex128)","optional(complex64)","optional(float16)","optional(float32)","optional(float64)","optional(int16)","optional(int32)","optional(int64)","optional(int8)","optional(seq(bool))","optional(seq(complex128))","optional(seq(complex64))","optional(seq(float16))","optional(seq(float32))","optional(seq(float64))","optional(seq(int16))","optional(seq(int32))","optional(seq(int64))","optional(seq(int8))","optional(seq(string))","optional(seq(uint16))","optional(seq(uint32))","optional(seq(uint64))","optional(seq(uint8))","optional(string)","optional(uint16)","optional(uint32)","optional(uint64)","optional(uint8)"],
    types58: ["bool","complex128","complex64","float16","float32","float64","int16","int32","int64","int8","optional(bool)","optional(complex128)","optional(complex64)","optional(float16)","optional(float32)","optional(float64)","optional(int16)","optional(int32)","optional(int64)","optional(int8)","optional(seq(bool))","optional(seq(complex128))","optional(seq(complex64))","optional(seq(float16))","optional(seq(float32))","optional(seq(float64))","optional(seq(int16))","optional(seq(int32))","optional(seq(int64))","optional(seq(int8))","optional(seq(string))","optional(seq(uint16))","optional(seq(uint32))","optional(seq(uint64))","optional(seq(uint8))","optional(string)","optional(uint16)","optional(uint32)","optional(uint64)","optional(uint8)","seq(bool)","seq(complex128)","seq(complex64)","seq(float16)","seq(float32)","seq(float64)","seq(int16)","seq(int32)","seq(int64)","seq(int8)","seq(string)","seq(uint16)","seq(uint32)","seq(uint64)","seq(uint8)","string","uint16","uint32","uint64","uint8"],
    types59: ["float16","float32","float64","int32","int64"],
    types60: ["bfloat16","float16","float32","float64","int32","int64"],
    types61: ["float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int8","uint8"],
    types62: ["float32","int32"],
    types63: ["bfloat16","float16","float32","int32"],
    types64: ["float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int16","int4","int8","uint16","uint4","uint8"],
    types65: ["float4e2m1","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int16","int4","int8","uint16","uint4","uint8"],
    types66: ["bfloat16","float16","float32","float8e8m0","int32"],
    types67: ["float32","float64","int16","int32","int64"],
    types68: ["float16","float32","float64","int32","int64","int8","uint32","uint64","uint8"],
    types69: ["bfloat16","float16","float32","float64","int32","int64","int8","uint32","uint64","uint8"],
    types70: ["bfloat16","bool","float16","float32","float64","int32","int64","int8","uint32","uint64","uint8"],
    types71: ["seq(bfloat16)","seq(bool)","seq(complex128)","seq(complex64)","seq(float16)","seq(float32)","seq(float64)","seq(int16)","seq(int32)","seq(int64)","seq(int8)","seq(string)","seq(uint16)","seq(uint32)","seq(uint64)","seq(uint8)"],
    types72: ["int32","int64","string"],
    types73: ["float32","float64","int32","int64"],
    types74: ["float16","float32","int32"],
    types75: ["float16","float32"],
    types76: ["int16","int32","int4","int8","uint16","uint4","uint8"],
    types77: ["float4e2m1","float8e4m3fn","float8e4m3fnuz","float8e5m2","float8e5m2fnuz","int4","uint4","uint8"],
    types78: ["bfloat16","float16","float32","float8e4m3fn","float8e5m2"],
    types79: ["bfloat16","float16","float32","float8e4m3fn","int8","uint8"],
    types80: ["bfloat16","float16"],
    types81: ["int16","uint16"],
    types82: ["int32","uint32"],
    types83: ["bfloat16","float16","float32","uint8"],
    types84: ["float32","float64","int32","int64","string","uint32","uint64"],
    types85: ["bfloat16","float16","float8e4m3fn","int8","uint8"],
    types86: ["float32","int8","uint8"],
    types87: ["float8e4m3fn","uint8"],
    types88: ["bfloat16","float16","float32","float8e4m3fn","float8e8m0"],
    types89: ["int16","int4","int8","uint16","uint4","uint8"],
    types90: ["float32","uint16","uint8"],
  },
  operators: {
    "Abs": [
      {"since":6,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types1"}},
      {"since":13,"types":{"T":"types2"}},
    ],
    "Acos": [
      {"since":7,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "Acosh": [
      {"since":9,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "Add": [
      {"since":7,"inputs":["A:T","B:T"],"outputs":["C:T"],"types":{"T":"types5"}},
      {"since":13,"types":{"T":"types6"}},
      {"since":14,"types":{"T":"types2"}},
    ],
    "AffineGrid": [
      {"since":20,"inputs":["theta:T1","size:int64"],"outputs":["grid:T1"],"types":{"T1":"types4"},"attributes":{"align_corners":["int",0]}},
    ],
    "And": [
      {"since":7,"inputs":["A:bool","B:bool"],"outputs":["C:bool"]},
    ],
    "ArgMax": [
      {"since":1,"inputs":["data:T"],"outputs":["reduced:int64"],"types":{"T":"types1"},"attributes":{"axis":["int",0],"keepdims":["int",1]}},
      {"since":11},
      {"since":12,"attributes":{"axis":["int",0],"keepdims":["int",1],"select_last_index":["int",0]}},
      {"since":13,"types":{"T":"types2"}},
    ],
    "ArgMin": [
      {"since":1,"inputs":["data:T"],"outputs":["reduced:int64"],"types":{"T":"types1"},"attributes":{"axis":["int",0],"keepdims":["int",1]}},
      {"since":11},
      {"since":12,"attributes":{"axis":["int",0],"keepdims":["int",1],"select_last_index":["int",0]}},
      {"since":13,"types":{"T":"types2"}},
    ],
    "Asin": [
      {"since":7,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "Asinh": [
      {"since":9,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "Atan": [
      {"since":7,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "Atanh": [
      {"since":9,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "Attention": [
      {"since":23,"inputs":["Q:T1","K:T1","V:T2","attn_mask?:U","past_key?:T1","past_value?:T2"],"outputs":["Y:T1","present_key?:T1","present_value?:T2","qk_matmul_output?:T1"],"types":{"T1":"types4","T2":"types4","U":"types7"},"attributes":{"is_causal":["int",0],"kv_num_heads":["int"],"q_num_heads":["int"],"qk_matmul_output_mode":["int",0],"scale":["float"],"softcap":["float",0],"softmax_precision":["int"]}},
      {"since":24,"inputs":["Q:T1","K:T1","V:T2","attn_mask?:U","past_key?:T1","past_value?:T2","nonpad_kv_seqlen?:int64"]},
    ],
    "AveragePool": [
      {"since":7,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"auto_pad":["string","NOTSET"],"count_include_pad":["int",0],"kernel_shape":["ints!"],"pads":["ints"],"strides":["ints"]}},
      {"since":10,"attributes":{"auto_pad":["string","NOTSET"],"ceil_mode":["int",0],"count_include_pad":["int",0],"kernel_shape":["ints!"],"pads":["ints"],"strides":["ints"]}},
      {"since":11},
      {"since":19,"attributes":{"auto_pad":["string","NOTSET"],"ceil_mode":["int",0],"count_include_pad":["int",0],"dilations":["ints"],"kernel_shape":["ints!"],"pads":["ints"],"strides":["ints"]}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "BatchNormalization": [
      {"since":7,"inputs":["X:T","scale:T","B:T","mean:T","var:T"],"outputs":["Y:T","mean?:T","var?:T","saved_mean?:T","saved_var?:T"],"types":{"T":"types3"},"attributes":{"epsilon":["float",0.00001],"momentum":["float",0.9],"spatial":["int",1]}},
      {"since":9,"attributes":{"epsilon":["float",0.00001],"momentum":["float",0.9]}},
      {"since":14,"inputs":["X:T","scale:T","B:T","input_mean:U","input_var:U"],"outputs":["Y:T","running_mean?:U","running_var?:U"],"types":{"T":"types4","U":"types4"},"attributes":{"epsilon":["float",0.00001],"momentum":["float",0.9],"training_mode":["int",0]}},
      {"since":15,"inputs":["X:T","scale:T1","B:T1","input_mean:T2","input_var:T2"],"outputs":["Y:T","running_mean?:T2","running_var?:T2"],"types":{"T":"types4","T1":"types4","T2":"types4"}},
    ],
    "Bernoulli": [
      {"since":15,"inputs":["input:T1"],"outputs":["output:T2"],"types":{"T1":"types3","T2":"types7"},"attributes":{"dtype":["int"],"seed":["float"]}},
      {"since":22,"types":{"T1":"types4","T2":"types7"}},
    ],
    "BitShift": [
      {"since":11,"inputs":["X:T","Y:T"],"outputs":["Z:T"],"types":{"T":"types8"},"attributes":{"direction":["string!"]}},
    ],
    "BitwiseAnd": [
      {"since":18,"inputs":["A:T","B:T"],"outputs":["C:T"],"types":{"T":"types9"}},
    ],
    "BitwiseNot": [
      {"since":18,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types9"}},
    ],
    "BitwiseOr": [
      {"since":18,"inputs":["A:T","B:T"],"outputs":["C:T"],"types":{"T":"types9"}},
    ],
    "BitwiseXor": [
      {"since":18,"inputs":["A:T","B:T"],"outputs":["C:T"],"types":{"T":"types9"}},
    ],
    "BlackmanWindow": [
      {"since":17,"inputs":["size:T1"],"outputs":["output:T2"],"types":{"T1":"types10","T2":"types2"},"attributes":{"output_datatype":["int",1],"periodic":["int",1]}},
    ],
    "Cast": [
      {"since":6,"inputs":["input:T1"],"outputs":["output:T2"],"types":{"T1":"types11","T2":"types11"},"attributes":{"to":["int!"]}},
      {"since":9,"types":{"T1":"types12","T2":"types12"}},
      {"since":13,"types":{"T1":"types13","T2":"types13"}},
      {"since":19,"types":{"T1":"types14","T2":"types14"},"attributes":{"saturate":["int",1],"to":["int!"]}},
      {"since":21,"types":{"T1":"types15","T2":"types15"}},
      {"since":23,"types":{"T1":"types16","T2":"types16"}},
      {"since":24,"types":{"T1":"types17","T2":"types17"},"attributes":{"round_mode":["string","up"],"saturate":["int",1],"to":["int!"]}},
    ],
    "CastLike": [
      {"since":15,"inputs":["input:T1","target_type:T2"],"outputs":["output:T2"],"types":{"T1":"types13","T2":"types13"}},
      {"since":19,"types":{"T1":"types14","T2":"types14"},"attributes":{"saturate":["int",1]}},
      {"since":21,"types":{"T1":"types15","T2":"types15"}},
      {"since":23,"types":{"T1":"types16","T2":"types16"}},
      {"since":24,"types":{"T1":"types17","T2":"types17"},"attributes":{"round_mode":["string","up"],"saturate":["int",1]}},
    ],
    "Ceil": [
      {"since":6,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"}},
      {"since":13,"types":{"T":"types4"}},
    ],
    "Celu": [
      {"since":12,"inputs":["X:float32"],"outputs":["Y:float32"],"attributes":{"alpha":["float",1]}},
    ],
    "CenterCropPad": [
      {"since":18,"inputs":["input_data:T","shape:Tind"],"outputs":["output_data:T"],"types":{"T":"types18","Tind":"types10"},"attributes":{"axes":["ints"]}},
    ],
    "Clip": [
      {"since":6,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"},"attributes":{"max":["float",3.4028235e+38],"min":["float",-3.4028235e+38]}},
      {"since":11,"inputs":["input:T","min?:T","max?:T"],"attributes":{}},
      {"since":12,"types":{"T":"types1"}},
      {"since":13,"types":{"T":"types2"}},
    ],
    "Col2Im": [
      {"since":18,"inputs":["input:T","image_shape:int64","block_shape:int64"],"outputs":["output:T"],"types":{"T":"types18"},"attributes":{"dilations":["ints"],"pads":["ints"],"strides":["ints"]}},
    ],
    "Compress": [
      {"since":9,"inputs":["input:T","condition:bool"],"outputs":["output:T"],"types":{"T":"types19"},"attributes":{"axis":["int"]}},
      {"since":11},
    ],
    "Concat": [
      {"since":4,"inputs":["inputs*:T"],"outputs":["concat_result:T"],"least":1,"types":{"T":"types19"},"attributes":{"axis":["int!"]}},
      {"since":11},
      {"since":13,"types":{"T":"types18"}},
    ],
    "ConcatFromSequence": [
      {"since":11,"inputs":["input_sequence:S"],"outputs":["concat_result:T"],"types":{"S":"types20","T":"types19"},"attributes":{"axis":["int!"],"new_axis":["int",0]}},
    ],
    "Constant": [
      {"since":1,"outputs":["output:T"],"types":{"T":"types3"},"attributes":{"value":["tensor!"]}},
      {"since":9,"types":{"T":"types19"}},
      {"since":11,"attributes":{"sparse_value":["opaque"],"value":["tensor"]}},
      {"since":12,"attributes":{"sparse_value":["opaque"],"value":["tensor"],"value_float":["float"],"value_floats":["floats"],"value_int":["int"],"value_ints":["ints"],"value_string":["string"],"value_strings":["strings"]}},
      {"since":13,"types":{"T":"types18"}},
      {"since":19,"types":{"T":"types21"}},
      {"since":21,"types":{"T":"types22"}},
      {"since":23,"types":{"T":"types23"}},
      {"since":24,"types":{"T":"types24"}},
    ],
    "ConstantOfShape": [
      {"since":9,"inputs":["input:int64"],"outputs":["output:T2"],"types":{"T2":"types11"},"attributes":{"value":["tensor"]}},
      {"since":20,"types":{"T2":"types25"}},
      {"since":21,"types":{"T2":"types26"}},
      {"since":23,"types":{"T2":"types27"}},
      {"since":24,"types":{"T2":"types28"}},
    ],
    "Conv": [
      {"since":1,"inputs":["X:T","W:T","B?:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"auto_pad":["string","NOTSET"],"dilations":["ints"],"group":["int",1],"kernel_shape":["ints"],"pads":["ints"],"strides":["ints"]}},
      {"since":11},
      {"since":22,"types":{"T":"types4"}},
    ],
    "ConvInteger": [
      {"since":10,"inputs":["x:T1","w:T2","x_zero_point?:T1","w_zero_point?:T2"],"outputs":["y:int32"],"types":{"T1":"types29","T2":"types29"},"attributes":{"auto_pad":["string","NOTSET"],"dilations":["ints"],"group":["int",1],"kernel_shape":["ints"],"pads":["ints"],"strides":["ints"]}},
    ],
    "ConvTranspose": [
      {"since":1,"inputs":["X:T","W:T","B?:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"auto_pad":["string","NOTSET"],"dilations":["ints"],"group":["int",1],"kernel_shape":["ints"],"output_padding":["ints"],"output_shape":["ints"],"pads":["ints"],"strides":["ints"]}},
      {"since":11},
      {"since":22,"types":{"T":"types4"}},
    ],
    "Cos": [
      {"since":7,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "Cosh": [
      {"since":9,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "CumSum": [
      {"since":11,"inputs":["x:T","axis:T2"],"outputs":["y:T"],"types":{"T":"types30","T2":"types10"},"attributes":{"exclusive":["int",0],"reverse":["int",0]}},
      {"since":14,"types":{"T":"types6","T2":"types10"}},
    ],
    "DFT": [
      {"since":17,"inputs":["input:T1","dft_length?:T2"],"outputs":["output:T1"],"types":{"T1":"types4","T2":"types10"},"attributes":{"axis":["int",1],"inverse":["int",0],"onesided":["int",0]}},
      {"since":20,"inputs":["input:T1","dft_length?:T2","axis?:int64"],"attributes":{"inverse":["int",0],"onesided":["int",0]}},
    ],
    "DeformConv": [
      {"since":19,"inputs":["X:T","W:T","offset:T","B?:T","mask?:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"dilations":["ints"],"group":["int",1],"kernel_shape":["ints"],"offset_group":["int",1],"pads":["ints"],"strides":["ints"]}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "DepthToSpace": [
      {"since":1,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types19"},"attributes":{"blocksize":["int!"]}},
      {"since":11,"attributes":{"blocksize":["int!"],"mode":["string","DCR"]}},
      {"since":13,"types":{"T":"types18"}},
    ],
    "DequantizeLinear": [
      {"since":10,"inputs":["x:T","x_scale:float32","x_zero_point?:T"],"outputs":["y:float32"],"types":{"T":"types31"}},
      {"since":13,"attributes":{"axis":["int",1]}},
      {"since":19,"inputs":["x:T1","x_scale:T2","x_zero_point?:T1"],"outputs":["y:T2"],"types":{"T1":"types32","T2":"types33"}},
      {"since":21,"types":{"T1":"types34","T2":"types33"},"attributes":{"axis":["int",1],"block_size":["int",0]}},
      {"since":23,"outputs":["y:T3"],"types":{"T1":"types35","T2":"types33","T3":"types33"},"attributes":{"axis":["int",1],"block_size":["int",0],"output_dtype":["int",0]}},
      {"since":24,"types":{"T1":"types35","T2":"types36","T3":"types33"}},
    ],
    "Det": [
      {"since":11,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "Div": [
      {"since":7,"inputs":["A:T","B:T"],"outputs":["C:T"],"types":{"T":"types5"}},
      {"since":13,"types":{"T":"types6"}},
      {"since":14,"types":{"T":"types2"}},
    ],
    "Dropout": [
      {"since":7,"inputs":["data:T"],"outputs":["output:T","mask?:T"],"types":{"T":"types3"},"attributes":{"ratio":["float",0.5]}},
      {"since":10,"outputs":["output:T","mask?:bool"]},
      {"since":12,"inputs":["data:T","ratio?:T1","training_mode?:bool"],"types":{"T":"types3","T1":"types3"},"attributes":{"seed":["int"]}},
      {"since":13,"types":{"T":"types4","T1":"types3"}},
      {"since":22,"types":{"T":"types37","T1":"types37"}},
    ],
    "DynamicQuantizeLinear": [
      {"since":11,"inputs":["x:float32"],"outputs":["y:uint8","y_scale:float32","y_zero_point:uint8"]},
    ],
    "Einsum": [
      {"since":12,"inputs":["Inputs*:T"],"outputs":["Output:T"],"least":1,"types":{"T":"types1"},"attributes":{"equation":["string!"]}},
    ],
    "Elu": [
      {"since":6,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"alpha":["float",1]}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "Equal": [
      {"since":7,"inputs":["A:T","B:T"],"outputs":["C:bool"],"types":{"T":"types38"}},
      {"since":11,"types":{"T":"types11"}},
      {"since":13,"types":{"T":"types7"}},
      {"since":19,"types":{"T":"types13"}},
    ],
    "Erf": [
      {"since":9,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types1"}},
      {"since":13,"types":{"T":"types4"}},
    ],
    "Exp": [
      {"since":6,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"}},
      {"since":13,"types":{"T":"types4"}},
    ],
    "Expand": [
      {"since":8,"inputs":["input:T","shape:int64"],"outputs":["output:T"],"types":{"T":"types19"}},
      {"since":13,"types":{"T":"types18"}},
    ],
    "EyeLike": [
      {"since":9,"inputs":["input:T1"],"outputs":["output:T2"],"types":{"T1":"types11","T2":"types11"},"attributes":{"dtype":["int"],"k":["int",0]}},
      {"since":22,"types":{"T1":"types7","T2":"types7"}},
    ],
    "Flatten": [
      {"since":1,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"},"attributes":{"axis":["int",1]}},
      {"since":9,"types":{"T":"types19"}},
      {"since":11},
      {"since":13,"types":{"T":"types18"}},
      {"since":21,"types":{"T":"types22"}},
      {"since":23,"types":{"T":"types23"}},
      {"since":24,"types":{"T":"types24"}},
    ],
    "Floor": [
      {"since":6,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"}},
      {"since":13,"types":{"T":"types4"}},
    ],
    "GRU": [
      {"since":7,"inputs":["X:T","W:T","R:T","B?:T","sequence_lens?:int32","initial_h?:T"],"outputs":["Y?:T","Y_h?:T"],"types":{"T":"types3"},"attributes":{"activation_alpha":["floats"],"activation_beta":["floats"],"activations":["strings"],"clip":["float"],"direction":["string","forward"],"hidden_size":["int"],"linear_before_reset":["int",0]}},
      {"since":14,"attributes":{"activation_alpha":["floats"],"activation_beta":["floats"],"activations":["strings"],"clip":["float"],"direction":["string","forward"],"hidden_size":["int"],"layout":["int",0],"linear_before_reset":["int",0]}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "Gather": [
      {"since":1,"inputs":["data:T","indices:Tind"],"outputs":["output:T"],"types":{"T":"types19","Tind":"types10"},"attributes":{"axis":["int",0]}},
      {"since":11},
      {"since":13,"types":{"T":"types18","Tind":"types10"}},
    ],
    "GatherElements": [
      {"since":11,"inputs":["data:T","indices:Tind"],"outputs":["output:T"],"types":{"T":"types19","Tind":"types10"},"attributes":{"axis":["int",0]}},
      {"since":13,"types":{"T":"types18","Tind":"types10"}},
    ],
    "GatherND": [
      {"since":11,"inputs":["data:T","indices:int64"],"outputs":["output:T"],"types":{"T":"types19"}},
      {"since":12,"attributes":{"batch_dims":["int",0]}},
      {"since":13,"types":{"T":"types18"}},
    ],
    "Gelu": [
      {"since":20,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types4"},"attributes":{"approximate":["string","none"]}},
    ],
    "Gemm": [
      {"since":7,"inputs":["A:T","B:T","C:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"alpha":["float",1],"beta":["float",1],"transA":["int",0],"transB":["int",0]}},
      {"since":9,"types":{"T":"types5"}},
      {"since":11,"inputs":["A:T","B:T","C?:T"]},
      {"since":13,"types":{"T":"types6"}},
    ],
    "GlobalAveragePool": [
      {"since":1,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "GlobalLpPool": [
      {"since":2,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"p":["int",2]}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "GlobalMaxPool": [
      {"since":1,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "Greater": [
      {"since":7,"inputs":["A:T","B:T"],"outputs":["C:bool"],"types":{"T":"types3"}},
      {"since":9,"types":{"T":"types1"}},
      {"since":13,"types":{"T":"types2"}},
    ],
    "GreaterOrEqual": [
      {"since":12,"inputs":["A:T","B:T"],"outputs":["C:bool"],"types":{"T":"types1"}},
      {"since":16,"types":{"T":"types2"}},
    ],
    "GridSample": [
      {"since":16,"inputs":["X:T1","grid:T2"],"outputs":["Y:T1"],"types":{"T1":"types19","T2":"types3"},"attributes":{"align_corners":["int",0],"mode":["string","bilinear"],"padding_mode":["string","zeros"]}},
      {"since":20,"attributes":{"align_corners":["int",0],"mode":["string","linear"],"padding_mode":["string","zeros"]}},
      {"since":22,"types":{"T1":"types18","T2":"types4"}},
    ],
    "GroupNormalization": [
      {"since":18,"inputs":["X:T","scale:T","bias:T"],"outputs":["Y:T"],"types":{"T":"types4"},"attributes":{"epsilon":["float",0.00001],"num_groups":["int!"]},"deprecated":true},
      {"since":21,"attributes":{"epsilon":["float",0.00001],"num_groups":["int!"],"stash_type":["int",1]},"deprecated":false},
    ],
    "HammingWindow": [
      {"since":17,"inputs":["size:T1"],"outputs":["output:T2"],"types":{"T1":"types10","T2":"types2"},"attributes":{"output_datatype":["int",1],"periodic":["int",1]}},
    ],
    "HannWindow": [
      {"since":17,"inputs":["size:T1"],"outputs":["output:T2"],"types":{"T1":"types10","T2":"types2"},"attributes":{"output_datatype":["int",1],"periodic":["int",1]}},
    ],
    "HardSigmoid": [
      {"since":6,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"alpha":["float",0.2],"beta":["float",0.5]}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "HardSwish": [
      {"since":14,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "Hardmax": [
      {"since":1,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"},"attributes":{"axis":["int",1]}},
      {"since":11},
      {"since":13,"types":{"T":"types4"},"attributes":{"axis":["int",-1]}},
    ],
    "Identity": [
      {"since":1,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types19"}},
      {"since":13,"types":{"T":"types18"}},
      {"since":14,"inputs":["input:V"],"outputs":["output:V"],"types":{"V":"types39"}},
      {"since":16,"types":{"V":"types40"}},
      {"since":19,"types":{"V":"types41"}},
      {"since":21,"types":{"V":"types42"}},
      {"since":23,"types":{"V":"types43"}},
      {"since":24,"types":{"V":"types44"}},
    ],
    "If": [
      {"since":1,"inputs":["cond:bool"],"outputs":["outputs*~:V"],"types":{"V":"types19"},"attributes":{"else_branch":["graph!"],"then_branch":["graph!"]}},
      {"since":11},
      {"since":13,"types":{"V":"types45"}},
      {"since":16,"types":{"V":"types46"}},
      {"since":19,"types":{"V":"types47"}},
      {"since":21,"types":{"V":"types48"}},
      {"since":23,"types":{"V":"types49"}},
      {"since":24,"types":{"V":"types50"}},
    ],
    "ImageDecoder": [
      {"since":20,"inputs":["encoded_stream:uint8"],"outputs":["image:uint8"],"attributes":{"pixel_format":["string","RGB"]}},
    ],
    "InstanceNormalization": [
      {"since":6,"inputs":["input:T","scale:T","B:T"],"outputs":["output:T"],"types":{"T":"types3"},"attributes":{"epsilon":["float",0.00001]}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "IsInf": [
      {"since":10,"inputs":["X:T1"],"outputs":["Y:bool"],"types":{"T1":"types51"},"attributes":{"detect_negative":["int",1],"detect_positive":["int",1]}},
      {"since":20,"types":{"T1":"types37"}},
    ],
    "IsNaN": [
      {"since":9,"inputs":["X:T1"],"outputs":["Y:bool"],"types":{"T1":"types3"}},
      {"since":13,"types":{"T1":"types4"}},
      {"since":20,"types":{"T1":"types37"}},
    ],
    "LRN": [
      {"since":1,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"alpha":["float",0.0001],"beta":["float",0.75],"bias":["float",1],"size":["int!"]}},
      {"since":13,"types":{"T":"types4"}},
    ],
    "LSTM": [
      {"since":7,"inputs":["X:T","W:T","R:T","B?:T","sequence_lens?:int32","initial_h?:T","initial_c?:T","P?:T"],"outputs":["Y?:T","Y_h?:T","Y_c?:T"],"types":{"T":"types3"},"attributes":{"activation_alpha":["floats"],"activation_beta":["floats"],"activations":["strings"],"clip":["float"],"direction":["string","forward"],"hidden_size":["int"],"input_forget":["int",0]}},
      {"since":14,"attributes":{"activation_alpha":["floats"],"activation_beta":["floats"],"activations":["strings"],"clip":["float"],"direction":["string","forward"],"hidden_size":["int"],"input_forget":["int",0],"layout":["int",0]}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "LayerNormalization": [
      {"since":17,"inputs":["X:T","Scale:T","B?:T"],"outputs":["Y:T","Mean?:U","InvStdDev?:U"],"types":{"T":"types4","U":"types52"},"attributes":{"axis":["int",-1],"epsilon":["float",0.00001],"stash_type":["int",1]}},
    ],
    "LeakyRelu": [
      {"since":6,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"alpha":["float",0.01]}},
      {"since":16,"types":{"T":"types4"}},
    ],
    "Less": [
      {"since":7,"inputs":["A:T","B:T"],"outputs":["C:bool"],"types":{"T":"types3"}},
      {"since":9,"types":{"T":"types1"}},
      {"since":13,"types":{"T":"types2"}},
    ],
    "LessOrEqual": [
      {"since":12,"inputs":["A:T","B:T"],"outputs":["C:bool"],"types":{"T":"types1"}},
      {"since":16,"types":{"T":"types2"}},
    ],
    "Log": [
      {"since":6,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"}},
      {"since":13,"types":{"T":"types4"}},
    ],
    "LogSoftmax": [
      {"since":1,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"},"attributes":{"axis":["int",1]}},
      {"since":11},
      {"since":13,"types":{"T":"types4"},"attributes":{"axis":["int",-1]}},
    ],
    "Loop": [
      {"since":1,"inputs":["M?:int64","cond?:bool","v_initial*~:V"],"outputs":["v_final_and_scan_outputs*~:V"],"least":3,"types":{"V":"types19"},"attributes":{"body":["graph!"]}},
      {"since":11,"least":2},
      {"since":13,"types":{"V":"types45"}},
      {"since":16,"types":{"V":"types46"}},
      {"since":19,"types":{"V":"types47"}},
      {"since":21,"types":{"V":"types48"}},
      {"since":23,"types":{"V":"types49"}},
      {"since":24,"types":{"V":"types50"}},
    ],
    "LpNormalization": [
      {"since":1,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"},"attributes":{"axis":["int",-1],"p":["int",2]}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "LpPool": [
      {"since":2,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"auto_pad":["string","NOTSET"],"kernel_shape":["ints!"],"p":["int",2],"pads":["ints"],"strides":["ints"]}},
      {"since":11},
      {"since":18,"attributes":{"auto_pad":["string","NOTSET"],"ceil_mode":["int",0],"dilations":["ints"],"kernel_shape":["ints!"],"p":["int",2],"pads":["ints"],"strides":["ints"]}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "MatMul": [
      {"since":1,"inputs":["A:T","B:T"],"outputs":["Y:T"],"types":{"T":"types3"}},
      {"since":9,"types":{"T":"types5"}},
      {"since":13,"types":{"T":"types6"}},
    ],
    "MatMulInteger": [
      {"since":10,"inputs":["A:T1","B:T2","a_zero_point?:T1","b_zero_point?:T2"],"outputs":["Y:int32"],"types":{"T1":"types29","T2":"types29"}},
    ],
    "Max": [
      {"since":6,"inputs":["data_0*:T"],"outputs":["max:T"],"least":1,"types":{"T":"types3"}},
      {"since":8},
      {"since":12,"types":{"T":"types1"}},
      {"since":13,"types":{"T":"types2"}},
    ],
    "MaxPool": [
      {"since":1,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"auto_pad":["string","NOTSET"],"kernel_shape":["ints!"],"pads":["ints"],"strides":["ints"]}},
      {"since":8,"outputs":["Y:T","Indices?:int64"],"attributes":{"auto_pad":["string","NOTSET"],"kernel_shape":["ints!"],"pads":["ints"],"storage_order":["int",0],"strides":["ints"]}},
      {"since":10,"attributes":{"auto_pad":["string","NOTSET"],"ceil_mode":["int",0],"dilations":["ints"],"kernel_shape":["ints!"],"pads":["ints"],"storage_order":["int",0],"strides":["ints"]}},
      {"since":11},
      {"since":12,"types":{"T":"types53"}},
      {"since":22,"types":{"T":"types54"}},
    ],
    "MaxRoiPool": [
      {"since":1,"inputs":["X:T","rois:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"pooled_shape":["ints!"],"spatial_scale":["float",1]}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "MaxUnpool": [
      {"since":9,"inputs":["X:T1","I:int64","output_shape?:int64"],"outputs":["output:T1"],"types":{"T1":"types3"},"attributes":{"kernel_shape":["ints!"],"pads":["ints"],"strides":["ints"]}},
      {"since":11},
      {"since":22,"types":{"T1":"types4"}},
    ],
    "Mean": [
      {"since":6,"inputs":["data_0*:T"],"outputs":["mean:T"],"least":1,"types":{"T":"types3"}},
      {"since":8},
      {"since":13,"types":{"T":"types4"}},
    ],
    "MeanVarianceNormalization": [
      {"since":9,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"axes":["ints",[0,2,3]]}},
      {"since":13,"types":{"T":"types4"}},
    ],
    "MelWeightMatrix": [
      {"since":17,"inputs":["num_mel_bins:T1","dft_length:T1","sample_rate:T1","lower_edge_hertz:T2","upper_edge_hertz:T2"],"outputs":["output:T3"],"types":{"T1":"types10","T2":"types4","T3":"types2"},"attributes":{"output_datatype":["int",1]}},
    ],
    "Min": [
      {"since":6,"inputs":["data_0*:T"],"outputs":["min:T"],"least":1,"types":{"T":"types3"}},
      {"since":8},
      {"since":12,"types":{"T":"types1"}},
      {"since":13,"types":{"T":"types2"}},
    ],
    "Mish": [
      {"since":18,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "Mod": [
      {"since":10,"inputs":["A:T","B:T"],"outputs":["C:T"],"types":{"T":"types1"},"attributes":{"fmod":["int",0]}},
      {"since":13,"types":{"T":"types2"}},
    ],
    "Mul": [
      {"since":7,"inputs":["A:T","B:T"],"outputs":["C:T"],"types":{"T":"types5"}},
      {"since":13,"types":{"T":"types6"}},
      {"since":14,"types":{"T":"types2"}},
    ],
    "Multinomial": [
      {"since":7,"inputs":["input:T1"],"outputs":["output:T2"],"types":{"T1":"types3","T2":"types10"},"attributes":{"dtype":["int",6],"sample_size":["int",1],"seed":["float"]}},
      {"since":22,"types":{"T1":"types4","T2":"types10"}},
    ],
    "Neg": [
      {"since":6,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types55"}},
      {"since":13,"types":{"T":"types56"}},
    ],
    "NegativeLogLikelihoodLoss": [
      {"since":12,"inputs":["input:T","target:Tind","weight?:T"],"outputs":["loss:T"],"types":{"T":"types3","Tind":"types10"},"attributes":{"ignore_index":["int"],"reduction":["string","mean"]}},
      {"since":13},
      {"since":22,"types":{"T":"types4","Tind":"types10"}},
    ],
    "NonMaxSuppression": [
      {"since":10,"inputs":["boxes:float32","scores:float32","max_output_boxes_per_class?:int64","iou_threshold?:float32","score_threshold?:float32"],"outputs":["selected_indices:int64"],"attributes":{"center_point_box":["int",0]}},
      {"since":11},
    ],
    "NonZero": [
      {"since":9,"inputs":["X:T"],"outputs":["Y:int64"],"types":{"T":"types19"}},
      {"since":13,"types":{"T":"types18"}},
    ],
    "Not": [
      {"since":1,"inputs":["X:bool"],"outputs":["Y:bool"]},
    ],
    "OneHot": [
      {"since":9,"inputs":["indices:T1","depth:T2","values:T3"],"outputs":["output:T3"],"types":{"T1":"types1","T2":"types1","T3":"types19"},"attributes":{"axis":["int",-1]}},
      {"since":11},
    ],
    "Optional": [
      {"since":15,"inputs":["input?:V"],"outputs":["output:O"],"types":{"O":"types57","V":"types45"},"attributes":{"type":["opaque"]}},
    ],
    "OptionalGetElement": [
      {"since":15,"inputs":["input:O"],"outputs":["output:V"],"types":{"O":"types57","V":"types45"}},
      {"since":18,"types":{"O":"types58","V":"types45"}},
    ],
    "OptionalHasElement": [
      {"since":15,"inputs":["input:O"],"outputs":["output:bool"],"types":{"O":"types57"}},
      {"since":18,"inputs":["input?:O"],"types":{"O":"types58"}},
    ],
    "Or": [
      {"since":7,"inputs":["A:bool","B:bool"],"outputs":["C:bool"]},
    ],
    "PRelu": [
      {"since":7,"inputs":["X:T","slope:T"],"outputs":["Y:T"],"types":{"T":"types3"}},
      {"since":9,"types":{"T":"types5"}},
      {"since":16,"types":{"T":"types6"}},
    ],
    "Pad": [
      {"since":2,"inputs":["data:T"],"outputs":["output:T"],"types":{"T":"types3"},"attributes":{"mode":["string","constant"],"pads":["ints!"],"value":["float",0]}},
      {"since":11,"inputs":["data:T","pads:int64","constant_value?:T"],"types":{"T":"types1"},"attributes":{"mode":["string","constant"]}},
      {"since":13,"types":{"T":"types18"}},
      {"since":18,"inputs":["data:T","pads:int64","constant_value?:T","axes?:Tind"],"types":{"T":"types18","Tind":"types10"}},
      {"since":19},
      {"since":21,"types":{"T":"types22","Tind":"types10"}},
      {"since":23,"types":{"T":"types23","Tind":"types10"}},
      {"since":24,"types":{"T":"types24","Tind":"types10"}},
    ],
    "Pow": [
      {"since":7,"inputs":["X:T","Y:T"],"outputs":["Z:T"],"types":{"T":"types3"}},
      {"since":12,"inputs":["X:T","Y:T1"],"types":{"T":"types59","T1":"types1"}},
      {"since":13,"types":{"T":"types60","T1":"types1"}},
      {"since":15,"types":{"T":"types60","T1":"types2"}},
    ],
    "QLinearConv": [
      {"since":10,"inputs":["x:T1","x_scale:float32","x_zero_point:T1","w:T2","w_scale:float32","w_zero_point:T2","y_scale:float32","y_zero_point:T3","B?:int32"],"outputs":["y:T3"],"types":{"T1":"types29","T2":"types29","T3":"types29"},"attributes":{"auto_pad":["string","NOTSET"],"dilations":["ints"],"group":["int",1],"kernel_shape":["ints"],"pads":["ints"],"strides":["ints"]}},
    ],
    "QLinearMatMul": [
      {"since":10,"inputs":["a:T1","a_scale:float32","a_zero_point:T1","b:T2","b_scale:float32","b_zero_point:T2","y_scale:float32","y_zero_point:T3"],"outputs":["y:T3"],"types":{"T1":"types29","T2":"types29","T3":"types29"}},
      {"since":21,"inputs":["a:T1","a_scale:TS","a_zero_point:T1","b:T2","b_scale:TS","b_zero_point:T2","y_scale:TS","y_zero_point:T3"],"types":{"T1":"types61","T2":"types61","T3":"types61","TS":"types33"}},
    ],
    "QuantizeLinear": [
      {"since":10,"inputs":["x:T1","y_scale:float32","y_zero_point?:T2"],"outputs":["y:T2"],"types":{"T1":"types62","T2":"types29"}},
      {"since":13,"attributes":{"axis":["int",1]}},
      {"since":19,"inputs":["x:T1","y_scale:T1","y_zero_point?:T2"],"types":{"T1":"types63","T2":"types61"},"attributes":{"axis":["int",1],"saturate":["int",1]}},
      {"since":21,"types":{"T1":"types63","T2":"types64"},"attributes":{"axis":["int",1],"block_size":["int",0],"output_dtype":["int",0],"saturate":["int",1]}},
      {"since":23,"inputs":["x:T1","y_scale:T2","y_zero_point?:T3"],"outputs":["y:T3"],"types":{"T1":"types63","T2":"types63","T3":"types65"},"attributes":{"axis":["int",1],"block_size":["int",0],"output_dtype":["int",0],"precision":["int",0],"saturate":["int",1]}},
      {"since":24,"types":{"T1":"types63","T2":"types66","T3":"types65"}},
    ],
    "RMSNormalization": [
      {"since":23,"inputs":["X:T","scale:V"],"outputs":["Y:V"],"types":{"T":"types4","V":"types4"},"attributes":{"axis":["int",-1],"epsilon":["float",0.00001],"stash_type":["int",1]}},
    ],
    "RNN": [
      {"since":7,"inputs":["X:T","W:T","R:T","B?:T","sequence_lens?:int32","initial_h?:T"],"outputs":["Y?:T","Y_h?:T"],"types":{"T":"types3"},"attributes":{"activation_alpha":["floats"],"activation_beta":["floats"],"activations":["strings",["Tanh","Tanh"]],"clip":["float"],"direction":["string","forward"],"hidden_size":["int"]}},
      {"since":14,"attributes":{"activation_alpha":["floats"],"activation_beta":["floats"],"activations":["strings",["Tanh","Tanh"]],"clip":["float"],"direction":["string","forward"],"hidden_size":["int"],"layout":["int",0]}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "RandomNormal": [
      {"since":1,"outputs":["output:T"],"types":{"T":"types3"},"attributes":{"dtype":["int",1],"mean":["float",0],"scale":["float",1],"seed":["float"],"shape":["ints!"]}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "RandomNormalLike": [
      {"since":1,"inputs":["input:T1"],"outputs":["output:T2"],"types":{"T1":"types19","T2":"types3"},"attributes":{"dtype":["int"],"mean":["float",0],"scale":["float",1],"seed":["float"]}},
      {"since":22,"types":{"T1":"types18","T2":"types4"}},
    ],
    "RandomUniform": [
      {"since":1,"outputs":["output:T"],"types":{"T":"types3"},"attributes":{"dtype":["int",1],"high":["float",1],"low":["float",0],"seed":["float"],"shape":["ints!"]}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "RandomUniformLike": [
      {"since":1,"inputs":["input:T1"],"outputs":["output:T2"],"types":{"T1":"types19","T2":"types3"},"attributes":{"dtype":["int"],"high":["float",1],"low":["float",0],"seed":["float"]}},
      {"since":22,"types":{"T1":"types18","T2":"types4"}},
    ],
    "Range": [
      {"since":11,"inputs":["start:T","limit:T","delta:T"],"outputs":["output:T"],"types":{"T":"types67"}},
    ],
    "Reciprocal": [
      {"since":6,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"}},
      {"since":13,"types":{"T":"types4"}},
    ],
    "ReduceL1": [
      {"since":1,"inputs":["data:T"],"outputs":["reduced:T"],"types":{"T":"types5"},"attributes":{"axes":["ints"],"keepdims":["int",1]}},
      {"since":11},
      {"since":13,"types":{"T":"types6"}},
      {"since":18,"inputs":["data:T","axes?:int64"],"attributes":{"keepdims":["int",1],"noop_with_empty_axes":["int",0]}},
    ],
    "ReduceL2": [
      {"since":1,"inputs":["data:T"],"outputs":["reduced:T"],"types":{"T":"types5"},"attributes":{"axes":["ints"],"keepdims":["int",1]}},
      {"since":11},
      {"since":13,"types":{"T":"types6"}},
      {"since":18,"inputs":["data:T","axes?:int64"],"attributes":{"keepdims":["int",1],"noop_with_empty_axes":["int",0]}},
    ],
    "ReduceLogSum": [
      {"since":1,"inputs":["data:T"],"outputs":["reduced:T"],"types":{"T":"types5"},"attributes":{"axes":["ints"],"keepdims":["int",1]}},
      {"since":11},
      {"since":13,"types":{"T":"types6"}},
      {"since":18,"inputs":["data:T","axes?:int64"],"attributes":{"keepdims":["int",1],"noop_with_empty_axes":["int",0]}},
    ],
    "ReduceLogSumExp": [
      {"since":1,"inputs":["data:T"],"outputs":["reduced:T"],"types":{"T":"types5"},"attributes":{"axes":["ints"],"keepdims":["int",1]}},
      {"since":11},
      {"since":13,"types":{"T":"types6"}},
      {"since":18,"inputs":["data:T","axes?:int64"],"attributes":{"keepdims":["int",1],"noop_with_empty_axes":["int",0]}},
    ],
    "ReduceMax": [
      {"since":1,"inputs":["data:T"],"outputs":["reduced:T"],"types":{"T":"types5"},"attributes":{"axes":["ints"],"keepdims":["int",1]}},
      {"since":11},
      {"since":12,"types":{"T":"types68"}},
      {"since":13,"types":{"T":"types69"}},
      {"since":18,"inputs":["data:T","axes?:int64"],"attributes":{"keepdims":["int",1],"noop_with_empty_axes":["int",0]}},
      {"since":20,"types":{"T":"types70"}},
    ],
    "ReduceMean": [
      {"since":1,"inputs":["data:T"],"outputs":["reduced:T"],"types":{"T":"types5"},"attributes":{"axes":["ints"],"keepdims":["int",1]}},
      {"since":11},
      {"since":13,"types":{"T":"types6"}},
      {"since":18,"inputs":["data:T","axes?:int64"],"attributes":{"keepdims":["int",1],"noop_with_empty_axes":["int",0]}},
    ],
    "ReduceMin": [
      {"since":1,"inputs":["data:T"],"outputs":["reduced:T"],"types":{"T":"types5"},"attributes":{"axes":["ints"],"keepdims":["int",1]}},
      {"since":11},
      {"since":12,"types":{"T":"types68"}},
      {"since":13,"types":{"T":"types69"}},
      {"since":18,"inputs":["data:T","axes?:int64"],"attributes":{"keepdims":["int",1],"noop_with_empty_axes":["int",0]}},
      {"since":20,"types":{"T":"types70"}},
    ],
    "ReduceProd": [
      {"since":1,"inputs":["data:T"],"outputs":["reduced:T"],"types":{"T":"types5"},"attributes":{"axes":["ints"],"keepdims":["int",1]}},
      {"since":11},
      {"since":13,"types":{"T":"types6"}},
      {"since":18,"inputs":["data:T","axes?:int64"],"attributes":{"keepdims":["int",1],"noop_with_empty_axes":["int",0]}},
    ],
    "ReduceSum": [
      {"since":1,"inputs":["data:T"],"outputs":["reduced:T"],"types":{"T":"types5"},"attributes":{"axes":["ints"],"keepdims":["int",1]}},
      {"since":11},
      {"since":13,"inputs":["data:T","axes?:int64"],"types":{"T":"types6"},"attributes":{"keepdims":["int",1],"noop_with_empty_axes":["int",0]}},
    ],
    "ReduceSumSquare": [
      {"since":1,"inputs":["data:T"],"outputs":["reduced:T"],"types":{"T":"types5"},"attributes":{"axes":["ints"],"keepdims":["int",1]}},
      {"since":11},
      {"since":13,"types":{"T":"types6"}},
      {"since":18,"inputs":["data:T","axes?:int64"],"attributes":{"keepdims":["int",1],"noop_with_empty_axes":["int",0]}},
    ],
    "RegexFullMatch": [
      {"since":20,"inputs":["X:string"],"outputs":["Y:bool"],"attributes":{"pattern":["string"]}},
    ],
    "Relu": [
      {"since":6,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"}},
      {"since":13,"types":{"T":"types4"}},
      {"since":14,"types":{"T":"types56"}},
    ],
    "Reshape": [
      {"since":5,"inputs":["data:T","shape:int64"],"outputs":["reshaped:T"],"types":{"T":"types19"}},
      {"since":13,"types":{"T":"types18"}},
      {"since":14,"attributes":{"allowzero":["int",0]}},
      {"since":19,"types":{"T":"types21"}},
      {"since":21,"types":{"T":"types22"}},
      {"since":23,"types":{"T":"types23"}},
      {"since":24,"types":{"T":"types24"}},
    ],
    "Resize": [
      {"since":10,"inputs":["X:T","scales:float32"],"outputs":["Y:T"],"types":{"T":"types19"},"attributes":{"mode":["string","nearest"]}},
      {"since":11,"inputs":["X:T1","roi:T2","scales:float32","sizes?:int64"],"outputs":["Y:T1"],"types":{"T1":"types19","T2":"types3"},"attributes":{"coordinate_transformation_mode":["string","half_pixel"],"cubic_coeff_a":["float",-0.75],"exclude_outside":["int",0],"extrapolation_value":["float",0],"mode":["string","nearest"],"nearest_mode":["string","round_prefer_floor"]}},
      {"since":13,"inputs":["X:T1","roi?:T2","scales?:float32","sizes?:int64"],"types":{"T1":"types18","T2":"types3"}},
      {"since":18,"attributes":{"antialias":["int",0],"axes":["ints"],"coordinate_transformation_mode":["string","half_pixel"],"cubic_coeff_a":["float",-0.75],"exclude_outside":["int",0],"extrapolation_value":["float",0],"keep_aspect_ratio_policy":["string","stretch"],"mode":["string","nearest"],"nearest_mode":["string","round_prefer_floor"]}},
      {"since":19},
    ],
    "ReverseSequence": [
      {"since":10,"inputs":["input:T","sequence_lens:int64"],"outputs":["Y:T"],"types":{"T":"types19"},"attributes":{"batch_axis":["int",1],"time_axis":["int",0]}},
    ],
    "RoiAlign": [
      {"since":10,"inputs":["X:T1","rois:T1","batch_indices:int64"],"outputs":["Y:T1"],"types":{"T1":"types3"},"attributes":{"mode":["string","avg"],"output_height":["int",1],"output_width":["int",1],"sampling_ratio":["int",0],"spatial_scale":["float",1]}},
      {"since":16,"attributes":{"coordinate_transformation_mode":["string","half_pixel"],"mode":["string","avg"],"output_height":["int",1],"output_width":["int",1],"sampling_ratio":["int",0],"spatial_scale":["float",1]}},
      {"since":22,"types":{"T1":"types4"}},
    ],
    "RotaryEmbedding": [
      {"since":23,"inputs":["X:T","cos_cache:T","sin_cache:T","position_ids?:int64"],"outputs":["Y:T"],"types":{"T":"types33"},"attributes":{"interleaved":["int",0],"num_heads":["int"],"rotary_embedding_dim":["int",0]}},
    ],
    "Round": [
      {"since":11,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "STFT": [
      {"since":17,"inputs":["signal:T1","frame_step:T2","window?:T1","frame_length?:T2"],"outputs":["output:T1"],"types":{"T1":"types4","T2":"types10"},"attributes":{"onesided":["int",1]}},
    ],
    "Scan": [
      {"since":8,"inputs":["sequence_lens?:int64","initial_state_and_scan_inputs*~:V"],"outputs":["final_state_and_scan_outputs*~:V"],"least":2,"types":{"V":"types19"},"attributes":{"body":["graph!"],"directions":["ints"],"num_scan_inputs":["int!"]}},
      {"since":9,"inputs":["initial_state_and_scan_inputs*~:V"],"least":1,"attributes":{"body":["graph!"],"num_scan_inputs":["int!"],"scan_input_axes":["ints"],"scan_input_directions":["ints"],"scan_output_axes":["ints"],"scan_output_directions":["ints"]}},
      {"since":11},
      {"since":16,"types":{"V":"types18"}},
      {"since":19,"types":{"V":"types21"}},
      {"since":21,"types":{"V":"types22"}},
      {"since":23,"types":{"V":"types23"}},
      {"since":24,"types":{"V":"types24"}},
    ],
    "Scatter": [
      {"since":9,"inputs":["data:T","indices:Tind","updates:T"],"outputs":["output:T"],"types":{"T":"types19","Tind":"types10"},"attributes":{"axis":["int",0]}},
      {"since":11,"deprecated":true},
    ],
    "ScatterElements": [
      {"since":11,"inputs":["data:T","indices:Tind","updates:T"],"outputs":["output:T"],"types":{"T":"types19","Tind":"types10"},"attributes":{"axis":["int",0]}},
      {"since":13,"types":{"T":"types18","Tind":"types10"}},
      {"since":16,"attributes":{"axis":["int",0],"reduction":["string","none"]}},
      {"since":18},
    ],
    "ScatterND": [
      {"since":11,"inputs":["data:T","indices:int64","updates:T"],"outputs":["output:T"],"types":{"T":"types19"}},
      {"since":13,"types":{"T":"types18"}},
      {"since":16,"attributes":{"reduction":["string","none"]}},
      {"since":18},
    ],
    "Selu": [
      {"since":6,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"alpha":["float",1.6732632],"gamma":["float",1.050701]}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "SequenceAt": [
      {"since":11,"inputs":["input_sequence:S","position:I"],"outputs":["tensor:T"],"types":{"I":"types10","S":"types20","T":"types19"}},
    ],
    "SequenceConstruct": [
      {"since":11,"inputs":["inputs*:T"],"outputs":["output_sequence:S"],"least":1,"types":{"S":"types20","T":"types19"}},
    ],
    "SequenceEmpty": [
      {"since":11,"outputs":["output:S"],"types":{"S":"types20"},"attributes":{"dtype":["int"]}},
    ],
    "SequenceErase": [
      {"since":11,"inputs":["input_sequence:S","position?:I"],"outputs":["output_sequence:S"],"types":{"I":"types10","S":"types20"}},
    ],
    "SequenceInsert": [
      {"since":11,"inputs":["input_sequence:S","tensor:T","position?:I"],"outputs":["output_sequence:S"],"types":{"I":"types10","S":"types20","T":"types19"}},
    ],
    "SequenceLength": [
      {"since":11,"inputs":["input_sequence:S"],"outputs":["length:int64"],"types":{"S":"types20"}},
    ],
    "SequenceMap": [
      {"since":17,"inputs":["input_sequence:S","additional_inputs*~:V"],"outputs":["out_sequence*~:S"],"least":1,"types":{"S":"types20","V":"types45"},"attributes":{"body":["graph!"]}},
    ],
    "Shape": [
      {"since":1,"inputs":["data:T"],"outputs":["shape:int64"],"types":{"T":"types19"}},
      {"since":13,"types":{"T":"types18"}},
      {"since":15,"attributes":{"end":["int"],"start":["int",0]}},
      {"since":19,"types":{"T":"types21"}},
      {"since":21,"types":{"T":"types22"}},
      {"since":23,"types":{"T":"types23"}},
      {"since":24,"types":{"T":"types24"}},
    ],
    "Shrink": [
      {"since":9,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types1"},"attributes":{"bias":["float",0],"lambd":["float",0.5]}},
    ],
    "Sigmoid": [
      {"since":6,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"}},
      {"since":13,"types":{"T":"types4"}},
    ],
    "Sign": [
      {"since":9,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types1"}},
      {"since":13,"types":{"T":"types2"}},
    ],
    "SimplifiedLayerNormalization": [
      {"since":1,"inputs":["X:T","scale:V"],"outputs":["Y:V","inv_std_var?:U"],"types":{"T":"types4","U":"types51","V":"types4"},"attributes":{"axis":["int",-1],"epsilon":["float",0.00001],"stash_type":["int",1]}},
    ],
    "Sin": [
      {"since":7,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "Sinh": [
      {"since":9,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "Size": [
      {"since":1,"inputs":["data:T"],"outputs":["size:int64"],"types":{"T":"types19"}},
      {"since":13,"types":{"T":"types18"}},
      {"since":19,"types":{"T":"types21"}},
      {"since":21,"types":{"T":"types22"}},
      {"since":23,"types":{"T":"types23"}},
      {"since":24,"types":{"T":"types24"}},
    ],
    "Slice": [
      {"since":1,"inputs":["data:T"],"outputs":["output:T"],"types":{"T":"types19"},"attributes":{"axes":["ints"],"ends":["ints!"],"starts":["ints!"]}},
      {"since":10,"inputs":["data:T","starts:Tind","ends:Tind","axes?:Tind","steps?:Tind"],"types":{"T":"types19","Tind":"types10"},"attributes":{}},
      {"since":11},
      {"since":13,"types":{"T":"types18","Tind":"types10"}},
    ],
    "Softmax": [
      {"since":1,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"},"attributes":{"axis":["int",1]}},
      {"since":11},
      {"since":13,"types":{"T":"types4"},"attributes":{"axis":["int",-1]}},
    ],
    "SoftmaxCrossEntropyLoss": [
      {"since":12,"inputs":["scores:T","labels:Tind","weights?:T"],"outputs":["output:T","log_prob?:T"],"types":{"T":"types3","Tind":"types10"},"attributes":{"ignore_index":["int"],"reduction":["string","mean"]}},
      {"since":13,"types":{"T":"types4","Tind":"types10"}},
    ],
    "Softplus": [
      {"since":1,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "Softsign": [
      {"since":1,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "SpaceToDepth": [
      {"since":1,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types19"},"attributes":{"blocksize":["int!"]}},
      {"since":13,"types":{"T":"types18"}},
    ],
    "Split": [
      {"since":2,"inputs":["input:T"],"outputs":["outputs*:T"],"types":{"T":"types19"},"attributes":{"axis":["int",0],"split":["ints"]}},
      {"since":11},
      {"since":13,"inputs":["input:T","split?:int64"],"types":{"T":"types18"},"attributes":{"axis":["int",0]}},
      {"since":18,"attributes":{"axis":["int",0],"num_outputs":["int"]}},
    ],
    "SplitToSequence": [
      {"since":11,"inputs":["input:T","split?:I"],"outputs":["output_sequence:S"],"types":{"I":"types10","S":"types20","T":"types19"},"attributes":{"axis":["int",0],"keepdims":["int",1]}},
      {"since":24,"types":{"I":"types10","S":"types71","T":"types18"}},
    ],
    "Sqrt": [
      {"since":6,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"}},
      {"since":13,"types":{"T":"types4"}},
    ],
    "Squeeze": [
      {"since":1,"inputs":["data:T"],"outputs":["squeezed:T"],"types":{"T":"types19"},"attributes":{"axes":["ints"]}},
      {"since":11},
      {"since":13,"inputs":["data:T","axes?:int64"],"types":{"T":"types18"},"attributes":{}},
      {"since":21,"types":{"T":"types22"}},
      {"since":23,"types":{"T":"types23"}},
      {"since":24,"types":{"T":"types24"}},
    ],
    "StringConcat": [
      {"since":20,"inputs":["X:string","Y:string"],"outputs":["Z:string"]},
    ],
    "StringNormalizer": [
      {"since":10,"inputs":["X:string"],"outputs":["Y:string"],"attributes":{"case_change_action":["string","NONE"],"is_case_sensitive":["int",0],"locale":["string"],"stopwords":["strings"]}},
    ],
    "StringSplit": [
      {"since":20,"inputs":["X:string"],"outputs":["Y:string","Z:int64"],"attributes":{"delimiter":["string"],"maxsplit":["int"]}},
    ],
    "Sub": [
      {"since":7,"inputs":["A:T","B:T"],"outputs":["C:T"],"types":{"T":"types5"}},
      {"since":13,"types":{"T":"types6"}},
      {"since":14,"types":{"T":"types2"}},
    ],
    "Sum": [
      {"since":6,"inputs":["data_0*:T"],"outputs":["sum:T"],"least":1,"types":{"T":"types3"}},
      {"since":8},
      {"since":13,"types":{"T":"types4"}},
    ],
    "Swish": [
      {"since":24,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types4"},"attributes":{"alpha":["float",1]}},
    ],
    "Tan": [
      {"since":7,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "Tanh": [
      {"since":6,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types3"}},
      {"since":13,"types":{"T":"types4"}},
    ],
    "TensorScatter": [
      {"since":24,"inputs":["past_cache:T","update:T","write_indices?:int64"],"outputs":["present_cache:T"],"types":{"T":"types24"},"attributes":{"axis":["int",-2],"mode":["string","linear"]}},
    ],
    "TfIdfVectorizer": [
      {"since":9,"inputs":["X:T"],"outputs":["Y:float32"],"types":{"T":"types72"},"attributes":{"max_gram_length":["int!"],"max_skip_count":["int!"],"min_gram_length":["int!"],"mode":["string!"],"ngram_counts":["ints!"],"ngram_indexes":["ints!"],"pool_int64s":["ints"],"pool_strings":["strings"],"weights":["floats"]}},
    ],
    "ThresholdedRelu": [
      {"since":10,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"alpha":["float",1]}},
      {"since":22,"types":{"T":"types4"}},
    ],
    "Tile": [
      {"since":6,"inputs":["input:T","repeats:int64"],"outputs":["output:T"],"types":{"T":"types19"}},
      {"since":13,"types":{"T":"types18"}},
    ],
    "TopK": [
      {"since":1,"inputs":["X:T"],"outputs":["Values:T","Indices:int64"],"types":{"T":"types3"},"attributes":{"axis":["int",-1],"k":["int!"]}},
      {"since":10,"inputs":["X:T","K:int64"],"attributes":{"axis":["int",-1]}},
      {"since":11,"types":{"T":"types1"},"attributes":{"axis":["int",-1],"largest":["int",1],"sorted":["int",1]}},
      {"since":24,"types":{"T":"types2"}},
    ],
    "Transpose": [
      {"since":1,"inputs":["data:T"],"outputs":["transposed:T"],"types":{"T":"types19"},"attributes":{"perm":["ints"]}},
      {"since":13,"types":{"T":"types18"}},
      {"since":21,"types":{"T":"types22"}},
      {"since":23,"types":{"T":"types23"}},
      {"since":24,"types":{"T":"types24"}},
    ],
    "Trilu": [
      {"since":14,"inputs":["input:T","k?:int64"],"outputs":["output:T"],"types":{"T":"types18"},"attributes":{"upper":["int",1]}},
    ],
    "Unique": [
      {"since":11,"inputs":["X:T"],"outputs":["Y:T","indices?:int64","inverse_indices?:int64","counts?:int64"],"types":{"T":"types19"},"attributes":{"axis":["int"],"sorted":["int",1]}},
    ],
    "Unsqueeze": [
      {"since":1,"inputs":["data:T"],"outputs":["expanded:T"],"types":{"T":"types19"},"attributes":{"axes":["ints!"]}},
      {"since":11},
      {"since":13,"inputs":["data:T","axes:int64"],"types":{"T":"types18"},"attributes":{}},
      {"since":21,"types":{"T":"types22"}},
      {"since":23,"types":{"T":"types23"}},
      {"since":24,"types":{"T":"types24"}},
    ],
    "Upsample": [
      {"since":7,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types19"},"attributes":{"mode":["string","nearest"],"scales":["floats!"]}},
      {"since":9,"inputs":["X:T","scales:float32"],"attributes":{"mode":["string","nearest"]}},
      {"since":10,"deprecated":true},
    ],
    "Where": [
      {"since":9,"inputs":["condition:bool","X:T","Y:T"],"outputs":["output:T"],"types":{"T":"types19"}},
      {"since":16,"types":{"T":"types18"}},
    ],
    "Xor": [
      {"since":7,"inputs":["A:bool","B:bool"],"outputs":["C:bool"]},
    ],
    "ai.onnx.ml:Scaler": [
      {"since":1,"inputs":["X:T"],"outputs":["Y:float32"],"types":{"T":"types73"},"attributes":{"offset":["floats"],"scale":["floats"]}},
    ],
    "com.microsoft.nchwc:AveragePool": [
      {"since":1,"inputs":["X:float32"],"outputs":["Y:float32"],"attributes":{"auto_pad":["string","NOTSET"],"ceil_mode":["int",0],"count_include_pad":["int",0],"dilations":["ints"],"kernel_shape":["ints!"],"pads":["ints"],"strides":["ints"]}},
    ],
    "com.microsoft.nchwc:Conv": [
      {"since":1,"inputs":["X:float32","W:float32","B?:float32","Sum?:float32"],"outputs":["Y:float32"],"attributes":{"activation":["string"],"activation_params":["floats"],"auto_pad":["string","NOTSET"],"dilations":["ints"],"group":["int",1],"kernel_shape":["ints"],"pads":["ints"],"strides":["ints"]}},
    ],
    "com.microsoft.nchwc:GlobalAveragePool": [
      {"since":1,"inputs":["X:float32"],"outputs":["Y:float32"]},
    ],
    "com.microsoft.nchwc:GlobalMaxPool": [
      {"since":1,"inputs":["X:float32"],"outputs":["Y:float32"]},
    ],
    "com.microsoft.nchwc:MaxPool": [
      {"since":1,"inputs":["X:float32"],"outputs":["Y:float32"],"attributes":{"auto_pad":["string","NOTSET"],"ceil_mode":["int",0],"dilations":["ints"],"kernel_shape":["ints!"],"pads":["ints"],"storage_order":["int",0],"strides":["ints"]}},
    ],
    "com.microsoft.nchwc:ReorderInput": [
      {"since":1,"inputs":["X:float32"],"outputs":["Y:float32"],"attributes":{"channels_last":["int",0]}},
    ],
    "com.microsoft.nchwc:ReorderOutput": [
      {"since":1,"inputs":["X:float32"],"outputs":["Y:float32"],"attributes":{"channels":["int",0],"channels_last":["int",0]}},
    ],
    "com.microsoft.nchwc:Upsample": [
      {"since":1,"inputs":["X:float32"],"outputs":["Y:float32"],"attributes":{"coordinate_transformation_mode":["string","asymmetric"],"mode":["string","nearest"],"scales":["ints"]}},
    ],
    "com.microsoft:Attention": [
      {"since":1,"inputs":["input:T","weights:T","bias?:T","mask_index?:int32","past?:T","attention_bias?:T","past_sequence_length?:int32"],"outputs":["output:T","present?:T"],"types":{"T":"types33"},"attributes":{"do_rotary":["int"],"mask_filter_value":["float"],"num_heads":["int!"],"past_present_share_buffer":["int"],"qkv_hidden_sizes":["ints"],"rotary_embedding_dim":["int"],"scale":["float"],"unidirectional":["int",0]}},
    ],
    "com.microsoft:AttnLSTM": [
      {"since":1,"inputs":["X:T","W:T","R:T","B?:T","sequence_lens?:int32","initial_h?:T","initial_c?:T","P?:T","QW?:T","MW?:T","V?:T","M?:T","memory_seq_lens?:int32","AW?:T"],"outputs":["Y?:T","Y_h?:T","Y_c?:T"],"types":{"T":"types51"},"attributes":{"activation_alpha":["floats"],"activation_beta":["floats"],"activations":["strings"],"clip":["float"],"direction":["string","forward"],"hidden_size":["int"],"input_forget":["int",0]}},
    ],
    "com.microsoft:BeamSearch": [
      {"since":1,"inputs":["input_ids:F","max_length:int32","min_length?:int32","num_beams:int32","num_return_sequences:int32","length_penalty?:T","repetition_penalty?:T","vocab_mask?:int32","prefix_vocab_mask?:int32","attention_mask?:int32","decoder_input_ids?:int32","logits_processor?:int32"],"outputs":["sequences:int32","sequences_scores?:T","scores?:T"],"types":{"F":"types74","T":"types75"},"attributes":{"decoder":["graph!"],"decoder_start_token_id":["int",-1],"early_stopping":["int",0],"encoder":["graph"],"eos_token_id":["int!"],"init_decoder":["graph"],"model_type":["int",0],"no_repeat_ngram_size":["int",0],"pad_token_id":["int!"],"vocab_size":["int",-1]}},
    ],
    "com.microsoft:BiasAdd": [
      {"since":1,"inputs":["X:T","bias:T","skip:T"],"outputs":["Y:T"],"types":{"T":"types75"}},
    ],
    "com.microsoft:BiasDropout": [
      {"since":1,"inputs":["data:T","bias:T","residual?:T","ratio?:T1","training_mode?:bool"],"outputs":["output:T","mask?:bool"],"types":{"T":"types4","T1":"types4"},"attributes":{"seed":["int"]}},
    ],
    "com.microsoft:BiasGelu": [
      {"since":1,"inputs":["A:T","B:T"],"outputs":["C:T"],"types":{"T":"types4"}},
    ],
    "com.microsoft:BiasSoftmax": [
      {"since":1,"inputs":["data:T","bias:T"],"outputs":["output:T"],"types":{"T":"types3"},"attributes":{"axis":["int",1],"is_inner_broadcast":["int!"]}},
    ],
    "com.microsoft:BiasSplitGelu": [
      {"since":1,"inputs":["X:T","bias:T"],"outputs":["Y:T"],"types":{"T":"types75"}},
    ],
    "com.microsoft:BifurcationDetector": [
      {"since":1,"inputs":["src_tokens:int64","cur_tokens:int64","prev_suffix_match_idx:int64","pred_tokens?:int64"],"outputs":["tokens:int64","suffix_match_idx:int64"],"attributes":{"max_ngram_size":["int",3],"min_ngram_size":["int",1]}},
    ],
    "com.microsoft:BitmaskBiasDropout": [
      {"since":1,"inputs":["data:T","bias:T","residual?:T","ratio?:T1","training_mode?:bool"],"outputs":["output:T","mask?:uint32"],"types":{"T":"types4","T1":"types4"},"attributes":{"seed":["int"]}},
    ],
    "com.microsoft:BitmaskDropout": [
      {"since":1,"inputs":["data:T","ratio?:T1","training_mode?:bool"],"outputs":["output:T","mask?:uint32"],"types":{"T":"types4","T1":"types4"},"attributes":{"seed":["int"]}},
    ],
    "com.microsoft:CDist": [
      {"since":1,"inputs":["A:T","B:T"],"outputs":["C:T"],"types":{"T":"types51"},"attributes":{"metric":["string","sqeuclidean"]}},
    ],
    "com.microsoft:ComplexMul": [
      {"since":1,"inputs":["A:T","B:T"],"outputs":["C:T"],"types":{"T":"types3"}},
    ],
    "com.microsoft:ComplexMulConj": [
      {"since":1,"inputs":["A:T","B:T"],"outputs":["C:T"],"types":{"T":"types3"}},
    ],
    "com.microsoft:ConvTransposeWithDynamicPads": [
      {"since":1,"inputs":["X:T","W:T","Pads?:int64","B?:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"auto_pad":["string","NOTSET"],"dilations":["ints"],"group":["int",1],"kernel_shape":["ints"],"output_padding":["ints"],"strides":["ints"]}},
    ],
    "com.microsoft:CropAndResize": [
      {"since":1,"inputs":["X:T1","rois:T1","batch_indices:int32","crop_size:int32"],"outputs":["Y:T1"],"types":{"T1":"types3"},"attributes":{"extrapolation_value":["float",0],"mode":["string","bilinear"]}},
    ],
    "com.microsoft:DecoderAttention": [
      {"since":1,"inputs":["query:T","key:T","q_weight:T","kv_weight:T","bias:T","key_padding_mask?:bool","key_cache?:T","value_cache?:T","static_kv:bool","use_past:bool","has_layer_state:bool","has_key_padding_mask:bool"],"outputs":["output:T","new_key_cache?:T","new_value_cache?:T"],"types":{"T":"types75"},"attributes":{"mask_filter_value":["float"],"num_heads":["int!"]}},
    ],
    "com.microsoft:DecoderMaskedMultiHeadAttention": [
      {"since":1,"inputs":["query:T","key?:T","value?:T","mask_index?:int32","attention_bias?:T","past_key?:T","past_value?:T","past_sequence_length?:int32","beam_width?:int32","cache_indirection?:int32","bias?:T"],"outputs":["output:T","present_key?:T","present_value?:T","qk?:QK"],"types":{"QK":"types75","T":"types75"},"attributes":{"mask_filter_value":["float"],"num_heads":["int!"],"output_qk":["int"],"past_present_share_buffer":["int"],"scale":["float"]}},
    ],
    "com.microsoft:DecoderMaskedSelfAttention": [
      {"since":1,"inputs":["input:T","weights:T","bias:T","mask_index?:int32","past:T","attention_bias?:T","past_sequence_length:int32","beam_width?:int32","cache_indirection?:int32"],"outputs":["output:T","present:T"],"types":{"T":"types75"},"attributes":{"do_rotary":["int"],"mask_filter_value":["float"],"num_heads":["int!"],"past_present_share_buffer":["int"],"scale":["float"]}},
    ],
    "com.microsoft:DequantizeBFP": [
      {"since":1,"inputs":["x:uint8","shape:int64","strides:int64"],"outputs":["y:T3"],"types":{"T3":"types33"},"attributes":{"bfp_type":["int!"],"block_dim":["int",-1],"dtype":["int",1]}},
    ],
    "com.microsoft:DequantizeLinear": [
      {"since":1,"inputs":["x:T1","x_scale:T2","x_zero_point?:T1"],"outputs":["y:T2"],"types":{"T1":"types76","T2":"types75"},"attributes":{"axis":["int"]}},
    ],
    "com.microsoft:DequantizeWithOrder": [
      {"since":1,"inputs":["input:int8","scale_input:float32"],"outputs":["output:F"],"types":{"F":"types75"},"attributes":{"order_input":["int!"],"order_output":["int!"],"to":["int!"]}},
    ],
    "com.microsoft:DynamicQuantizeLSTM": [
      {"since":1,"inputs":["X:float32","W:T2","R:T2","B?:float32","sequence_lens?:int32","initial_h?:float32","initial_c?:float32","P?:float32","W_scale:float32","W_zero_point:T2","R_scale:float32","R_zero_point:T2"],"outputs":["Y?:float32","Y_h?:float32","Y_c?:float32"],"types":{"T2":"types29"},"attributes":{"activation_alpha":["floats"],"activation_beta":["floats"],"activations":["strings"],"clip":["float"],"direction":["string","forward"],"hidden_size":["int"],"input_forget":["int",0]}},
    ],
    "com.microsoft:DynamicQuantizeMatMul": [
      {"since":1,"inputs":["A:float32","B:T2","b_scale:float32","b_zero_point?:T2","bias?:float32"],"outputs":["Y:float32"],"types":{"T2":"types29"}},
    ],
    "com.microsoft:DynamicTimeWarping": [
      {"since":1,"inputs":["input:float32"],"outputs":["output:int32"]},
    ],
    "com.microsoft:EPContext": [
      {"since":1,"inputs":["inputs*~:T"],"outputs":["outputs*~:T"],"types":{"T":"types7"},"attributes":{"embed_mode":["int",1],"ep_cache_context":["string"],"ep_sdk_version":["string"],"hardware_architecture":["string"],"main_context":["int",1],"max_size":["int",0],"notes":["string"],"onnx_model_filename":["string"],"partition_name":["string"],"source":["string"]}},
    ],
    "com.microsoft:EmbedLayerNormalization": [
      {"since":1,"inputs":["input_ids:int32","segment_ids?:int32","word_embedding:T","position_embedding:T","segment_embedding?:T","gamma:T","beta:T","mask?:int32","position_ids?:int32"],"outputs":["output:T","mask_index?:int32","embedding_sum?:T"],"types":{"T":"types75"},"attributes":{"epsilon":["float",1e-12],"mask_index_type":["int"]}},
    ],
    "com.microsoft:ExpandDims": [
      {"since":1,"inputs":["X:T","axis:int32"],"outputs":["Y:T"],"types":{"T":"types19"}},
    ],
    "com.microsoft:FastGelu": [
      {"since":1,"inputs":["X:T","bias?:T"],"outputs":["Y:T"],"types":{"T":"types4"}},
    ],
    "com.microsoft:FusedConv": [
      {"since":1,"inputs":["X:T","W:T","B?:T","Z?:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"activation":["string"],"activation_params":["floats"],"auto_pad":["string","NOTSET"],"dilations":["ints"],"group":["int",1],"kernel_shape":["ints"],"pads":["ints"],"strides":["ints"]}},
    ],
    "com.microsoft:FusedGemm": [
      {"since":1,"inputs":["A:T","B:T","C?:T"],"outputs":["Y:T"],"types":{"T":"types5"},"attributes":{"activation":["string"],"activation_alpha":["float"],"activation_beta":["float"],"activation_gamma":["float"],"alpha":["float",1],"beta":["float",1],"transA":["int",0],"transB":["int",0]}},
    ],
    "com.microsoft:FusedMatMul": [
      {"since":1,"inputs":["A:T","B:T"],"outputs":["Y:T"],"types":{"T":"types4"},"attributes":{"alpha":["float",1],"transA":["int",0],"transB":["int",0],"transBatchA":["int",0],"transBatchB":["int",0]}},
    ],
    "com.microsoft:FusedMatMulActivation": [
      {"since":1,"inputs":["A:T","B:T"],"outputs":["Y:T"],"types":{"T":"types4"},"attributes":{"activation":["string!"],"activation_alpha":["float"],"activation_axis":["int"],"activation_beta":["float"],"activation_gamma":["float"],"alpha":["float",1],"transA":["int",0],"transB":["int",0],"transBatchA":["int",0],"transBatchB":["int",0]}},
    ],
    "com.microsoft:GatedRelativePositionBias": [
      {"since":1,"inputs":["query_layer:T","query_bias:T","rel_pos:T","weight:T","bias:T","eco_a:T","token_offset?:int32"],"outputs":["output:T"],"types":{"T":"types75"},"attributes":{"num_heads":["int!"]}},
    ],
    "com.microsoft:GatherBlockQuantized": [
      {"since":1,"inputs":["data:T1","indices:Tind","scales:T2","zero_points?:T1"],"outputs":["output:T2"],"types":{"T1":"types77","T2":"types33","Tind":"types10"},"attributes":{"bits":["int",4],"block_size":["int",128],"gather_axis":["int",0],"quantize_axis":["int",1]}},
    ],
    "com.microsoft:GatherND": [
      {"since":1,"inputs":["data:T","indices:Tind"],"outputs":["output:T"],"types":{"T":"types19","Tind":"types10"}},
    ],
    "com.microsoft:Gelu": [
      {"since":1,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types4"}},
    ],
    "com.microsoft:GemmFastGelu": [
      {"since":1,"inputs":["X:T","W:T","bias?:T"],"outputs":["Y:T"],"types":{"T":"types33"}},
    ],
    "com.microsoft:GemmFloat8": [
      {"since":1,"inputs":["A:TA","B:TB","C?:TC","scaleA?:float32","scaleB?:float32","scaleY?:float32"],"outputs":["Y:TR"],"types":{"TA":"types78","TB":"types78","TC":"types33","TR":"types78"},"attributes":{"activation":["string"],"alpha":["float",1],"beta":["float",0],"dtype":["int",1],"transA":["int",0],"transB":["int",0]}},
    ],
    "com.microsoft:GemmaRotaryEmbedding": [
      {"since":1,"inputs":["emb:float32","q:float16","q_rot:float16","k:float16","k_rot:float16"],"outputs":["output1:float16","output2:float16"]},
    ],
    "com.microsoft:GreedySearch": [
      {"since":1,"inputs":["input_ids:int32","max_length:int32","min_length?:int32","repetition_penalty?:float32","vocab_mask?:int32","prefix_vocab_mask?:int32","attention_mask?:int32"],"outputs":["sequences:int32"],"attributes":{"decoder":["graph!"],"decoder_start_token_id":["int",-1],"encoder":["graph"],"eos_token_id":["int!"],"init_decoder":["graph"],"model_type":["int",0],"no_repeat_ngram_size":["int",0],"pad_token_id":["int!"],"vocab_size":["int",-1]}},
    ],
    "com.microsoft:GridSample": [
      {"since":1,"inputs":["X:T1","Grid:T1"],"outputs":["Y:T2"],"types":{"T1":"types19","T2":"types3"},"attributes":{"align_corners":["int",0],"mode":["string","bilinear"],"padding_mode":["string","zeros"]}},
    ],
    "com.microsoft:GroupNorm": [
      {"since":1,"inputs":["X:T","gamma:M","beta:M"],"outputs":["Y:T"],"types":{"M":"types75","T":"types75"},"attributes":{"activation":["int!"],"channels_last":["int",1],"epsilon":["float",0.00001],"groups":["int!"]}},
    ],
    "com.microsoft:GroupQueryAttention": [
      {"since":1,"inputs":["query:T","key?:T","value?:T","past_key?:T_CACHE","past_value?:T_CACHE","seqlens_k:int32","total_sequence_length:int32","cos_cache?:T","sin_cache?:T","position_ids?:int64","attention_bias?:T","head_sink?:T","k_scale?:float32","v_scale?:float32","q_norm_weight?:T","k_norm_weight?:T","query_seqlens?:int32"],"outputs":["output:T","present_key?:T_CACHE","present_value?:T_CACHE","output_qk?:T"],"types":{"T":"types33","T_CACHE":"types79"},"attributes":{"causal":["int",1],"do_rotary":["int"],"k_norm_epsilon":["float"],"k_quant_type":["string","NONE"],"kv_cache_bit_width":["int"],"kv_num_heads":["int!"],"local_window_size":["int",-1],"num_heads":["int!"],"q_norm_epsilon":["float"],"qk_norm_epsilon":["float",0.000001],"qk_output":["int",0],"rotary_interleaved":["int"],"scale":["float"],"sliding_window_cache":["int",0],"smooth_softmax":["int",-1],"softcap":["float"],"v_quant_type":["string","NONE"]}},
    ],
    "com.microsoft:Inverse": [
      {"since":1,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"}},
    ],
    "com.microsoft:Irfft": [
      {"since":1,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"normalized":["int",0],"onesided":["int",1],"signal_ndim":["int!"]}},
    ],
    "com.microsoft:IsAllFinite": [
      {"since":1,"inputs":["input*:V"],"outputs":["output:bool"],"least":1,"types":{"V":"types4"},"attributes":{"isinf_only":["int",0],"isnan_only":["int",0]}},
    ],
    "com.microsoft:LongformerAttention": [
      {"since":1,"inputs":["input:T","weight:T","bias:T","mask:T","global_weight:T","global_bias:T","global:int32"],"outputs":["output:T"],"types":{"T":"types75"},"attributes":{"num_heads":["int!"],"window":["int!"]}},
    ],
    "com.microsoft:MRotaryEmbedding": [
      {"since":1,"inputs":["input:T","position_ids:int64","cos_cache:T","sin_cache:T"],"outputs":["output:T"],"types":{"T":"types33"},"attributes":{"interleaved":["int"],"is_packed_batching":["int"],"mrope_layout":["int"],"mrope_section":["ints!"],"num_heads":["int"],"rotary_embedding_dim":["int"],"scale":["float"]}},
    ],
    "com.microsoft:MatMulBlockQuantizedFp4Weight": [
      {"since":1,"inputs":["A:T","B:uint8","weight_scale:uint8","weight_scale_2:float32","input_scale?:float32","bias?:T"],"outputs":["Y:T"],"types":{"T":"types80"},"attributes":{"block_size":["int",16]}},
    ],
    "com.microsoft:MatMulBlockQuantizedFp8Weight": [
      {"since":1,"inputs":["A:T","B:float8e4m3fn","b_scale:float32","a_scale?:float32","bias?:T"],"outputs":["Y:T"],"types":{"T":"types80"},"attributes":{"block_size":["int",128]}},
    ],
    "com.microsoft:MatMulBnb4": [
      {"since":1,"inputs":["A:T1","B:uint8","absmax:T1"],"outputs":["Y:T1"],"types":{"T1":"types33"},"attributes":{"K":["int!"],"N":["int!"],"block_size":["int!"],"quant_type":["int!"],"training_mode":["int",0],"transB":["int",1]}},
    ],
    "com.microsoft:MatMulFpQ4": [
      {"since":1,"inputs":["A:float32","B:uint8","B_shape:int64"],"outputs":["Y:float32"],"attributes":{"blk_quant_type":["int",1]}},
    ],
    "com.microsoft:MatMulInteger16": [
      {"since":1,"inputs":["A:T1","B:T2"],"outputs":["Y:T3"],"types":{"T1":"types81","T2":"types81","T3":"types82"}},
    ],
    "com.microsoft:MatMulIntegerToFloat": [
      {"since":1,"inputs":["A:T1","B:T2","a_scale:T3","b_scale:T3","a_zero_point?:T1","b_zero_point?:T2","bias?:T3"],"outputs":["Y:T3"],"types":{"T1":"types29","T2":"types29","T3":"types75"}},
    ],
    "com.microsoft:MatMulNBits": [
      {"since":1,"inputs":["A:T1","B:uint8","scales:T1","zero_points?:T3","g_idx?:int32","bias?:T1"],"outputs":["Y:T1"],"types":{"T1":"types33","T3":"types83"},"attributes":{"K":["int!"],"N":["int!"],"accuracy_level":["int",0],"bits":["int",4],"block_size":["int!"],"weight_prepacked":["int",0]}},
    ],
    "com.microsoft:MatMulNBitsMlp": [
      {"since":1,"inputs":["A:T1","skip?:T1","norm_scale?:T1","gate_B:uint8","gate_scales:T1","gate_bias?:T1","up_B:uint8","up_scales:T1","up_bias?:T1"],"outputs":["Y:T1","input_skip_bias_sum?:T1"],"types":{"T1":"types33"},"attributes":{"K":["int!"],"N":["int!"],"accuracy_level":["int",0],"activation":["string!"],"bits":["int",4],"block_size":["int!"],"epsilon":["float",0.00001]}},
    ],
    "com.microsoft:MatMulNBitsQLoRA": [
      {"since":1,"inputs":["X:T","W:uint8","scales:T","lora_A:uint8","lora_A_scales:T","lora_B:uint8","lora_B_scales:T"],"outputs":["Y:T"],"types":{"T":"types75"},"attributes":{"K":["int!"],"N":["int!"],"accuracy_level":["int",0],"bits":["int",4],"block_size":["int",32],"lora_bits":["int",8],"lora_block_size":["int",32]}},
    ],
    "com.microsoft:MatMulNBitsQkv": [
      {"since":1,"inputs":["A:T1","skip?:T1","norm_scale:T1","q_B:uint8","q_scales:T1","q_bias?:T1","k_B:uint8","k_scales:T1","k_bias?:T1","v_B:uint8","v_scales:T1","v_bias?:T1"],"outputs":["Q:T1","K:T1","V:T1","input_skip_bias_sum?:T1"],"types":{"T1":"types33"},"attributes":{"K":["int!"],"Nkv":["int!"],"Nq":["int!"],"accuracy_level":["int",0],"bits":["int",4],"block_size":["int!"],"epsilon":["float",0.000001]}},
    ],
    "com.microsoft:MaxpoolWithMask": [
      {"since":1,"inputs":["X:float32","M:int32"],"outputs":["Y:float32"],"attributes":{"auto_pad":["string","NOTSET"],"kernel_shape":["ints"],"pads":["ints"],"storage_order":["int",0],"strides":["ints"]}},
    ],
    "com.microsoft:MoE": [
      {"since":1,"inputs":["input:T","router_probs:T","fc1_experts_weights:T","fc1_experts_bias?:T","fc2_experts_weights:T","fc2_experts_bias?:T","fc3_experts_weights?:T","fc3_experts_bias?:T"],"outputs":["output:T"],"types":{"T":"types33"},"attributes":{"activation_alpha":["float",1],"activation_beta":["float",0],"activation_type":["string","relu"],"k":["int",1],"normalize_routing_weights":["int",0],"swiglu_fusion":["int",0],"swiglu_limit":["float"],"swiglu_limit_after_activation":["int",0],"use_sparse_mixer":["int",0]}},
    ],
    "com.microsoft:MulInteger": [
      {"since":1,"inputs":["A:T","A_zero_point?:T","B:T","B_zero_point?:T"],"outputs":["C:int32"],"types":{"T":"types29"}},
    ],
    "com.microsoft:MultiHeadAttention": [
      {"since":1,"inputs":["query:T","key?:T","value?:T","bias?:T","key_padding_mask?:int32","attention_bias?:T","past_key?:T","past_value?:T","past_sequence_length?:int32","cache_indirection?:int32"],"outputs":["output:T","present_key?:T","present_value?:T","qk?:QK"],"types":{"QK":"types33","T":"types33"},"attributes":{"mask_filter_value":["float"],"num_heads":["int!"],"scale":["float"],"unidirectional":["int",0]}},
    ],
    "com.microsoft:MurmurHash3": [
      {"since":1,"inputs":["X:T1"],"outputs":["Y:T2"],"types":{"T1":"types84","T2":"types82"},"attributes":{"positive":["int",1],"seed":["int",0]}},
    ],
    "com.microsoft:NGramRepeatBlock": [
      {"since":1,"inputs":["input_ids:int64","scores:float32"],"outputs":["scores_out:float32"],"attributes":{"ngram_size":["int!"]}},
    ],
    "com.microsoft:NhwcConv": [
      {"since":1,"inputs":["X:T","W:T","B?:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"auto_pad":["string","NOTSET"],"dilations":["ints"],"group":["int",1],"kernel_shape":["ints"],"pads":["ints"],"strides":["ints"]}},
    ],
    "com.microsoft:NhwcFusedConv": [
      {"since":1,"inputs":["X:T","W:T","B?:T","Z?:T"],"outputs":["Y:T"],"types":{"T":"types75"},"attributes":{"activation":["string"],"activation_params":["floats"],"auto_pad":["string","NOTSET"],"dilations":["ints"],"group":["int",1],"kernel_shape":["ints"],"pads":["ints"],"strides":["ints"]}},
    ],
    "com.microsoft:NhwcMaxPool": [
      {"since":1,"inputs":["x:T"],"outputs":["y:T"],"types":{"T":"types29"},"attributes":{"auto_pad":["string","NOTSET"],"ceil_mode":["int",0],"dilations":["ints"],"kernel_shape":["ints!"],"pads":["ints"],"strides":["ints"]}},
    ],
    "com.microsoft:PackedAttention": [
      {"since":1,"inputs":["input:T","weights:T","bias:T","token_offset:int32","cumulative_sequence_length:int32","attention_bias?:T"],"outputs":["output:T"],"types":{"T":"types75"},"attributes":{"num_heads":["int!"],"qkv_hidden_sizes":["ints"],"scale":["float"]}},
    ],
    "com.microsoft:PackedMultiHeadAttention": [
      {"since":1,"inputs":["query:T","key?:T","value?:T","bias?:T","token_offset:int32","cumulative_sequence_length:int32","attention_bias?:T"],"outputs":["output:T"],"types":{"T":"types75"},"attributes":{"mask_filter_value":["float"],"num_heads":["int!"],"scale":["float"]}},
    ],
    "com.microsoft:Pad": [
      {"since":1,"inputs":["data:T","pads:int64","value?:T"],"outputs":["output:T"],"types":{"T":"types3"},"attributes":{"mode":["string","constant"]}},
    ],
    "com.microsoft:PagedAttention": [
      {"since":1,"inputs":["query:T","key?:T","value?:T","key_cache:T_CACHE","value_cache?:T_CACHE","cumulative_sequence_length:int32","past_seqlens:int32","block_table:int32","cos_cache?:T","sin_cache?:T","slot_mapping?:int32","head_sink?:T","q_norm_weight?:T","k_norm_weight?:T","k_scale?:float32","v_scale?:float32","attention_metadata?:int32"],"outputs":["output:T","key_cache_out?:T_CACHE","value_cache_out?:T_CACHE"],"types":{"T":"types80","T_CACHE":"types85"},"attributes":{"do_rotary":["int"],"is_causal":["int",1],"k_cache_dtype":["string",""],"k_quant_type":["string","NONE"],"kv_cache_layout":["string","SEPARATE"],"kv_num_heads":["int!"],"local_window_size":["int",-1],"num_heads":["int!"],"qk_norm_epsilon":["float"],"rotary_interleaved":["int"],"rotary_offset":["int"],"scale":["float"],"softcap":["float"],"v_cache_dtype":["string",""],"v_head_size":["int"],"v_quant_type":["string","NONE"]}},
    ],
    "com.microsoft:QAttention": [
      {"since":1,"inputs":["input:T1","weight:T2","bias:T3","input_scale:T3","weight_scale:T3","mask_index?:int32","input_zero_point?:T1","weight_zero_point?:T2","past?:T3"],"outputs":["output:T3","present?:T3"],"types":{"T1":"types29","T2":"types29","T3":"types75"},"attributes":{"do_rotary":["int"],"mask_filter_value":["float"],"num_heads":["int!"],"past_present_share_buffer":["int"],"scale":["float"],"unidirectional":["int",0]}},
    ],
    "com.microsoft:QEmbedLayerNormalization": [
      {"since":1,"inputs":["input_ids:int32","segment_ids?:int32","word_embedding_quant:T2","position_embedding_quant:T2","segment_embedding?:T2","gamma_quant:T2","beta_quant:T2","mask?:int32","word_embedding_scale:float32","position_embedding_scale:float32","segment_embedding_scale?:float32","gamma_scale:float32","beta_scale:float32","word_embedding_zero_point:T2","position_embedding_zero_point:T2","segment_embedding_zero_point?:T2","gamma_zero_point:T2","beta_zero_point:T2"],"outputs":["layernorm_out:float32","mask_index_out:int32"],"types":{"T2":"types29"},"attributes":{"epsilon":["float",1e-12]}},
    ],
    "com.microsoft:QGemm": [
      {"since":1,"inputs":["A:TA","a_scale:float32","a_zero_point:TA","B:TB","b_scale:float32","b_zero_point:TB","C?:int32","y_scale?:float32","y_zero_point?:TYZ"],"outputs":["Y:TY"],"types":{"TA":"types29","TB":"types29","TY":"types86","TYZ":"types29"},"attributes":{"alpha":["float",1],"transA":["int",0],"transB":["int",0]}},
    ],
    "com.microsoft:QLinearAdd": [
      {"since":1,"inputs":["A:T","A_scale:float32","A_zero_point?:T","B:T","B_scale:float32","B_zero_point?:T","C_scale:float32","C_zero_point?:T"],"outputs":["C:T"],"types":{"T":"types29"}},
    ],
    "com.microsoft:QLinearAveragePool": [
      {"since":1,"inputs":["X:T","x_scale:float32","x_zero_point?:T","y_scale:float32","y_zero_point?:T"],"outputs":["Y:T"],"types":{"T":"types29"},"attributes":{"auto_pad":["string","NOTSET"],"ceil_mode":["int",0],"channels_last":["int",0],"count_include_pad":["int",0],"kernel_shape":["ints!"],"pads":["ints"],"strides":["ints"]}},
    ],
    "com.microsoft:QLinearConcat": [
      {"since":1,"inputs":["Y_scale:float32","Y_zero_point:T8","inputs*~:TV"],"outputs":["Y:T8"],"least":3,"types":{"T8":"types29","TV":"types86"},"attributes":{"axis":["int!"]}},
    ],
    "com.microsoft:QLinearConv": [
      {"since":1,"inputs":["x:T1","x_scale:float32","x_zero_point:T1","w:T2","w_scale:float32","w_zero_point:T2","y_scale:float32","y_zero_point:T3","B?:int32"],"outputs":["y:T3"],"types":{"T1":"types29","T2":"types29","T3":"types29"},"attributes":{"auto_pad":["string","NOTSET"],"channels_last":["int",0],"dilations":["ints"],"group":["int",1],"kernel_shape":["ints"],"pads":["ints"],"strides":["ints"]}},
    ],
    "com.microsoft:QLinearGlobalAveragePool": [
      {"since":1,"inputs":["X:T","x_scale:float32","x_zero_point:T","y_scale:float32","y_zero_point:T"],"outputs":["Y:T"],"types":{"T":"types29"},"attributes":{"channels_last":["int",0]}},
    ],
    "com.microsoft:QLinearLeakyRelu": [
      {"since":1,"inputs":["X:T","X_scale:float32","X_zero_point?:T","Y_scale:float32","Y_zero_point?:T"],"outputs":["Y:T"],"types":{"T":"types29"},"attributes":{"alpha":["float",0.01]}},
    ],
    "com.microsoft:QLinearMul": [
      {"since":1,"inputs":["A:T","A_scale:float32","A_zero_point?:T","B:T","B_scale:float32","B_zero_point?:T","C_scale:float32","C_zero_point?:T"],"outputs":["C:T"],"types":{"T":"types29"}},
    ],
    "com.microsoft:QLinearReduceMean": [
      {"since":1,"inputs":["data:T","data_scale:float32","data_zero_point?:T","reduced_scale:float32","reduced_zero_point?:T"],"outputs":["reduced:T"],"types":{"T":"types29"},"attributes":{"axes":["ints!"],"keepdims":["int!"]}},
    ],
    "com.microsoft:QLinearSigmoid": [
      {"since":1,"inputs":["X:T","X_scale:float32","X_zero_point?:T","Y_scale:float32","Y_zero_point?:T"],"outputs":["Y:T"],"types":{"T":"types29"}},
    ],
    "com.microsoft:QLinearSoftmax": [
      {"since":1,"inputs":["X:T","X_scale:float32","x_zero_point?:T","y_scale:float32","y_zero_point:T"],"outputs":["Y:T"],"types":{"T":"types29"},"attributes":{"axis":["int",-1],"opset":["int!"]}},
    ],
    "com.microsoft:QLinearWhere": [
      {"since":1,"inputs":["condition:bool","X:T","x_scale:float32","x_zero_point:T","Y:T","y_scale:float32","y_zero_point:T","z_scale:float32","z_zero_point:T"],"outputs":["Z:T"],"types":{"T":"types29"}},
    ],
    "com.microsoft:QMoE": [
      {"since":1,"inputs":["input:T","router_probs:T","fc1_experts_weights:T1","fc1_scales?:T2","fc1_experts_bias?:T","fc2_experts_weights:T1","fc2_scales?:T2","fc2_experts_bias?:T","fc3_experts_weights?:T1","fc3_scales?:T2","fc3_experts_bias?:T","fc1_zero_points?:T1","fc2_zero_points?:T1","fc3_zero_points?:T1","router_weights?:T","fc1_global_scale?:float32","fc2_global_scale?:float32","fc1_act_scale?:float32","fc2_act_scale?:float32","fc1_act_block_scale?:T2","fc2_act_block_scale?:T2"],"outputs":["output:T"],"types":{"T":"types33","T1":"types87","T2":"types88"},"attributes":{"accuracy_level":["int",0],"activation_alpha":["float",1],"activation_beta":["float",0],"activation_type":["string","relu"],"block_size":["int"],"expert_weight_bits":["int",4],"fc1_expert_weight_bits":["int"],"fc2_expert_weight_bits":["int"],"fc3_expert_weight_bits":["int"],"k":["int",1],"normalize_routing_weights":["int",0],"quant_type":["string","int"],"swiglu_fusion":["int",0],"swiglu_limit":["float"],"swiglu_limit_after_activation":["int",0],"use_sparse_mixer":["int",0],"weights_prepacked":["int",-1]}},
    ],
    "com.microsoft:QOrderedAttention": [
      {"since":1,"inputs":["input:int8","scale_input:float32","scale_Q_gemm:float32","scale_K_gemm:float32","scale_V_gemm:float32","Q_weight:int8","K_weight:int8","V_weight:int8","scale_Q_weight:float32","scale_K_weight:float32","scale_V_weight:float32","Q_bias:float32","K_bias:float32","V_bias:float32","scale_QKT_gemm?:float32","scale_QKT_softmax?:float32","scale_values_gemm:float32","mask_index?:int32","past?:int8","attention_bias?:float32"],"outputs":["output:int8"],"attributes":{"num_heads":["int!"],"order_input":["int!"],"order_output":["int!"],"order_weight":["int!"],"qkv_hidden_sizes":["ints"],"unidirectional":["int",0]}},
    ],
    "com.microsoft:QOrderedGelu": [
      {"since":1,"inputs":["X:int8","scale_X:float32","scale_Y:float32"],"outputs":["Y:int8"],"attributes":{"order_X":["int"],"order_Y":["int"]}},
    ],
    "com.microsoft:QOrderedLayerNormalization": [
      {"since":1,"inputs":["X:int8","scale_X:float32","scale:F","B?:F","scale_Y:float32"],"outputs":["Y:int8"],"types":{"F":"types75"},"attributes":{"axis":["int",-1],"epsilon":["float",0.00001],"order_X":["int",1],"order_Y":["int",1]}},
    ],
    "com.microsoft:QOrderedLongformerAttention": [
      {"since":1,"inputs":["input:int8","scale_input:float32","weight:int8","scale_weight:float32","bias:float32","scale_bias:float32","scale_qkv_gemm:float32","mask:float16","global_weight:int8","scale_global_weight:float32","global_bias:float32","scale_global_gemm:float32","global:int32","scale_output:float32"],"outputs":["output:int8"],"attributes":{"num_heads":["int!"],"order_global_weight":["int!"],"order_input":["int!"],"order_output":["int!"],"order_weight":["int!"],"window":["int!"]}},
    ],
    "com.microsoft:QOrderedMatMul": [
      {"since":1,"inputs":["A:int8","scale_A:float32","B:int8","scale_B:float32","scale_Y:float32","bias?:float32","C?:int8","scale_C?:float32"],"outputs":["Y:int8"],"attributes":{"order_A":["int!"],"order_B":["int!"],"order_Y":["int!"]}},
    ],
    "com.microsoft:QuantizeBFP": [
      {"since":1,"inputs":["x:T1"],"outputs":["y:uint8","shape:int64","strides:int64"],"types":{"T1":"types33"},"attributes":{"bfp_type":["int!"],"block_dim":["int",-1]}},
    ],
    "com.microsoft:QuantizeLinear": [
      {"since":1,"inputs":["x:T1","y_scale:T1","y_zero_point?:T2"],"outputs":["y:T2"],"types":{"T1":"types75","T2":"types89"},"attributes":{"axis":["int"]}},
    ],
    "com.microsoft:QuantizeWithOrder": [
      {"since":1,"inputs":["input:F","scale_input:float32"],"outputs":["output:int8"],"types":{"F":"types75"},"attributes":{"order_input":["int!"],"order_output":["int!"]}},
    ],
    "com.microsoft:QuickGelu": [
      {"since":1,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types4"},"attributes":{"alpha":["float",1.702]}},
    ],
    "com.microsoft:Range": [
      {"since":1,"inputs":["start:T","limit:T","delta?:T"],"outputs":["Y:T"],"types":{"T":"types67"}},
    ],
    "com.microsoft:ReduceSumInteger": [
      {"since":1,"inputs":["data:T1"],"outputs":["reduced:T2"],"types":{"T1":"types29","T2":"types82"},"attributes":{"axes":["ints!"],"keepdims":["int!"]}},
    ],
    "com.microsoft:RelativePositionBias": [
      {"since":1,"inputs":["bias_table:T","query_length:int64","key_length:int64"],"outputs":["output:T"],"types":{"T":"types75"},"attributes":{"is_bidirectional":["int",0],"max_distance":["int!"]}},
    ],
    "com.microsoft:RemovePadding": [
      {"since":1,"inputs":["input:T","sequence_token_count:int32"],"outputs":["output:T","token_offset:int32","cumulated_seq_len:int32","max_seq_len:int32"],"types":{"T":"types75"}},
    ],
    "com.microsoft:RestorePadding": [
      {"since":1,"inputs":["input:T","token_offset:int32"],"outputs":["output:T"],"types":{"T":"types75"}},
    ],
    "com.microsoft:Rfft": [
      {"since":1,"inputs":["X:T"],"outputs":["Y:T"],"types":{"T":"types3"},"attributes":{"normalized":["int",0],"onesided":["int",1],"signal_ndim":["int",1]}},
    ],
    "com.microsoft:RotaryEmbedding": [
      {"since":1,"inputs":["input:T","position_ids:int64","cos_cache:T","sin_cache:T"],"outputs":["output:T"],"types":{"T":"types33"},"attributes":{"interleaved":["int"],"is_packed_batching":["int"],"num_heads":["int"],"rotary_embedding_dim":["int"],"scale":["float"]}},
    ],
    "com.microsoft:Sampling": [
      {"since":1,"inputs":["input_ids:int32","max_length:int32","min_length?:int32","repetition_penalty?:float32","vocab_mask?:int32","prefix_vocab_mask?:int32","attention_mask?:int32","presence_mask?:int32","seed?:int32"],"outputs":["sequences:int32","filtered_logits?:float32"],"attributes":{"custom":["int",0],"decoder":["graph!"],"decoder_start_token_id":["int",-1],"encoder":["graph"],"eos_token_id":["int!"],"filter_value":["float",-100000000000000000000],"init_decoder":["graph"],"min_tokens_to_keep":["int",0],"model_type":["int",0],"no_repeat_ngram_size":["int",0],"pad_token_id":["int!"],"presence_penalty":["float",0],"temperature":["float",1],"top_p":["float",0],"vocab_size":["int",-1]}},
    ],
    "com.microsoft:ScaledSiLU": [
      {"since":1,"inputs":["X:T","scale?:M"],"outputs":["Y:T"],"types":{"M":"types33","T":"types33"},"attributes":{"alpha":["float",1]}},
    ],
    "com.microsoft:SkipGroupNorm": [
      {"since":1,"inputs":["X:T","gamma:M","beta:M","skip:T","bias?:T"],"outputs":["Y:T","S?:T"],"types":{"M":"types75","T":"types75"},"attributes":{"activation":["int!"],"channels_last":["int",1],"epsilon":["float",0.00001],"groups":["int!"]}},
    ],
    "com.microsoft:SkipLayerNormalization": [
      {"since":1,"inputs":["input:T","skip:T","gamma:T","beta?:T","bias?:T"],"outputs":["output:T","mean?:float32","inv_std_var?:float32","input_skip_bias_sum?:T"],"types":{"T":"types33"},"attributes":{"epsilon":["float",1e-12]}},
    ],
    "com.microsoft:SkipSimplifiedLayerNormalization": [
      {"since":1,"inputs":["input:T","skip:T","gamma:T","bias?:T"],"outputs":["output:T","mean?:float32","inv_std_var?:float32","input_skip_bias_sum?:T"],"types":{"T":"types33"},"attributes":{"epsilon":["float",1e-12]}},
    ],
    "com.microsoft:Snpe": [
      {"since":1,"inputs":["inputs*:T"],"outputs":["outputs*:T"],"least":1,"types":{"T":"types90"},"attributes":{"DLC":["string!"],"notes":["string"],"snpe_version":["string"],"target_device":["string"]}},
    ],
    "com.microsoft:SparseAttention": [
      {"since":1,"inputs":["query:T","key?:T","value?:T","past_key:T","past_value:T","block_row_indices:int32","block_col_indices:int32","total_sequence_length:int32","key_total_sequence_lengths:int32","cos_cache?:T","sin_cache?:T"],"outputs":["output:T","present_key:T","present_value:T"],"types":{"T":"types33"},"attributes":{"do_rotary":["int"],"kv_num_heads":["int!"],"num_heads":["int!"],"rotary_interleaved":["int"],"scale":["float"],"sparse_block_size":["int!"]}},
    ],
    "com.microsoft:Tokenizer": [
      {"since":1,"inputs":["X:string"],"outputs":["Y:string"],"attributes":{"mark":["int!"],"mincharnum":["int!"],"pad_value":["string!"],"separators":["strings"],"tokenexp":["string"]}},
    ],
    "com.microsoft:TorchEmbedding": [
      {"since":1,"inputs":["weight:T","indices:int64","padding_idx?:int64","scale_grad_by_freq?:bool"],"outputs":["Y:T"],"types":{"T":"types2"}},
    ],
    "com.microsoft:TransposeMatMul": [
      {"since":1,"inputs":["A:T","B:T"],"outputs":["Y:T"],"types":{"T":"types4"},"attributes":{"alpha":["float",1],"transA":["int",0],"transB":["int",0]}},
    ],
    "com.microsoft:Trilu": [
      {"since":1,"inputs":["X:T","k?:int64"],"outputs":["Y:T"],"types":{"T":"types7"},"attributes":{"upper":["int",1]}},
    ],
    "com.microsoft:UnfoldTensor": [
      {"since":1,"inputs":["input:T"],"outputs":["output:T"],"types":{"T":"types18"},"attributes":{"dim":["int",-1],"size":["int!"],"step":["int",1]}},
    ],
    "com.microsoft:Unique": [
      {"since":1,"inputs":["x:T"],"outputs":["y:T","idx:int64","counts:int64"],"types":{"T":"types19"}},
    ],
    "com.microsoft:WhisperBeamSearch": [
      {"since":1,"inputs":["input_ids:F","max_length:int32","min_length?:int32","num_beams:int32","num_return_sequences:int32","length_penalty?:T","repetition_penalty?:T","vocab_mask?:int32","prefix_vocab_mask?:int32","attention_mask?:int32","decoder_input_ids?:int32","logits_processor?:int32","cross_qk_layer_head?:int32","extra_decoding_ids?:int32","temperature?:T"],"outputs":["sequences:int32","sequences_scores?:T","scores?:T","cross_qk?:float32","non_speech_probs?:T"],"types":{"F":"types74","T":"types75"},"attributes":{"beginning_timestamp_token_id":["int"],"decoder":["graph!"],"decoder_output_cross_qk":["int"],"decoder_start_token_id":["int",-1],"early_stopping":["int",0],"encoder":["graph"],"eos_token_id":["int!"],"init_decoder":["graph"],"model_type":["int",2],"no_repeat_ngram_size":["int",0],"no_speech_token_id":["int"],"no_timestamps_token_id":["int"],"pad_token_id":["int!"],"start_of_lm_token_id":["int"],"transcribe_token_id":["int"],"translate_token_id":["int"],"vocab_size":["int",-1]}},
    ],
    "com.microsoft:WordConvEmbedding": [
      {"since":1,"inputs":["Sequence:int32","W:float32","B:float32","C:float32"],"outputs":["Y:float32"],"attributes":{"char_embedding_size":["int"],"conv_window_size":["int"],"embedding_size":["int"]}},
    ],
  },
};
