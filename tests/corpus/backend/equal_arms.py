# A condition whose arms are one and the same literal: Tiny C 0.9.27 takes the wrong arm of it.
# OUT B: 1 1
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(B: T.Buffer((2,), "int8")):
    for i in range(2):
        B[i] = T.Select(T.Select(i == 1, T.bool(False), T.bool(False)), T.int8(0), T.int8(1))
