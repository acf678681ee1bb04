# Zero minus a zero, and a zero through an integer: gcc 12 can give them the wrong sign
# (docs/findings.md).
# OUT B: 0 -1
# OUT C: 0 2
# OUT S: 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    B: T.Buffer((2,), "float32"),
    C: T.Buffer((2,), "float32"),
    S: T.Buffer((1,), "bool"),
):
    F = T.alloc_buffer((2,), "float32")
    for i in range(2):
        B[i] = T.float32(0) - T.Cast("float32", i)
        F[i] = T.Cast("float32", i) * T.float32(2.5) - T.float32(0.25)
        C[i] = T.Cast("float32", T.Cast("int32", F[i]))
    S[0] = T.reinterpret("uint32", B[0]) != T.uint32(0) or T.reinterpret("uint32", C[0]) != T.uint32(0)
