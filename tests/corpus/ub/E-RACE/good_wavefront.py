# A wavefront by diagonals: those are parallel.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((5, 5), "int32")):
    for d in range(7):
        for i in T.parallel(4):
            if d - i >= 0 and d - i < 4:
                R[i + 1, d - i + 1] = T.max(R[i, d - i + 1], R[i + 1, d - i])
