# The complement of a wide unsigned literal: it was taken in 32 bits.
# OUT B: 18446744073709551614 18446744073709551614 18446744073709551615
# OUT C: 4294967294 -2
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(B: T.Buffer((3,), "uint64"), C: T.Buffer((2,), "int64")):
    B[0] = T.bitwise_not(T.uint64(1))
    B[1] = T.bitwise_not(T.Cast("uint64", T.uint32(1)))
    B[2] = T.bitwise_not(T.uint64(0))
    C[0] = T.Cast("int64", T.bitwise_not(T.uint32(1)))
    C[1] = T.bitwise_not(T.int64(1))
