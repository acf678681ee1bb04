# Loops are cut where a guard of the script changes: the edges and the inside have to stay in place.
# RUN: check fmt interp run diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((9, 11), "float32"), O: T.Buffer((9, 11), "float32")):
    for i, j in T.grid(9, 11):
        with T.sblock("O"):
            vi, vj = T.axis.remap("SS", [i, j])
            O[vi, vj] = T.if_then_else(
                0 < vi and vi < 8 and 1 <= vj and vj != 10,
                A[vi - 1, vj] + A[vi + 1, vj] - A[vi, vj - 1],
                T.float32(-1),
            )
