# Two blocks of threads write one element.
# RUN: check interp
# REPORT E-RACE 11:13-32
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((4,), "int32")):
    for b in T.thread_binding(2, thread="blockIdx.x"):
        for t in T.thread_binding(4, thread="threadIdx.x"):
            R[t] = A[b * 4 + t]
