# Two blocks of 32 threads: 2 + 64 steps, and the loops inside.
# RUN: check interp
# OPTIONS: --max-steps 100
# REPORT E-FUEL 12:17-30
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((64,), "int32")):
    for b in T.thread_binding(2, thread="blockIdx.x"):
        for t in T.thread_binding(32, thread="threadIdx.x"):
            for k in range(4):
                R[b * 32 + t] = k
