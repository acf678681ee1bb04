# A condition whose arms are equal, plain and negated, and a signed byte as an unsigned short: Tiny C
# 0.9.27 takes the wrong arm of the one, and keeps the sign of the other.
# OUT B: 1 1
# OUT C: 65530 65530
# OUT D: 1 1
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(B: T.Buffer((2,), "int8"), C: T.Buffer((2,), "uint16"), D: T.Buffer((2,), "int8")):
    for i in range(2):
        B[i] = T.int8(-6)
        C[i] = T.max(T.Cast("uint16", B[i]), T.uint16(1))
        B[i] = T.Select(T.Select(i == 1, T.bool(False), T.bool(False)), T.int8(0), T.int8(1))
        D[i] = T.Select(~T.Select(i == 1, T.bool(True), T.bool(True)), T.int8(0), T.int8(1))
