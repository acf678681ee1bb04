# Two blocks of 32 threads: 2 + 64 steps, and 4 for each thread.
# RUN: check interp diff
# OPTIONS: --max-steps 322
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((64,), "int32")):
    for b in T.thread_binding(2, thread="blockIdx.x"):
        for t in T.thread_binding(32, thread="threadIdx.x"):
            for k in range(4):
                R[b * 32 + t] = k
