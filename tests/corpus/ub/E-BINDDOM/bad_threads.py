# More threads than the domain has.
# RUN: check interp
# REPORT E-BINDDOM 12:22-52
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((30,), "float32"), R: T.Buffer((30,), "float32")):
    for b in T.thread_binding(2, thread="blockIdx.x"):
        for t in T.thread_binding(16, thread="threadIdx.x"):
            with T.sblock("R"):
                vi = T.axis.spatial(30, b * 16 + t)
                R[vi] = A[vi]
