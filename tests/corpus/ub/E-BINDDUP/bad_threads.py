# Threads beyond the array wrap around.
# RUN: check interp
# REPORT E-BINDDUP 11:18-31
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((24,), "int32"), R: T.Buffer((24,), "int32")):
    for b in T.thread_binding(2, thread="blockIdx.x"):
        for t in T.thread_binding(16, thread="threadIdx.x"):
            with T.sblock("R"):
                vi = T.axis.spatial(24, (b * 16 + t) % 24)
                R[vi] = A[vi]
