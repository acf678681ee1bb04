# A stretch of its own for each iteration, written several times.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((12,), "int32")):
    for i in T.parallel(4):
        for t in range(2):
            for k in range(3):
                R[i * 3 + k] = k + t
