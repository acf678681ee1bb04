# What a declared region reads to say where it is came first among inferred reads, so that reads
# were left out that are found in another order.
# RUN: check fmt
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(D: T.Buffer((64,), "float32"), P: T.Buffer((9,), "int32"), B: T.Buffer((8,), "float32")):
    for i in range(8):
        with T.sblock("outer"):
            T.reads(P[i], D[P[i]])
            T.writes(B[i])
            with T.sblock("inner"):
                T.reads(D[P[i]], P[i])
                T.writes(B[i])
                B[i] = D[P[i]]
