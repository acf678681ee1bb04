# The last lane of a vectorized loop leaves the domain.
# RUN: check interp
# REPORT E-BINDDOM 12:22-51
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((16,), "float32"), R: T.Buffer((16,), "float32")):
    for o in range(2):
        for i in T.vectorized(8):
            with T.sblock("R"):
                vi = T.axis.spatial(15, o * 8 + i)
                R[vi] = A[vi]
